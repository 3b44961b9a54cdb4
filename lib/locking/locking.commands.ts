import type { VersionOption } from '../arguments/version.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import { lockNames, type LockOptions, semaphoreNames, type SemaphoreOptions } from './claim-options.js';
import type { CachexLock } from './lock.js';
import { type CachexLeader, leaderNames, type LeaderOptions } from './leader.js';
import type { Locking } from './locking.js';
import type { CachexReadWriteLock } from './read-write-lock.js';
import type { CachexSemaphore } from './semaphore.js';

/**
 * Locks and semaphores.
 *
 * @publicApi
 */
export abstract class LockingCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly locking: Locking;

  /**
   * A handle of the lock of that name, not held yet. A lock and a key of the same name have nothing to do with each
   * other. The lease, without `timeout`, is kept alive as long as this process lives, and ends 30 s at most after a crash.
   *
   * Of several names it has all locks or none, and excludes whoever locks one of them. In whatever order they are named,
   * nobody waits in a circle; while it waits for one of them, those who came later wait for all. On a cluster the names
   * need the same hash tag.
   *
   * @throws TypeError, RangeError for options that make no sense
   * @throws CrossSlotError from the methods of the handle, on a cluster where the names are in different slots
   * @example
   * const lock = cache.lock('stock:42', { blockingTimeout: '5s' });
   * if (await lock.acquire()) {
   *   try {
   *     await reserve(42, lock.fencingToken);
   *   } finally {
   *     await lock.release();
   *   }
   * }
   * @example
   * await cache.lock(['{accounts}:1', '{accounts}:2']).using(() => transfer(1, 2, 100));
   */
  lock(name: string | readonly string[], options: LockOptions = {}): CachexLock {
    return this.locking.lock(name, this.versionOf(options, lockNames), options);
  }

  /**
   * Runs a function while it holds a lock; see {@link CachexLock.using}.
   *
   * @throws LockTimeoutError where the lock could not be acquired within `blockingTimeout`; the function was not called
   * @throws LockNotOwnedError where the lock was lost before the function had ended
   * @example
   * await cache.withLock('stock:42', { blockingTimeout: '5s' }, async ({ fencingToken, signal }) => {
   *   await reserve(42, { fencingToken, signal });
   * });
   */
  async withLock<T>(
    name: string | readonly string[],
    options: LockOptions,
    fn: (lock: CachexLock) => T | Promise<T>,
  ): Promise<T> {
    return this.lock(name, options).using(fn);
  }

  /**
   * The read/write lock of that name: any number of readers hold it at a time, or one writer. Who waits gets it in the
   * order of coming, so that readers who go on coming keep no writer waiting.
   *
   * @throws TypeError, RangeError for options that make no sense
   * @example
   * const prices = cache.rwLock('prices');
   * await prices.read().using(() => quote(cart));
   * await prices.write().using(({ fencingToken }) => reprice(fencingToken));
   */
  rwLock(name: string, options: LockOptions = {}): CachexReadWriteLock {
    return this.locking.readWriteLock(name, this.versionOf(options, lockNames), options);
  }

  /**
   * Asks for leadership of that name from now on, and again whenever it was lost, until it is stopped or the cache is
   * closed: of all processes that do, one at a time leads.
   *
   * @throws TypeError, RangeError for options that make no sense
   * @throws ConnectionError where the cache was closed
   * @example
   * const leader = cache.leader('outbox', { timeout: '10s' });
   * leader.on('elected', () => relay(leader.signal));
   * leader.on('deposed', (reason) => logger.warn(reason));
   */
  leader(name: string, options: LeaderOptions = {}): CachexLeader {
    return this.locking.leader(name, this.versionOf(options, leaderNames), options);
  }

  /**
   * Whether nobody has claimed an instant less than `windowMs` away before; for `@OncePerFleet`.
   *
   * @internal
   */
  async claimInstant(name: string, instant: number, windowMs: number, options: VersionOption): Promise<boolean> {
    return this.locking.instants.claim(name, this.versionOf(options), instant, windowMs);
  }

  /**
   * A handle of the semaphore of that name, not held yet: of all handles, in any process, as many hold it at a time as
   * fit by their weights into `capacity`. They come in order, so that a heavy one is not overtaken by light ones.
   *
   * @throws RangeError for a weight that never fits
   * @example
   * const slot = cache.semaphore('checkout', 10, { blockingTimeout: '2s' });
   * await slot.using(() => checkout(cart));
   */
  semaphore(name: string, capacity: number, options: SemaphoreOptions = {}): CachexSemaphore {
    return this.locking.semaphore(name, this.versionOf(options, semaphoreNames), capacity, options);
  }
}
