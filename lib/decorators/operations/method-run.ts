import type { CacheOutcome } from '../runtime/method-call.js';
import type { Proceed } from '../runtime/operation.js';

/** One run of a method to make the value of an entry. */
export class MethodRun {
  private given: { readonly value: unknown } | undefined;
  private isStale = false;

  constructor(private readonly proceed: Proceed) {}

  async begin(): Promise<unknown> {
    const value = await this.proceed();
    this.given = { value };
    return value;
  }

  /** Has another value stand for what the method gave. */
  hasBecome(value: unknown): void {
    this.given = { value };
  }

  /** Whether the value is what the method gave, and not a copy. */
  hasGiven(value: unknown): boolean {
    return this.given !== undefined && Object.is(this.given.value, value);
  }

  /** The cache gives its caller an old value. */
  gotStale(): void {
    this.isStale = true;
  }

  /** The same where a schema makes another value of what the method gave. */
  get outcomeOfCall(): CacheOutcome {
    if (this.isStale) return 'STALE';
    return this.given ? 'MISS' : 'HIT';
  }

  outcomeOf(value: unknown): CacheOutcome {
    if (this.hasGiven(value)) return 'MISS';
    return this.isStale ? 'STALE' : 'HIT';
  }
}
