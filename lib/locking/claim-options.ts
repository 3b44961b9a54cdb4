import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { toMilliseconds, type Timeout } from '../arguments/timeout.js';

/** How {@link CachexLock.acquire} waits; what is left out is as the lock was made. @publicApi */
export interface AcquireOptions {
  /** Whether to wait at all where it is taken (`true`); `false` is one request, as long as `commandTimeout` at most. */
  readonly blocking?: boolean;
  /** How long to wait at most, from the call on; `null`, and where left out: until it is acquired. */
  readonly blockingTimeout?: Timeout;
  /** Ends the waiting: `acquire` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How a lock is held, and waited for. @publicApi */
export interface LockOptions extends VersionOption, Omit<AcquireOptions, 'signal'> {
  /**
   * Length of the lease; `null` is never. Left out: a lease of 30 s that is renewed every 10 s as long as the process
   * lives.
   */
  readonly timeout?: Timeout;
  /** Whether a lease of `timeout` is renewed too, at each third of its length (`false`). */
  readonly autoExtend?: boolean;
  /** Pause between two tries while no wake-up can arrive, as the connection for them is down (0.1 s). */
  readonly sleep?: Timeout;
}

/** How a semaphore is held, and waited for. @publicApi */
export interface SemaphoreOptions extends LockOptions {
  /** How much of the capacity to claim (1). */
  readonly weight?: number;
}

/** {@link LockOptions} in milliseconds, complete. */
export interface ResolvedLock {
  readonly leaseMs: number;
  readonly renewed: boolean;
  readonly sleepMs: number;
  readonly blocking: boolean;
  /** `Infinity`: until it is acquired. */
  readonly blockingMs: number;
  /** Whether to wait through an outage, as long as may be: nobody has anything better to do. */
  readonly isPatient: boolean;
}

const keptAliveMs = 30_000;
/** A hundred years. */
const neverMs = 100 * 365 * 86_400_000;

export const lockNames: NamesOf<Omit<SemaphoreOptions, 'weight'>> = {
  ...versionNames,
  timeout: true,
  autoExtend: true,
  sleep: true,
  blocking: true,
  blockingTimeout: true,
};
export const semaphoreNames: NamesOf<SemaphoreOptions> = { ...lockNames, weight: true };
export const acquireNames: NamesOf<AcquireOptions> = { blocking: true, blockingTimeout: true, signal: true };

export function resolveLock(options: LockOptions): ResolvedLock {
  const { timeout, autoExtend = timeout === undefined, sleep = 0.1, blocking = true, blockingTimeout = null } = options;
  return {
    leaseMs: timeout === undefined ? keptAliveMs : positiveMs(timeout, 'timeout'),
    renewed: autoExtend,
    sleepMs: positiveMs(sleep, 'sleep'),
    blocking,
    blockingMs: blockingMsOf(blockingTimeout),
    isPatient: true,
  };
}

/** For one call of `acquire`. */
export function resolveAcquire(
  lock: ResolvedLock,
  { blocking = lock.blocking, blockingTimeout }: AcquireOptions,
): ResolvedLock {
  if (blocking === lock.blocking && blockingTimeout === undefined) return lock;
  const blockingMs = blockingTimeout === undefined ? lock.blockingMs : blockingMsOf(blockingTimeout);
  return { ...lock, blocking, blockingMs };
}

/** How long to wait at most, `Infinity` until it is acquired, 0 not at all. */
export function waitMsOf({ blocking, blockingMs }: ResolvedLock): number {
  return blocking ? blockingMs : 0;
}

/** Milliseconds of a length that must not be nothing. */
export function positiveMs(length: Timeout, what: string): number {
  const ms = toMilliseconds(length, what) ?? neverMs;
  if (ms === 0) throw new RangeError(`${what} must be more than 0`);
  return ms;
}

function blockingMsOf(timeout: Timeout): number {
  return toMilliseconds(timeout, 'blockingTimeout') ?? Infinity;
}
