import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AdminPassword } from './admin-password.js';

/** Lets `admin` in. A browser asks its user for the password, and sends it with every request of the page. */
@Injectable()
export class BasicAuthGuard implements CanActivate {
  constructor(
    private readonly password: AdminPassword,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { authorization = '' } = http.getRequest<{ headers: { authorization?: string } }>().headers;
    const [, credentials = ''] = /^Basic (.*)$/i.exec(authorization) ?? [];
    const [user, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
    if (user === 'admin' && this.password.is(password.join(':'))) return true;
    this.adapterHost.httpAdapter.setHeader(http.getResponse(), 'WWW-Authenticate', 'Basic realm="The shop\'s caches"');
    throw new UnauthorizedException();
  }
}
