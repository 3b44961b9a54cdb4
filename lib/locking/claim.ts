import {
  acquireNames,
  type AcquireOptions,
  positiveMs,
  type ResolvedLock,
  resolveAcquire,
  waitMsOf,
} from './claim-options.js';
import { describe } from '../arguments/arguments.js';
import type { CachexError } from '../errors/index.js';
import { checkOptions } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { type Acquired, Acquisition } from './acquisition.js';
import type { Holder, Holdings } from './holdings.js';
import type { Resource } from './resource.js';
import { Tenure } from './tenure.js';

type ErrorClass = new (message: string) => CachexError;

/** What goes wrong with a claim. */
export interface ClaimErrors {
  /** Something was called that makes no sense now. */
  readonly misused: ErrorClass;
  /** It is no longer held. */
  readonly lost: ErrorClass;
  /** It could not be acquired in time. */
  readonly late: ErrorClass;
}

/**
 * A handle of something that one holder at a time, or a few, may have; a handle has it once at most. All methods ask the
 * server, and fail while it is away, under `ignoreExceptions` too.
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
   * A number that grows with every acquisition of this name, whoever acquires. Let whatever guards the data refuse a
   * write with a smaller one than it has seen: then a holder that has lost its hold without noticing does no harm.
   * `undefined` before the first acquisition; the last one's after its end, so that a late write is refused by it.
   */
  get fencingToken(): number | undefined {
    return this.tenure?.fencingToken;
  }

  /**
   * Aborts, with the error as reason, as soon as this is held no longer without having been released, or nobody can tell:
   * its lease may have ended while Redis was away or this process stood still.
   *
   * @throws LockError, SemaphoreError before the first acquisition
   */
  get signal(): AbortSignal {
    if (!this.tenure) throw this.misused('was never acquired by this handle');
    return this.tenure.signal;
  }

  /**
   * Acquires it; whether that succeeded in time. Waiters get it in the order they came. Where Redis goes away meanwhile
   * they wait on, until `blockingTimeout`; without one until Redis has been away for three times `commandTimeout`. What this
   * handle has lost it may acquire again, released or not.
   *
   * @throws LockError, SemaphoreError where this handle holds it already
   * @throws ConnectionError, CommandTimeoutError where Redis is away, or was for too long while this waited
   * @throws the reason of `signal` where that aborts
   */
  async acquire(options: AcquireOptions = {}): Promise<boolean> {
    checkOptions(options, acquireNames, 'The options of acquire', '{ blocking: false }');
    if (this.tenure?.isHeld) throw this.misused('is held by this handle already');
    if (this.acquiring) throw this.misused('is being acquired by this handle already');
    const { resource, holdings } = this;
    const resolved = resolveAcquire(this.options, options);
    const session = holdings.sessionFor(resource);
    this.acquiring = new Acquisition(resource, session, resolved, holdings).run(options.signal);
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
   * Gives it back, and wakes who waits for it. Where this fails as Redis is away, it goes on in the background until it is
   * given back.
   *
   * @throws LockError, SemaphoreError where this handle does not hold it
   * @throws LockNotOwnedError, SemaphoreError where its lease had ended; what others hold since is left alone
   */
  async release(): Promise<void> {
    const released = this.openTenure().release(this.holdings);
    this.holdings.leave(this);
    await released;
  }

  /**
   * Adds to what is left of the lease.
   *
   * @throws LockError, SemaphoreError where this handle does not hold it
   * @throws LockNotOwnedError, SemaphoreError where its lease has ended
   */
  async extend(timeout: Timeout): Promise<void> {
    const ms = positiveMs(timeout, 'timeout');
    await this.openTenure().change('add', ms);
  }

  /** Sets the lease back to its full length; throws as {@link extend}. */
  async reacquire(): Promise<void> {
    await this.openTenure().change('set', this.options.leaseMs);
  }

  /** Whether there is no room for one more: anybody holds the lock, the semaphore cannot take this weight. */
  async locked(): Promise<boolean> {
    return this.resource.isTaken();
  }

  /** Whether this handle holds it, as the server says. */
  async owned(): Promise<boolean> {
    return this.tenure?.isOpen === true && (await this.tenure.isOwned());
  }

  /**
   * Acquires, runs the function with this handle, and releases, whatever happens. An error of the function's own comes
   * before one of the release.
   *
   * @throws LockTimeoutError, SemaphoreTimeoutError where it could not be acquired in time; the function was not called
   * @throws LockNotOwnedError, SemaphoreError where it was lost before the function had ended
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

  /** Releases it where it is held. */
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
