import { CachexError } from './cachex.error.js';

/**
 * A lock was used wrongly, or could not be had.
 *
 * @publicApi
 */
export class LockError extends CachexError {
  readonly code: string = 'CACHEX_LOCK';
}

/**
 * The lock is held by somebody else now (its lease ended); their lock was left alone.
 *
 * @publicApi
 */
export class LockNotOwnedError extends LockError {
  override readonly code = 'CACHEX_LOCK_NOT_OWNED';
}

/**
 * The lock could not be acquired within `blockingTimeout`.
 *
 * @publicApi
 */
export class LockTimeoutError extends LockError {
  override readonly code = 'CACHEX_LOCK_TIMEOUT';
}

/**
 * A semaphore was used wrongly, or could not be had.
 *
 * @publicApi
 */
export class SemaphoreError extends CachexError {
  readonly code: string = 'CACHEX_SEMAPHORE';
}

/**
 * The semaphore had no room within `blockingTimeout`.
 *
 * @publicApi
 */
export class SemaphoreTimeoutError extends SemaphoreError {
  override readonly code = 'CACHEX_SEMAPHORE_TIMEOUT';
}
