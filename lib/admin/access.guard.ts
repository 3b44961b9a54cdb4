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

/** Lets a request pass that all guards of the application let pass. */
@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  private guards?: readonly CanActivate[];

  constructor(
    @Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions,
    private readonly modules: ModuleRef,
    private readonly answers: Answers,
  ) {}

  /** Not earlier: a guard that is a provider of the application would not be complete. */
  async onModuleInit(): Promise<void> {
    this.guards = await Promise.all(this.options.guards.map((guard) => this.instanceOf(guard)));
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // What a guard refuses is not to be framed or kept either.
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

  /** Guards ask who it is, and other sites' names have no cookies and passwords of his. */
  private isServed(host: string | undefined): boolean {
    const { guards, hosts } = this.options;
    return (guards.length > 0 && !hosts) || isServed(host, hosts);
  }

  /** The application's own where it provides the guard, so that both are in the same state. */
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
