import { CommandGroup, type Direct } from '../commands/command-group.js';
import { lockNames, type LockOptions, semaphoreNames, type SemaphoreOptions } from './claim-options.js';
import type { CachexLock } from './lock.js';
import type { Locking } from './locking.js';
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
   * @throws TypeError, RangeError for options that make no sense
   * @example
   * const lock = cache.lock('stock:42', { blockingTimeout: '5s' });
   * if (await lock.acquire()) {
   *   try {
   *     await reserve(42, lock.fencingToken);
   *   } finally {
   *     await lock.release();
   *   }
   * }
   */
  lock(name: string, options: LockOptions = {}): CachexLock {
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
  async withLock<T>(name: string, options: LockOptions, fn: (lock: CachexLock) => T | Promise<T>): Promise<T> {
    return this.lock(name, options).using(fn);
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
