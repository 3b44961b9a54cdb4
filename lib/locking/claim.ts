import {
  acquireNames,
  type AcquireOptions,
  positiveMs,
  type ResolvedLock,
  resolveAcquire,
  waitMsOf,
} from './claim-options.js';
import { describe, signalArgument } from '../arguments/arguments.js';
import type { CachexError } from '../errors/index.js';
import { checkOptions } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { type Acquired, Acquisition } from './acquisition.js';
import type { Holder, Holdings } from './holdings.js';
import type { Resource } from './resource.js';
import { Tenure } from './tenure.js';

type ErrorClass = new (message: string) => CachexError;

/** The errors of a claim. */
export interface ClaimErrors {
  /** A call that makes no sense now. */
  readonly misused: ErrorClass;
  /** It is no longer held. */
  readonly lost: ErrorClass;
  /** It could not be acquired in time. */
  readonly late: ErrorClass;
}

/**
 * A handle of something that one holder, or a limited number of them, may have at a time; a handle holds it at most
 * once. All methods ask the server, and fail while it is away, even under `ignoreExceptions`.
 */
export abstract class Claim implements AsyncDisposable, Holder {
  /** The current one, or the last. */
  private tenure: Tenure | undefined;
  private acquiring: Promise<Acquired | undefined> | undefined;

  /** @internal */
  constructor(
    private readonly resource: Resource,
    private readonly options: ResolvedLock,
    private readonly holdings: Holdings,
    private readonly errors: ClaimErrors,
  ) {}

  /**
   * A number that grows with every acquisition of this name, in any process. Let the data store refuse a write with a
   * smaller number than it has already seen: then a holder that has lost its lease without noticing does no harm.
   * `undefined` before the first acquisition; keeps its last value after the end, so that a late write is refused.
   */
  get fencingToken(): number | undefined {
    return this.tenure?.fencingToken;
  }

  /**
   * Aborts, with the error as its reason, as soon as the lease is lost without a release, or may be: it may have ended
   * while Redis was away or this process stood still.
   *
   * @throws LockError, SemaphoreError before the first acquisition
   */
  get signal(): AbortSignal {
    if (!this.tenure) throw this.misused('was never acquired by this handle');
    return this.tenure.signal;
  }

  /**
   * Acquires it; returns whether that succeeded in time. Waiters are served in the order of their arrival. If Redis
   * goes away meanwhile they keep waiting until `blockingTimeout`; without one, until Redis has been away for three
   * times `commandTimeout`. A handle that has lost its lease may acquire again, with or without a release.
   *
   * @throws LockError, SemaphoreError if this handle already holds it
   * @throws ConnectionError, CommandTimeoutError if Redis is away, or was away for too long during the wait
   * @throws the reason of `signal` if that aborts
   * @example
   * const lock = cache.lock('stock:42');
   * if (await lock.acquire({ blockingTimeout: '2s' })) await lock.release();
   */
  async acquire(options: AcquireOptions = {}): Promise<boolean> {
    checkOptions(options, acquireNames, 'The options of acquire', '{ blocking: false }');
    const signal = signalArgument(options.signal);
    if (this.tenure?.isHeld) throw this.misused('is already held by this handle');
    if (this.acquiring) throw this.misused('is already being acquired by this handle');
    this.tenure?.end();
    const { resource, holdings } = this;
    const resolved = resolveAcquire(this.options, options);
    const session = holdings.sessionFor(resource);
    this.acquiring = new Acquisition(resource, session, resolved, holdings).run(signal);
    holdings.enter(this);
    try {
      const acquired = await this.acquiring;
      if (!acquired) return false;
      this.tenure = new Tenure(resource, session, resolved, acquired, (why) => this.lost(why));
      return true;
    } finally {
      this.acquiring = undefined;
      if (!this.tenure?.isOpen) holdings.leave(this);
    }
  }

  /**
   * Releases it, and wakes the next waiter. If this fails because Redis is away, the library retries in the background.
   *
   * @throws LockError, SemaphoreError if this handle does not hold it
   * @throws LockNotOwnedError, SemaphoreError if its lease had ended; a newer holder is not affected
   * @example
   * await lock.release(); // `using` and `await using` do it by themselves
   */
  async release(): Promise<void> {
    const released = this.openTenure().release(this.holdings);
    this.holdings.leave(this);
    await released;
  }

  /**
   * Adds to the remaining time of the lease.
   *
   * @throws LockError, SemaphoreError if this handle does not hold it
   * @throws LockNotOwnedError, SemaphoreError if its lease has ended
   * @example
   * await lock.extend('10s'); // the lease ends 10 seconds later
   */
  async extend(timeout: Timeout): Promise<void> {
    const ms = positiveMs(timeout, 'timeout');
    await this.openTenure().change('add', ms);
  }

  /**
   * Resets the lease to its full length; throws as {@link extend}.
   *
   * @example
   * for (const part of parts) {
   *   await work(part);
   *   await lock.reacquire(); // the whole lease again
   * }
   */
  async reacquire(): Promise<void> {
    await this.openTenure().change('set', this.options.leaseMs);
  }

  /**
   * Whether it is full: the lock is held, or the semaphore has no room for this weight.
   *
   * @example
   * const isFree = !(await cache.lock('stock:42').locked());
   */
  async locked(): Promise<boolean> {
    return this.resource.isTaken();
  }

  /**
   * Whether this handle holds it, according to the server.
   *
   * @example
   * if (!(await lock.owned())) return;
   */
  async owned(): Promise<boolean> {
    return this.tenure?.isOpen === true && (await this.tenure.isOwned());
  }

  /**
   * Acquires, runs the function with this handle, and releases in any case. An error of the function takes precedence
   * over one of the release.
   *
   * @throws LockTimeoutError, SemaphoreTimeoutError if it could not be acquired in time; the function was not called
   * @throws LockNotOwnedError, SemaphoreError if it was lost before the function ended
   * @example
   * await cache.lock('stock:42').using(({ fencingToken, signal }) => reserve(42, { fencingToken, signal }));
   */
  async using<T>(fn: (claim: this) => T | Promise<T>): Promise<T> {
    if (typeof fn !== 'function')
      throw new TypeError(`${this.resource.title}: expected a function to run, not ${describe(fn)}`);
    if (!(await this.acquire())) throw this.late();
    let result: T;
    try {
      result = await fn(this);
    } catch (error) {
      await this[Symbol.asyncDispose]().catch(() => undefined);
      throw error;
    }
    await this[Symbol.asyncDispose]();
    return result;
  }

  /** Releases it if it is held. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.tenure?.isOpen) await this.release();
  }

  /** @internal */
  async giveUp(why: string): Promise<void> {
    await this.acquiring?.catch(() => undefined);
    if (this.tenure?.isOpen) await this.tenure.giveUp(why);
  }

  private openTenure(): Tenure {
    if (this.tenure?.isOpen) return this.tenure;
    throw this.misused('is not held by this handle');
  }

  private misused(how: string): Error {
    return new this.errors.misused(`${this.resource.title} ${how}`);
  }

  private lost(why: string): Error {
    return new this.errors.lost(`${this.resource.title} is no longer held: ${why}`);
  }

  private late(): Error {
    const waitMs = waitMsOf(this.options);
    const { title } = this.resource;
    return new this.errors.late(
      waitMs > 0 ? `Could not acquire ${lowered(title)} within ${waitMs} ms` : `${title} is taken`,
    );
  }
}

/** In the middle of a sentence: `lock "stock:42"`. */
function lowered(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}
