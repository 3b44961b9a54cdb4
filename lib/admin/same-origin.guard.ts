import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';

interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a form of another site cannot send, and a script of one only where this application allows it to. */
export const changeHeader = 'x-cachex-admin';

/**
 * Other sites must not read or change caches with the cookies of whoever visits them, also where the application allows
 * them to call its other routes (CORS).
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    if (isFromElsewhere(request)) throw new ForbiddenException('Other sites must not use the admin page');
    if (request.method === 'GET' || request.method === 'HEAD') return true;
    const { 'content-type': contentType = '', [changeHeader]: header } = request.headers;
    if (header !== undefined && /^application\/json\s*(;|$)/i.test(contentType)) return true;
    throw new ForbiddenException(`A change needs the header ${changeHeader}: 1, and a body of application/json`);
  }
}

/** Browsers tell it; over plain HTTP, except of localhost, only by the origin. */
function isFromElsewhere({ headers }: HttpRequest): boolean {
  const { 'sec-fetch-site': site, origin, host } = headers;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
