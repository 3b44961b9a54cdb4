import { type CanActivate, type ExecutionContext, ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';

/** Every change is a POST. */
@Injectable()
export class ReadOnlyGuard implements CanActivate {
  constructor(@Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions) {}

  canActivate(context: ExecutionContext): boolean {
    const { method } = context.switchToHttp().getRequest<{ method: string }>();
    if (!this.options.readOnly || method === 'GET' || method === 'HEAD') return true;
    throw new ForbiddenException('The admin page is read-only (readOnly: true of CachexAdminModule)');
  }
}
