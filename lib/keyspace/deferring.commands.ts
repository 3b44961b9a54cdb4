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
   * Runs a function, such as a database transaction, and evicts only when it has resolved what is evicted inside of it, in
   * any depth of asynchronous calls: by `delete`, `deleteMany`, `deletePattern`, `clear`, `invalidateTags` and
   * `@CacheEvict`. If it throws, nothing is evicted. Until then `get`, `getMany`, `getOrSet` and `@Cacheable` inside of it
   * go past the cache for what will be evicted, and store nothing of it; everybody else is still given what is stored.
   * Writes, such as `set`, are done at once. One within another waits for the end of the outer one.
   * Redis: `UNLINK`, `SCAN`, `HSET`.
   *
   * @throws ConnectionError, CommandTimeoutError where Redis is away when the function has resolved
   * @example
   * await cache.deferEvictions(() =>
   *   db.transaction(async (tx) => {
   *     await tx.update(products).set({ price }).where(eq(products.id, id));
   *     await cache.delete(`product:${id}`);
   *   }),
   * );
   */
  async deferEvictions<T>(fn: () => T | Promise<T>): Promise<T> {
    if (typeof fn !== 'function') throw new TypeError(`deferEvictions takes a function, not ${describe(fn)}`);
    return this.keyspace.deferred.run(fn);
  }

  /**
   * Evicts when the transaction that the calling code is part of is committed; at once where none is known.
   *
   * @internal
   */
  evictAtCommit(evict: (cache: this) => Promise<unknown>, what: string): Promise<void> {
    return this.commits.run(() => evict(this), what);
  }
}
