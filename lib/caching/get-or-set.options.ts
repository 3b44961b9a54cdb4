import type { VersionOption } from '../commands/command-group.js';
import { withTimeout } from '../commands/expiry.js';
import { checkTimeout } from '../options/option-rules.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Timeout, toMilliseconds } from '../options/timeout.js';
import { entryTags } from './tags.js';
import { type StampedeOption, stampedeOf } from './xfetch.js';

/** How {@link CachexService.getOrSet} reads, makes and stores a value. @publicApi */
export interface GetOrSetOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` where left out. */
  readonly timeout?: Timeout;
  /** Takes a random part of up to this much off the time to live, so that what was stored together expires apart. */
  readonly jitter?: Timeout;
  /** The value counts until one of them is invalidated by `invalidateTags`, be it while the factory runs. */
  readonly tags?: readonly string[];
  /**
   * How long after its timeout, or after one of its tags was invalidated, a stale copy may still be given: where the
   * factory throws, or passes `softTimeout`. A value that never expires has none.
   */
  readonly grace?: Timeout;
  /** How long the factory may take until a stale copy is given, where there is one; 0: at once. The factory goes on. */
  readonly softTimeout?: Timeout;
  /**
   * How long the wait for the factory may take at most, a moment for the write apart. The context's `signal` aborts
   * then, and what the factory still gives is dropped.
   */
  readonly hardTimeout?: Timeout;
  /**
   * One run of the factory in all processes: the others wait for it, and read again. Who has waited for 30 s (or
   * `hardTimeout`), or cannot ask for the lock, runs the factory himself.
   */
  readonly lock?: boolean;
  /** Called where this caller is given a stale copy. */
  readonly onStale?: () => void;
}

/** What a factory is told, and what it may say about its value. @publicApi */
export interface FactoryContext<T = unknown> {
  /** As the caller of `getOrSet` wrote it. */
  readonly key: string;
  /** The copy that is kept for `grace`, where there is one and the caller asks for `grace`. */
  readonly staleValue: T | undefined;
  /** Aborts when `hardTimeout` is over, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Another time to live for this value; 0 or less: it is not stored. */
  setTimeout(timeout: Timeout): void;
  /**
   * Tags that only the value tells, beside those of the options. A value one of whose tags was invalidated while it was
   * made is not stored. For that, the factory has to declare its parameter.
   */
  setTags(tags: readonly string[]): void;
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
  readonly tags: readonly string[];
  readonly stampede: ResolvedStampede | undefined;
  /** 0: stale copies are neither kept nor given. */
  readonly graceMs: number;
  /** `Infinity`: stale copies are given only where the factory fails. */
  readonly softMs: number;
  /** `Infinity`: the wait has no end. */
  readonly hardMs: number;
  readonly lock: boolean;
  readonly onStale: (() => void) | undefined;
}

const wait = { timer: true };
const span = { zero: true };
const softWait = { timer: true, zero: true };

const orElse = <D>(given: Timeout | undefined, fallback: D, what: string, bounds?: object): number | D =>
  given === undefined ? fallback : checkTimeout(given, what, bounds)!;

/** @throws TypeError for what is no timeout, or none of its kind */
export function planOf(
  given: Timeout | GetOrSetOptions | undefined,
  defaults: { readonly timeoutMs: number | null; readonly stampede?: ResolvedStampede },
): Plan {
  const options = withTimeout<GetOrSetOptions>(given);
  const { timeout, tags, lock = false, onStale } = options;
  return {
    ms: timeout === undefined ? defaults.timeoutMs : toMilliseconds(timeout),
    jitterMs: orElse(options.jitter, 0, 'jitter', span),
    tags: tags ? entryTags(tags) : [],
    stampede: stampedeOf(options, defaults.stampede),
    graceMs: orElse(options.grace, 0, 'grace'),
    softMs: orElse(options.softTimeout, Infinity, 'softTimeout', softWait),
    hardMs: orElse(options.hardTimeout, Infinity, 'hardTimeout', wait),
    lock,
    onStale,
  };
}
