import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';

interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A form of another site cannot send this header. A script of another site can, but only if CORS settings allow it. */
export const changeHeader = 'x-cachex-admin';

/**
 * Keeps other sites from reading or changing caches with the cookies of their visitors, even if the application's CORS
 * settings allow those sites.
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

/** Browsers send `Sec-Fetch-Site`, but over plain HTTP only to localhost; elsewhere the origin decides. */
function isFromElsewhere({ headers }: HttpRequest): boolean {
  const { 'sec-fetch-site': site, origin, host } = headers;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host);
}
