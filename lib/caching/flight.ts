import { FactoryTimeoutError } from '../errors/index.js';
import type { FactoryRun } from './factory-run.js';
import type { Made } from './made.js';
import { within } from './within.js';

/** The steps of a flight. */
export interface Route<T> {
  readonly make: () => Promise<Made<T>>;
  readonly store: (made: Made<T>) => Promise<void>;
  readonly isCurrent: () => Promise<boolean>;
}

/** A value on its way from its factory into the cache, for all who wait for it. */
export class Flight<T = unknown> {
  /** The value when it is stored, or that could not be done. Fails as the factory does. */
  readonly outcome: Promise<Made<T>>;
  /** Whether the value would still be made so, as far as its tags tell. */
  readonly isCurrent: () => Promise<boolean>;
  private readonly startedAt = performance.now();
  private readonly making: Promise<Made<T>>;
  private made: Made<T> | undefined;
  private isShared = false;

  constructor(
    /** Counted up: who has come after the one before it has a value that was made later. */
    readonly number: number,
    private readonly run: FactoryRun,
    private readonly hardMs: number,
    route: Route<T>,
  ) {
    this.isCurrent = route.isCurrent;
    this.making = this.make(route.make);
    this.outcome = within(this.fly(route.store), hardMs, () => this.giveUp());
    // There may be nobody who waits for it.
    this.outcome.catch(() => undefined);
  }

  get ageMs(): number {
    return performance.now() - this.startedAt;
  }

  /** The value for the one whose factory it is. */
  async own(): Promise<T> {
    return (await this.outcome).value;
  }

  /** The value for one more who waits for it. */
  async copy(): Promise<T> {
    this.isShared = true;
    return (await this.outcome).copy();
  }

  /** The same as soon as it is made: the server is away, and whether it can be stored would take its time. */
  async unstoredCopy(): Promise<T> {
    this.isShared = true;
    return (await Promise.race([this.making, this.outcome])).copy();
  }

  abort(reason: Error): void {
    this.run.abort(reason);
  }

  private async make(make: Route<T>['make']): Promise<Made<T>> {
    const made = await make();
    this.made = made;
    // Before the first to get the value can change it.
    if (this.isShared) await made.encode().catch(() => undefined);
    return made;
  }

  private async fly(store: Route<T>['store']): Promise<Made<T>> {
    const made = await this.making;
    if (made.value !== undefined && this.run.isWanted) await store(made);
    return made;
  }

  /** The time is over: a value that is there already is given, stored or not. */
  private giveUp(): Made<T> {
    if (this.made) return this.made;
    const { run, hardMs } = this;
    const late = tooLate(run.key, hardMs);
    run.abort(late);
    throw late;
  }
}

/** What those are told whose time is over. */
export function tooLate(key: string, ms: number): FactoryTimeoutError {
  return new FactoryTimeoutError(`The factory of ${JSON.stringify(key)} had not ended within ${ms} ms`);
}
