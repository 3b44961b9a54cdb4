import { type CanActivate, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { Password } from './password.js';

interface Response {
  /** Express; Fastify's is `header`. */
  setHeader?(name: string, value: string): unknown;
  header?(name: string, value: string): unknown;
}

/** Lets `admin` in by Basic authentication: a browser asks its user, and sends the password with each request. */
export class PasswordGuard implements CanActivate {
  constructor(private readonly password: Password) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { authorization = '' } = http.getRequest<{ headers: { authorization?: string } }>().headers;
    const [, credentials = ''] = /^Basic (.*)$/i.exec(authorization) ?? [];
    const [user, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
    if (user === 'admin' && this.password.is(password.join(':'))) return true;
    askForPassword(http.getResponse());
    throw new UnauthorizedException();
  }
}

function askForPassword(response: Response): void {
  const header = ['WWW-Authenticate', 'Basic realm="nest-cachex admin"'] as const;
  if (response.setHeader) response.setHeader(...header);
  else response.header?.(...header);
}
