import { type CanActivate, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { Password } from './password.js';

/** Lets `admin` in by Basic authentication: the browser asks for the password, and sends it with each request. */
export class PasswordGuard implements CanActivate {
  constructor(
    private readonly password: Password,
    private readonly httpAdapter: AbstractHttpAdapter,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { authorization = '' } = http.getRequest<{ headers: { authorization?: string } }>().headers;
    const [, credentials = ''] = /^Basic (.*)$/i.exec(authorization) ?? [];
    const [user, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
    if (user === 'admin' && this.password.is(password.join(':'))) return true;
    this.httpAdapter.setHeader(http.getResponse(), 'WWW-Authenticate', 'Basic realm="nest-cachex admin"');
    throw new UnauthorizedException();
  }
}
