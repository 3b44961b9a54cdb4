import type { CacheOutcome } from '../runtime/method-call.js';
import type { Proceed } from '../runtime/operation.js';

/** One run of a method to compute the value of an entry. */
export class MethodRun {
  private given: { readonly value: unknown } | undefined;
  private isStale = false;

  constructor(private readonly proceed: Proceed) {}

  async begin(): Promise<unknown> {
    const value = await this.proceed();
    this.given = { value };
    return value;
  }

  /** Replaces the method's result by another value. */
  hasBecome(value: unknown): void {
    this.given = { value };
  }

  /** Whether the value is the method's own result, and not a copy. */
  hasGiven(value: unknown): boolean {
    return this.given !== undefined && Object.is(this.given.value, value);
  }

  /** The cache returns an old value to its caller. */
  gotStale(): void {
    this.isStale = true;
  }

  /** The same if a schema makes another value from the method's result. */
  get outcomeOfCall(): CacheOutcome {
    if (this.isStale) return 'STALE';
    return this.given ? 'MISS' : 'HIT';
  }

  outcomeOf(value: unknown): CacheOutcome {
    if (this.hasGiven(value)) return 'MISS';
    return this.isStale ? 'STALE' : 'HIT';
  }
}
