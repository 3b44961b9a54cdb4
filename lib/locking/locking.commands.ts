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
   * A handle of the lock with that name, not held yet. A lock and a key of the same name are independent. Without
   * `timeout`, the lease is kept alive for as long as this process lives, and ends at most 30 s after a crash. The
   * handle sends the commands. Redis: `EVALSHA`.
   *
   * With several names it holds all of the locks or none, and excludes every holder of one of them. Whatever the order
   * of the names, there is no deadlock; while it waits for one of them, later arrivals wait for all. On a cluster the
   * names need the same hash tag.
   *
   * @throws TypeError, RangeError for invalid options
   * @throws CrossSlotError from the methods of the handle, on a cluster if the names are in different slots
   * @example
   * const lock = cache.lock('stock:42', { blockingTimeout: '5s' });
   * if (await lock.acquire()) {
   *   try {
   *     await reserve(42, { fencingToken: lock.fencingToken, signal: lock.signal });
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
   * Runs a function while holding a lock; see {@link CachexLock.using}. Redis: `EVALSHA`.
   *
   * @throws LockTimeoutError if the lock could not be acquired within `blockingTimeout`; the function was not called
   * @throws LockNotOwnedError if the lock was lost before the function ended
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
   * The read/write lock with that name: any number of readers hold it at a time, or one writer. Waiters are served in
   * the order of their arrival, so that a stream of readers does not starve a writer. Its handles send the commands.
   * Redis: `EVALSHA`.
   *
   * @throws TypeError, RangeError for invalid options
   * @example
   * const prices = cache.rwLock('prices');
   * await prices.read().using(() => quote(cart));
   * await prices.write().using(({ fencingToken }) => reprice(fencingToken));
   */
  rwLock(name: string, options: LockOptions = {}): CachexReadWriteLock {
    return this.locking.readWriteLock(name, this.versionOf(options, lockNames), options);
  }

  /**
   * Campaigns for leadership of that name from now on, and again after every loss, until it is stopped or the cache is
   * closed: of all processes that do, one leads at a time. Redis: `EVALSHA`.
   *
   * @throws TypeError, RangeError for invalid options
   * @throws ConnectionError if the cache was closed
   * @example
   * const leader = cache.leader('outbox', { timeout: '10s' });
   * leader.on('elected', () => relay(leader.signal));
   * leader.on('deposed', (reason) => logger.warn(reason));
   */
  leader(name: string, options: LeaderOptions = {}): CachexLeader {
    return this.locking.leader(name, this.versionOf(options, leaderNames), options);
  }

  /**
   * Claims an instant; whether no process has claimed one less than `windowMs` away before. For `@OncePerFleet`.
   *
   * @internal
   */
  async claimInstant(name: string, instant: number, windowMs: number, options: VersionOption): Promise<boolean> {
    return this.locking.instants.claim(name, this.versionOf(options), instant, windowMs);
  }

  /**
   * The lock and the kept answer for `@Idempotent`.
   *
   * @internal
   */
  idempotency(name: string, options: LockOptions): ReturnType<Locking['idempotency']> {
    return this.locking.idempotency(name, this.versionOf(options, lockNames), options);
  }

  /**
   * A handle of the semaphore with that name, not held yet: as many handles, in any process, hold it at a time as fit
   * into `capacity` with their weights. They are served in order, so that light ones do not overtake a heavy one. The
   * handle sends the commands. Redis: `EVALSHA`.
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
