import type { Place } from '../arguments/scope.js';
import type { Stamp } from '../codec/envelope.js';
import { quoted } from '../errors/quoted.js';
import { FactoryTimeoutError } from '../errors/index.js';
import type { Computation } from './computation.js';
import type { Deadlines } from '../waiting/deadlines.js';
import type { FactoryRun } from './factory-run.js';
import type { Made } from './made.js';

/** What a flight has seen at its key before its value was made. */
export interface Sight {
  /** The number of its look. */
  readonly number: number;
  /** The bytes that the key has held ever since, if the value is to be stored. */
  readonly bytes?: Buffer;
}

/** The steps of a flight. */
export interface Route<T> {
  /** `undefined` before it has looked at its key, or if it could not. */
  readonly sight: Sight | undefined;
  /** Whether a caller at the key may still come for the value. */
  readonly isAwaited: boolean;
  make(): Promise<Made<T>>;
  store(made: Made<unknown>): Promise<void>;
  /** Called when the value is stored, or will not be; a promise if there is something to take back. */
  settle(): Promise<unknown> | undefined;
  isCurrent(): Promise<boolean>;
  isOvertaken(old: readonly Stamp[]): Promise<boolean>;
  /** Called once, as soon as no new caller may wait for the run. */
  land(flight: Flight<T>): void;
}

/** Time limits of a flight. */
export interface FlightLimits {
  /** Until its callers are told that it is late. */
  readonly leftMs: number;
  /** The same, plus the time that was spent before its start. */
  readonly hardMs: number;
  /** Until it counts as hung, and another flight may begin. */
  readonly patienceMs: number;
  readonly deadlines: Deadlines;
}

/** A value on its way from its factory into the cache, for all its waiters: under way from its construction on. */
export class Flight<T = unknown> {
  /** The value, once it is stored or could not be. Fails if the factory does. */
  readonly outcome: Promise<Made<T>>;
  /** The factory has ended and its value is stored, if it is to be; or the flight is given up. */
  readonly ended: Promise<void>;
  /** Its callers were told that it is late, though the factory may continue. */
  isGivenUp = false;
  private readonly startedAt = performance.now();
  private readonly making: Promise<Made<T>>;
  private made: Made<T> | undefined;
  private isShared = false;
  private isOver = false;
  private patience: NodeJS.Timeout | undefined;
  private onEnd!: () => void;

  constructor(
    /** Increasing: a later caller gets a value that was made later. */
    readonly number: number,
    readonly computation: Computation,
    private readonly run: FactoryRun,
    private readonly limits: FlightLimits,
    private readonly route: Route<T>,
  ) {
    this.ended = new Promise((resolve) => (this.onEnd = resolve));
    this.making = route.make().then((made) => this.take(made));
    // A chain rather than an async method: its frame would be kept for as long as the factory runs.
    const flown = this.making.then(
      (made) => this.bring(made),
      (error) => this.fail(error),
    );
    this.outcome = limits.deadlines.within(flown, limits.leftMs, () => this.giveUp());
    // There may be no waiter.
    this.outcome.catch(() => undefined);
  }

  /** What it makes. */
  get key(): string {
    return this.run.key;
  }

  get place(): Place {
    return this.run.place;
  }

  get ageMs(): number {
    return performance.now() - this.startedAt;
  }

  /** How long it may still be waited for. */
  get patienceLeftMs(): number {
    return this.limits.patienceMs - this.ageMs;
  }

  get isHung(): boolean {
    return !this.isOver && this.patienceLeftMs <= 0;
  }

  /**
   * Whether its value is new enough for a caller who has read the key: nobody has written or deleted the key since the
   * flight has looked, as far as that reading shows. `looksBefore`: how many looks there were before the key was read.
   */
  mayServe(seen: Buffer | undefined, looksBefore: number): boolean {
    const { sight } = this.route;
    if (!sight || sight.number > looksBefore) return true;
    return seen !== undefined && sight.bytes?.equals(seen) === true;
  }

  /** Whether the factory would still make the same value, according to its tags. */
  isCurrent(): Promise<boolean> {
    return this.route.isCurrent();
  }

  /** Whether its factory was called before an invalidation that it, or the old value, depends on. */
  isOvertaken(old: readonly Stamp[]): Promise<boolean> {
    return this.route.isOvertaken(old);
  }

  /** The value for the caller whose factory it is. */
  own(): Promise<T> {
    return this.outcome.then((made) => made.take());
  }

  /** The value for another waiter; throws `unshared` if it cannot be copied. */
  async copy(): Promise<T> {
    this.isShared = true;
    return (await this.outcome).copy();
  }

  /** The same as soon as it is made: the server is away, and waiting for the store would take too long. */
  async unstoredCopy(): Promise<T> {
    this.isShared = true;
    return (await Promise.race([this.making, this.outcome])).copy();
  }

  abort(reason: Error): void {
    this.run.abort(reason);
  }

  private take(made: Made<T>): Made<T> | Promise<Made<T>> {
    this.made = made;
    if (made.isPrivate || !(this.isShared || this.route.isAwaited)) return made;
    // Before the first caller to get the value can change it.
    return made.tryEncode().then(() => made);
  }

  private async bring(made: Made<T>): Promise<Made<T>> {
    try {
      if (made.value !== undefined && this.run.isWanted) await this.route.store(made);
    } finally {
      await this.settle();
    }
    return made;
  }

  private async fail(error: unknown): Promise<never> {
    await this.settle();
    throw error;
  }

  private async settle(): Promise<void> {
    // A new caller must not find what is about to be taken back.
    const settling = this.route.settle();
    if (settling) await settling;
    this.end();
  }

  /** The time is over: a value that exists already is returned, stored or not. */
  private giveUp(): Made<T> {
    if (this.made) return this.made;
    const { run, limits } = this;
    const late = tooLate(run.key, limits.hardMs);
    this.isGivenUp = true;
    // While the factory continues, no other starts beside it: but not forever.
    this.patience = setTimeout(() => this.end(), this.patienceLeftMs).unref();
    run.abort(late);
    throw late;
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.patience);
    this.onEnd();
    this.route.land(this);
  }
}

/** The error for callers whose time is over. */
export function tooLate(key: string, ms: number): FactoryTimeoutError {
  return new FactoryTimeoutError(`The factory of ${quoted(key)} did not finish within ${ms} ms`);
}
