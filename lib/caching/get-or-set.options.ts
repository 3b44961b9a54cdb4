import { schemaArgument, type SchemaOption, type StandardSchema } from '../codec/schema.js';
import { storingNames } from '../commands/storing.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { VersionOption } from '../arguments/version.js';
import { withTimeout } from '../arguments/expiry.js';
import type { Outage } from '../execution/outage.js';
import { checkTimeout } from '../options/option-rules.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { entryTags } from '../tags/tags.js';
import { type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';

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
  /**
   * How long the factory may take until a stale copy is given, where there is one; 0: at once. The factory goes on. One
   * that takes longer than 30 s (or ten times as long) without `hardTimeout` counts as hung: the next caller begins anew.
   */
  readonly softTimeout?: Timeout;
  /**
   * How long anybody waits at most, for the server and for the factory. The context's `signal` aborts then, and what the
   * factory still gives is dropped. While a factory goes on all the same, no second one is begun: up to ten times
   * `hardTimeout` (30 s at most).
   */
  readonly hardTimeout?: Timeout;
  /**
   * One run of the factory in all processes: the others wait for it, and read again. After each 30 s one of them runs the
   * factory all the same; so does who cannot ask for the lock. The lock of a process that has crashed ends after 5 s.
   */
  readonly lock?: boolean;
  /**
   * Whether the factory may call `setTags`. With `true` the cache asks the server before the factory runs, which takes a
   * round trip per miss; with `false` a value with tags of its factory is not stored. If omitted, the cache asks on its
   * first miss, and on all misses once a factory has called `setTags`.
   */
  readonly setsTags?: boolean;
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
  readonly setTimeout: (timeout: Timeout) => void;
  /**
   * Adds tags that only the value tells to those of the options. The value is not stored if one of its tags was
   * invalidated while the factory ran; see the option `setsTags`.
   */
  readonly setTags: (tags: readonly string[]) => void;
  /** The value is given to whoever waits for it, and not stored. */
  readonly skip: () => void;
}

/** Makes the value of a key. `undefined` is given to whoever waits, and not stored. @publicApi */
export type Factory<T, S = T> = (context: FactoryContext<S>) => T | Promise<T>;

/** {@link GetOrSetOptions} in milliseconds, complete. */
export interface ResolvedGetOrSet {
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
  /** How long a run may take until somebody else may begin another; `Infinity`: as long as it wants. */
  readonly patienceMs: number;
  readonly lock: boolean;
  /** Whether the factory may call `setTags`; `undefined`: the cache finds out. */
  readonly setsTags: boolean | undefined;
  readonly onStale: (() => void) | undefined;
  readonly schema: StandardSchema | undefined;
  /** Where it is set, the factory runs while the server is away, whatever the cache does about outages. */
  readonly outage: Outage | undefined;
}

/** Options of decorated methods, which go on without the cache. */
export interface ForgivingOptions extends GetOrSetOptions {
  readonly [forgiving]: Outage;
}

export const getOrSetNames: NamesOf<GetOrSetOptions & SchemaOption> = {
  ...storingNames,
  jitter: true,
  grace: true,
  softTimeout: true,
  hardTimeout: true,
  lock: true,
  setsTags: true,
  onStale: true,
  schema: true,
};

export const forgiving = Symbol('forgiving');

const wait = { timer: true };
const span = { zero: true };
const softWait = { timer: true, zero: true };

const orElse = <D>(given: Timeout | undefined, fallback: D, what: string, bounds?: object): number | D =>
  given === undefined ? fallback : checkTimeout(given, what, bounds)!;

/** @throws TypeError for what is no timeout, or none of its kind */
export function resolveGetOrSet(
  given: Timeout | (GetOrSetOptions & Partial<SchemaOption>) | undefined,
  defaults: { readonly timeoutMs: number | null; readonly stampede?: ResolvedStampede },
  isOfFactory = true,
): ResolvedGetOrSet {
  const options = withTimeout<GetOrSetOptions & Partial<SchemaOption>>(given);
  const { timeout, tags, lock = false, onStale } = options;
  const outage = (options as Partial<ForgivingOptions>)[forgiving];
  const softMs = orElse(options.softTimeout, Infinity, 'softTimeout', softWait);
  const hardMs = orElse(options.hardTimeout, Infinity, 'hardTimeout', wait);
  return {
    ms: timeout === undefined ? defaults.timeoutMs : toMilliseconds(timeout),
    jitterMs: orElse(options.jitter, 0, 'jitter', span),
    tags: tags ? entryTags(tags) : [],
    stampede: stampedeOf(options, defaults.stampede),
    graceMs: orElse(options.grace, 0, 'grace'),
    softMs,
    hardMs,
    patienceMs: patienceMs(softMs, hardMs),
    lock,
    // A decorated method is not told the context.
    setsTags: isOfFactory && outage === undefined ? options.setsTags : false,
    onStale,
    schema: schemaArgument(options.schema),
    outage,
  };
}

const longestPatienceMs = 30_000;

/** A factory that pays no heed to its signal goes on after `hardTimeout`; one with neither timeout may take its time. */
function patienceMs(softMs: number, hardMs: number): number {
  if (hardMs < Infinity) return Math.max(hardMs, Math.min(10 * hardMs, longestPatienceMs));
  return softMs < Infinity ? Math.max(10 * softMs, longestPatienceMs) : Infinity;
}
