import type { Version } from '../index.js';

export const adminActions = [
  'view',
  'read',
  'create',
  'edit',
  'expire',
  'delete',
  'deleteMany',
  'export',
  'import',
  'invalidate',
  'release',
  'claim',
  'replay',
  'reset',
  'clear',
  'flush',
] as const;

/** Those that change nothing, and are not told of. */
export type LookingAction = 'view' | 'read';

/**
 * What can be done on the admin page: `'read'` shows values, `'view'` all else; `'edit'` changes a value or an item of a
 * collection; `'deleteMany'` deletes the keys that match a pattern, or those chosen; `'export'` takes
 * keys along, as far as `'read'` may see their values; `'import'` makes keys of a file, as far as `'create'` may, and with `'edit'`
 * overwrites what is there; `'invalidate'` invalidates a tag;
 * `'release'` takes a lock or a semaphore from its holder; `'claim'` gives pending entries of a stream to another
 * consumer; `'replay'` puts dead letters back; `'reset'` forgets what a caller has consumed of a rate limit.
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
  /** The tenant whose keys are meant; left out for keys of none. */
  readonly scope?: string;
  /** The key that it is about, as the application names it. */
  readonly key?: string;
  /** Of `'deleteMany'` and `'export'`, where keys were chosen; those of `'import'`. */
  readonly keys?: readonly string[];
  /** Of `'deleteMany'` and `'export'`, where all keys that match are meant. */
  readonly pattern?: string;
  /** The type that keys must have, beside the pattern. */
  readonly type?: string;
  /** Of `'view'` and `'invalidate'`. */
  readonly tag?: string;
  /** What kind of thing `name` is: `'lock'`, `'semaphore'`, `'read/write lock'`, `'leader'`, `'request'` or `'rate limiter'`. */
  readonly kind?: string;
  /** The name of a lock or semaphore, or of a rate limiter. */
  readonly name?: string;
  /** Who is counted by a rate limiter. */
  readonly id?: string;
  /** Of `'claim'`, with the stream as `key`. */
  readonly group?: string;
  /** Entries of the stream that `key` is, for `'claim'` and `'replay'`. */
  readonly ids?: readonly string[];
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
  /** When it ended. */
  readonly at: Date;
  /** What was done, or tried. */
  readonly action: CachexAdminAction;
  /** As the option `user` says; else what a guard left at `request.user`, or the user of Basic authentication. */
  readonly user?: string;
  /** `'refused'` by `can`, `readOnly` or `flush`; `'cancelled'` by who had begun it. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'cancelled';
  /** How many keys were deleted. */
  readonly deleted?: number;
  /** How many entries of a stream were claimed or replayed. */
  readonly moved?: number;
  /** How many keys an export took along. */
  readonly exported?: number;
  /** How many keys an import made, */
  readonly imported?: number;
  /** how many were there already, and stayed, */
  readonly kept?: number;
  /** and how many of its lines could not be taken. */
  readonly refused?: number;
  /** Why it failed or was refused. */
  readonly error?: string;
}
