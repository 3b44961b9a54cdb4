import type { CacheOutcome } from './method-call.js';
import type { Proceed } from './operation.js';
import { type Entry, whileUnderWay } from './under-way.js';

/** Errors of methods, which are no errors of the cache, whatever their class. */
const errorsOfMethods = new WeakSet<object>();

/** Whether a method has thrown it, in this call or in the one that this call waited for. */
export function isOfMethod(error: unknown): boolean {
  return typeof error === 'object' && error !== null && errorsOfMethods.has(error);
}

/** Ends a run whose value is for its own caller only: whoever waits for it has to run the method himself. */
export class OwnValue extends Error {
  constructor(readonly value: unknown) {
    super('The value is for its own caller only');
  }
}

/** One run of a method to make the value of an entry. */
export class MethodRun {
  hasBegun = false;
  private given: { readonly value: unknown } | undefined;
  private isStale = false;

  constructor(
    private readonly entry: Entry,
    private readonly proceed: Proceed,
  ) {}

  async begin(): Promise<unknown> {
    this.hasBegun = true;
    try {
      const value = await whileUnderWay(this.entry, this.proceed);
      this.given = { value };
      return value;
    } catch (error) {
      if (typeof error === 'object' && error !== null) errorsOfMethods.add(error);
      throw error;
    }
  }

  /** Whether the value is what the method gave, and not a copy. */
  hasGiven(value: unknown): boolean {
    return this.given !== undefined && Object.is(this.given.value, value);
  }

  /** The cache gives its caller an old value. */
  gotStale(): void {
    this.isStale = true;
  }

  outcomeOf(value: unknown): CacheOutcome {
    if (this.hasGiven(value)) return 'MISS';
    return this.isStale ? 'STALE' : 'HIT';
  }
}
