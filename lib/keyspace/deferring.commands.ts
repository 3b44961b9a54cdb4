import { describe } from '../arguments/arguments.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { Commits } from '../evictions/commits.js';
import type { Keyspace } from './keyspace.js';

/**
 * Evictions that wait for a transaction.
 *
 * @publicApi
 */
export abstract class DeferringCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly keyspace: Keyspace;

  /** @internal */
  protected abstract readonly commits: Commits;

  /**
   * Runs a function, such as a database transaction. Evictions inside it, at any depth of asynchronous calls, happen
   * only after it has resolved: those of `delete`, `deleteMany`, `deletePattern`, `clear`, `invalidateTags` and
   * `@CacheEvict`. If it throws, nothing is evicted. Meanwhile `get`, `getMany`, `getOrSet` and `@Cacheable` inside the
   * function bypass the cache for entries that will be evicted, and store nothing for them; all other callers still get
   * the cached values. Writes, such as `set`, happen at once. A nested call waits for the end of the outer one. Redis:
   * `UNLINK`, `SCAN`, `HSET`.
   *
   * @throws ConnectionError, CommandTimeoutError if Redis is away when the function has resolved
   * @example
   * await cache.deferEvictions(() =>
   *   db.transaction(async (tx) => {
   *     await tx.save({ id, price });
   *     await cache.delete(`product:${id}`);
   *   }),
   * );
   */
  async deferEvictions<T>(fn: () => T | Promise<T>): Promise<T> {
    if (typeof fn !== 'function') throw new TypeError(`deferEvictions takes a function, not ${describe(fn)}`);
    return this.keyspace.deferred.run(fn);
  }

  /**
   * Evicts after the commit of the calling code's transaction; at once if none is known.
   *
   * @internal
   */
  evictAtCommit(evict: (cache: this) => Promise<unknown>, what: string): Promise<void> {
    return this.commits.run(() => evict(this), what);
  }
}
