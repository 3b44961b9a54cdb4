import { quoted } from '../errors/quoted.js';
import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { adminActions, type CachexAdminAction, type CachexAdminContext } from './actions.js';

/** The actions that a user may do on a cache, apart from decisions about single keys. */
export type CacheRights = Readonly<Record<CachexAdminAction, boolean>>;

/** Decides which actions a user may do. */
@Injectable()
export class Rights {
  constructor(@Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions) {}

  /** @throws ForbiddenException if the user may not do that */
  async check(action: CachexAdminAction, context: CachexAdminContext): Promise<void> {
    const refusal = this.refusalOf(action);
    if (refusal !== undefined) throw new ForbiddenException(refusal);
    if (await this.allow(action, context)) return;
    throw new ForbiddenException(`You may not ${wordsOf[action]} in the cache ${quoted(context.cache)}`);
  }

  async of(context: CachexAdminContext): Promise<CacheRights> {
    const allowed = await Promise.all(
      adminActions.map(async (action) => this.refusalOf(action) === undefined && (await this.allow(action, context))),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the list has every action
    return Object.fromEntries(adminActions.map((action, index) => [action, allowed[index]])) as CacheRights;
  }

  /** Whether `can` allows it. */
  async allow(action: CachexAdminAction, context: CachexAdminContext): Promise<boolean> {
    const answer: unknown = await this.options.can(action, context);
    return answer === true;
  }

  private refusalOf(action: CachexAdminAction): string | undefined {
    if (action === 'view' || action === 'read' || action === 'export') return undefined;
    if (this.options.readOnly) return 'The admin page is read-only (readOnly: true of CachexAdminModule)';
    if (action !== 'flush' || this.options.flush) return undefined;
    return 'Flushing databases is not allowed (flush: true of CachexAdminModule allows it)';
  }
}

const wordsOf: Readonly<Record<CachexAdminAction, string>> = {
  view: 'see the cache',
  read: 'read values',
  create: 'create keys',
  edit: 'change values',
  expire: 'change expiries',
  delete: 'delete keys',
  deleteMany: 'delete many keys',
  export: 'export keys',
  import: 'import keys',
  invalidate: 'invalidate tags',
  release: 'release locks',
  claim: 'claim entries of streams',
  replay: 'replay dead letters',
  reset: 'reset rate limits',
  clear: 'delete everything',
  flush: 'flush the database',
};
