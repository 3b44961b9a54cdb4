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

/** Actions that change nothing. They are not reported. */
export type LookingAction = 'view' | 'read';

/**
 * An action on the admin page:
 *
 * - `'view'` shows everything but values; `'read'` shows values.
 * - `'create'`, `'edit'`, `'expire'` and `'delete'` change one key; `'edit'` also changes items of a collection.
 * - `'deleteMany'` deletes chosen keys, or the keys that match a pattern.
 * - `'export'` saves keys to a file, without keys whose values the user may not read.
 * - `'import'` creates keys from a file; each key needs `'create'`, and also `'edit'` if existing keys are overwritten.
 * - `'invalidate'` invalidates a tag.
 * - `'release'` takes a lock or a semaphore from its holder.
 * - `'claim'` gives pending entries of a stream to another consumer; `'replay'` puts dead letters back.
 * - `'reset'` forgets the calls that a rate limiter has counted for a caller.
 * - `'clear'` deletes the keys of a version; `'flush'` deletes the whole database.
 *
 * @publicApi
 */
export type CachexAdminAction = (typeof adminActions)[number];

/** The cache, keys and names that an action concerns. @publicApi */
export interface CachexAdminContext {
  /** The name of the cache; `'default'` for the unnamed cache. */
  readonly cache: string;
  /** Absent for the cache's own version. */
  readonly version?: Version;
  /** The tenant of the keys; absent for keys without a tenant. */
  readonly scope?: string;
  /** The key, as the application names it. */
  readonly key?: string;
  /** The keys chosen for `'deleteMany'` or `'export'`; the keys of the lines for `'import'`. */
  readonly keys?: readonly string[];
  /** The pattern of keys for `'deleteMany'` and `'export'`. */
  readonly pattern?: string;
  /** The type of keys that the pattern selects. */
  readonly type?: string;
  /** The tag, for `'view'` and `'invalidate'`. */
  readonly tag?: string;
  /** The kind of `name`: `'lock'`, `'semaphore'`, `'read/write lock'`, `'leader'`, `'request'` or `'rate limiter'`. */
  readonly kind?: string;
  /** The name of a lock, semaphore or rate limiter. */
  readonly name?: string;
  /** The caller that a rate limiter counts. */
  readonly id?: string;
  /** The consumer group of the stream `key`, for `'claim'`. */
  readonly group?: string;
  /** The IDs of entries of the stream `key`, for `'claim'` and `'replay'`. */
  readonly ids?: readonly string[];
  /** The request object of Express or Fastify. */
  readonly request: unknown;
}

/**
 * A change on the admin page. The channel `nest-cachex:admin`, the log and the option `audit` report it. It contains
 * names of keys and no values.
 *
 * @publicApi
 */
export interface CachexAdminEvent extends Omit<CachexAdminContext, 'request'> {
  /** The time at which the change ended. */
  readonly at: Date;
  /** The action that was made or attempted. */
  readonly action: CachexAdminAction;
  /**
   * The result of the option `user`. By default the user that a guard set as `request.user`, or the user name of Basic
   * authentication.
   */
  readonly user?: string;
  /** `'refused'` by `can`, `readOnly` or `flush`; `'cancelled'` by the user who began it. */
  readonly outcome: 'done' | 'refused' | 'failed' | 'cancelled';
  /** Number of deleted keys. */
  readonly deleted?: number;
  /** Number of stream entries that were claimed or replayed. */
  readonly moved?: number;
  /** Number of exported keys. */
  readonly exported?: number;
  /** Number of imported keys. */
  readonly imported?: number;
  /** Number of keys that an import left as they were, because they existed. */
  readonly kept?: number;
  /** Number of lines that an import refused. */
  readonly refused?: number;
  /** The reason of a failure or refusal. */
  readonly error?: string;
}
