import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  type OnModuleInit,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { ConfigError } from '../index.js';
import { Answers } from './answers.js';
import type { CachexAdminGuard, ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { isServed } from './host-names.js';

/** Requires every guard of the option `guards` to let the request pass. */
@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  private guards?: readonly CanActivate[];

  constructor(
    @Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions,
    private readonly modules: ModuleRef,
    private readonly answers: Answers,
  ) {}

  /** Creates the guards late: a guard from the application's providers has its dependencies only now. */
  async onModuleInit(): Promise<void> {
    this.guards = await Promise.all(this.options.guards.map((guard) => this.instanceOf(guard)));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // Refusals need these headers too: nobody may frame or cache them.
    this.answers.protect(context.switchToHttp().getResponse());
    if (!this.guards) return false;
    const { host } = context.switchToHttp().getRequest<{ headers: { host?: string } }>().headers;
    if (!this.isServed(host)) {
      throw new ForbiddenException(
        `The admin page does not answer to the host ${quoted(host ?? '')}: name it in the option hosts of CachexAdminModule`,
      );
    }
    for (const guard of this.guards) {
      const verdict = await guard.canActivate(context);
      if (!(isObservable(verdict) ? await lastValueFrom(verdict) : verdict)) return false;
    }
    return true;
  }

  /**
   * With guards, any host is safe: a browser sends the user's cookies and passwords to the application's own host only.
   */
  private isServed(host: string | undefined): boolean {
    const { guards, hosts } = this.options;
    return (guards.length > 0 && !hosts) || isServed(host, hosts);
  }

  /** Prefers the application's instance of the guard, because a guard may keep state. */
  private async instanceOf(guard: CachexAdminGuard): Promise<CanActivate> {
    if (typeof guard !== 'function') return guard;
    try {
      return this.modules.get<CanActivate>(guard, { strict: false });
    } catch {
      return this.modules.create(guard).catch((cause: unknown) => {
        const why = errorText(cause);
        throw new ConfigError(
          `CachexAdminModule cannot create the guard ${guard.name}: its dependencies must be global or come from ` +
            `CachexAdminModule's imports: ${why}`,
          { cause },
        );
      });
    }
  }
}
