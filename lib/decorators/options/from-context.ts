import type { ExecutionContext } from '@nestjs/common';

/**
 * An option that is read from the request instead of the method's arguments; see {@link fromContext}.
 *
 * @publicApi
 * @example
 * const perUser: FromContext<string> = fromContext(
 *   (context) => `profile:${context.switchToHttp().getRequest<AuthRequest>().user.id}`,
 * );
 */
export class FromContext<T> {
  /** @internal */
  constructor(
    /** The function that was given to {@link fromContext}. */
    readonly read: (context: ExecutionContext) => T,
  ) {}
}

/**
 * Takes a key (or tags, or a condition) from Nest's context of the request. For controllers, resolvers, gateways and
 * message handlers only: other providers have no request.
 *
 * @publicApi
 * @example
 * @Get('me')
 * @Cacheable({ key: fromContext((context) => `profile:${context.switchToHttp().getRequest<AuthRequest>().user.id}`) })
 * async me(@Req() request: AuthRequest): Promise<Profile> { … }
 */
export function fromContext<T>(read: (context: ExecutionContext) => T): FromContext<T> {
  if (typeof read !== 'function') throw new TypeError('fromContext needs a function that takes the ExecutionContext');
  return new FromContext(read);
}
