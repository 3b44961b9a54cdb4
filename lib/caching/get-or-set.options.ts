import { withTimeout } from '../commands/expiry.js';
import type { VersionOption } from '../commands/command-group.js';
import { checkTimeout } from '../options/option-rules.js';
import { type Timeout, toMilliseconds } from '../options/timeout.js';

/** How {@link CachexService.getOrSet} reads, makes and stores a value. @publicApi */
export interface GetOrSetOptions extends VersionOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` where left out. */
  readonly timeout?: Timeout;
  /** Takes a random part of up to this much off the time to live, so that what was stored together expires apart. */
  readonly jitter?: Timeout;
  /**
   * How long the wait for the factory may take at most, a moment for the write apart. The context's `signal` aborts
   * then, and what the factory still gives is dropped.
   */
  readonly hardTimeout?: Timeout;
}

/** What a factory is told, and what it may say about its value. @publicApi */
export interface FactoryContext<T = unknown> {
  /** As the caller of `getOrSet` wrote it. */
  readonly key: string;
  /** The copy that is kept for `grace`, where there is one. */
  readonly staleValue: T | undefined;
  /** Aborts when `hardTimeout` is over, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Another time to live for this value; 0 or less: it is not stored. */
  setTimeout(timeout: Timeout): void;
  /** The value is given to whoever waits for it, and not stored. */
  skip(): void;
}

/** Makes the value of a key. `undefined` is given to whoever waits, and not stored. @publicApi */
export type Factory<T, S = T> = (context: FactoryContext<S>) => T | Promise<T>;

/** {@link GetOrSetOptions} in milliseconds, complete. */
export interface Plan {
  /** `null` is never, 0 not at all. */
  readonly ms: number | null;
  readonly jitterMs: number;
  /** `Infinity`: the wait has no end. */
  readonly hardMs: number;
}

const wait = { timer: true };
const span = { zero: true };

/** @throws TypeError for what is no timeout, or none of its kind */
export function planOf(given: Timeout | GetOrSetOptions | undefined, defaultMs: number | null): Plan {
  const { timeout, jitter, hardTimeout } = withTimeout<GetOrSetOptions>(given);
  return {
    ms: timeout === undefined ? defaultMs : toMilliseconds(timeout),
    jitterMs: jitter === undefined ? 0 : checkTimeout(jitter, 'jitter', span)!,
    hardMs: hardTimeout === undefined ? Infinity : checkTimeout(hardTimeout, 'hardTimeout', wait)!,
  };
}
