import type { Version } from '../index.js';

export const adminActions = ['view', 'create', 'edit', 'expire', 'delete', 'deleteMany', 'clear', 'flush'] as const;

/**
 * What can be done on the admin page: `'edit'` changes a value or an item of a collection, `'deleteMany'` deletes the keys
 * that match a pattern, or those chosen.
 *
 * @publicApi
 */
export type CachexAdminAction = (typeof adminActions)[number];

/** What an action is about. @publicApi */
export interface CachexAdminContext {
  /** The name of the cache; `'default'` where it has none. */
  readonly cache: string;
  /** Left out where it is the cache's own. */
  readonly version?: Version;
  readonly key?: string;
  /** Of `'deleteMany'`, where keys were chosen. */
  readonly keys?: readonly string[];
  /** Of `'deleteMany'`, where all keys that match are meant. */
  readonly pattern?: string;
  /** The type that keys must have, beside the pattern. */
  readonly type?: string;
  /** The request of the platform: Express or Fastify. */
  readonly request: unknown;
}

/**
 * A change on the admin page, as the channel `nest-cachex:admin`, the log and the option `audit` tell of it. It names keys,
 * and holds no values.
 *
 * @publicApi
 */
export interface CachexAdminEvent extends Omit<CachexAdminContext, 'request'> {
  readonly at: Date;
  readonly action: CachexAdminAction;
  /** As the option `user` says; else what a guard left at `request.user`, or the user of Basic authentication. */
  readonly user?: string;
  /** `'refused'` by `can`, `readOnly` or `flush`; `'cancelled'` by who had begun it. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'cancelled';
  /** How many keys were deleted. */
  readonly deleted?: number;
  /** Why it failed or was refused. */
  readonly error?: string;
}
