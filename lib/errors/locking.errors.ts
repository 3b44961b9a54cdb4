import { CachexError } from './cachex.error.js';

/**
 * A handle was used that does not hold its lock.
 *
 * @publicApi
 */
export class LockError extends CachexError {
  get code(): string {
    return 'CACHEX_LOCK';
  }
}

/**
 * The lease ended, and another holder has the lock now. That lock was left alone.
 *
 * @publicApi
 */
export class LockNotOwnedError extends LockError {
  override get code() {
    return 'CACHEX_LOCK_NOT_OWNED' as const;
  }
}

/**
 * The lock could not be acquired within `blockingTimeout`.
 *
 * @publicApi
 */
export class LockTimeoutError extends LockError {
  override get code() {
    return 'CACHEX_LOCK_TIMEOUT' as const;
  }
}

/**
 * A handle was used that does not hold its semaphore.
 *
 * @publicApi
 */
export class SemaphoreError extends CachexError {
  get code(): string {
    return 'CACHEX_SEMAPHORE';
  }
}

/**
 * The semaphore had no room within `blockingTimeout`.
 *
 * @publicApi
 */
export class SemaphoreTimeoutError extends SemaphoreError {
  override get code() {
    return 'CACHEX_SEMAPHORE_TIMEOUT' as const;
  }
}
