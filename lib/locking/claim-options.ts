import { countArgument } from '../arguments/arguments.js';
import { checkVersion, versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { toMilliseconds, type Timeout } from '../arguments/timeout.js';

/** How {@link CachexLock.acquire} waits; an omitted option is as the lock was created. @publicApi */
export interface AcquireOptions {
  /** Whether to wait if it is taken (`true`); `false` sends one request, which takes at most `commandTimeout`. */
  readonly blocking?: boolean;
  /** How long to wait at most, from the call on; `null` or omitted: until it is acquired. */
  readonly blockingTimeout?: Timeout;
  /** Ends the wait: `acquire` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How to hold a lock, and how to wait for it. @publicApi */
export interface LockOptions extends VersionOption, Omit<AcquireOptions, 'signal'> {
  /**
   * Length of the lease; `null` never ends. If omitted, a lease of 30 s is renewed every 10 s for as long as the
   * process lives.
   */
  readonly timeout?: Timeout;
  /** Whether a lease of `timeout` is renewed, too, at each third of its length (`false`). */
  readonly autoExtend?: boolean;
  /** Pause between two tries while wake-ups cannot arrive, because their connection is down (0.1 s). */
  readonly sleep?: Timeout;
}

/** How to hold a semaphore, and how to wait for it. @publicApi */
export interface SemaphoreOptions extends LockOptions {
  /** How much of the capacity to claim (1). */
  readonly weight?: number;
}

/** {@link LockOptions}, resolved, in milliseconds. */
export interface ResolvedLock {
  readonly leaseMs: number;
  readonly renewed: boolean;
  readonly sleepMs: number;
  readonly blocking: boolean;
  /** `Infinity`: until it is acquired. */
  readonly blockingMs: number;
  /** Whether to wait through an outage, however long: the caller has nothing better to do. */
  readonly isPatient: boolean;
}

const keptAliveMs = 30_000;
const shortMs = 100;
/** A hundred years. */
const neverMs = 100 * 365 * 86_400_000;

export const lockNames: NamesOf<Omit<SemaphoreOptions, 'weight'>> = {
  ...versionNames,
  timeout: true,
  autoExtend: 'flag',
  sleep: true,
  blocking: 'flag',
  blockingTimeout: true,
};
export const semaphoreNames: NamesOf<SemaphoreOptions> = { ...lockNames, weight: true };
export const acquireNames: NamesOf<AcquireOptions> = { blocking: 'flag', blockingTimeout: true, signal: true };

/** @throws TypeError, RangeError for invalid options */
export function resolveLock(options: LockOptions): ResolvedLock {
  const { timeout, autoExtend = timeout === undefined, sleep, blocking = true, blockingTimeout = null } = options;
  return {
    leaseMs: timeout === undefined ? keptAliveMs : positiveMs(timeout, 'timeout'),
    renewed: autoExtend,
    sleepMs: sleep === undefined ? shortMs : positiveMs(sleep, 'sleep'),
    blocking,
    blockingMs: blockingMsOf(blockingTimeout),
    isPatient: true,
  };
}

/** For options that are used later. @throws TypeError, RangeError for invalid options */
export function checkLock(options: LockOptions): void {
  resolveLock(options);
  if (options.version !== undefined) checkVersion(options.version);
}

/** @returns the weight @throws TypeError, RangeError for one that never fits */
export function checkShare(capacity: number, weight: number = 1): number {
  countArgument(weight, 'weight', 1);
  if (weight > capacity) throw new RangeError(`A weight of ${weight} can never fit into a semaphore of ${capacity}`);
  return weight;
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

/** Milliseconds of a duration that must be greater than 0. */
export function positiveMs(length: Timeout, what: string): number {
  const ms = toMilliseconds(length, what) ?? neverMs;
  if (ms === 0) throw new RangeError(`${what} must be more than 0`);
  return ms;
}

function blockingMsOf(timeout: Timeout): number {
  return toMilliseconds(timeout, 'blockingTimeout') ?? Infinity;
}
