import { functionArgument } from '../arguments/arguments.js';
import type { Place } from '../arguments/scope.js';
import { schemaArgument, type SchemaOption, type StandardSchema } from '../codec/schema.js';
import { storingNames } from '../commands/storing.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { VersionOption } from '../arguments/version.js';
import { withTimeout } from '../arguments/expiry.js';
import type { Outage } from '../execution/outage.js';
import { checkTimeout, type FiniteBounds } from '../options/option-rules.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { entryTags } from '../tags/tag-arguments.js';
import { type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';

/** Options of {@link CachexService.getOrSet}. @publicApi */
export interface GetOrSetOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), or `null` for never; by default the module's `timeout`. */
  readonly timeout?: Timeout;
  /** Subtracts a random part of up to this much from the time to live, so that values stored together expire apart. */
  readonly jitter?: Timeout;
  /** Tags of the value; `invalidateTags` with any one of them makes it stale, even while the factory runs. */
  readonly tags?: readonly string[];
  /**
   * How long after its timeout, or after one of its tags was invalidated, a stale copy may still be returned: if the
   * factory throws, or exceeds `softTimeout`. A value that never expires has none.
   */
  readonly grace?: Timeout;
  /**
   * How long the factory may take until a stale copy is returned, if there is one; 0: at once. The factory continues.
   * Without `hardTimeout`, one that takes longer than 30 s (or ten times as long) counts as hung: the next caller
   * starts another.
   */
  readonly softTimeout?: Timeout;
  /**
   * How long a caller waits at most, for the server and for the factory. Then the context's `signal` aborts, and a
   * later result of the factory is dropped. While the factory continues anyway, no second one starts: up to ten times
   * `hardTimeout` (30 s at most).
   */
  readonly hardTimeout?: Timeout;
  /**
   * One run of the factory in all processes: the others wait for it, and read again. After every 30 s one of them runs
   * the factory anyway; so does a caller that cannot ask for the lock. The lock of a crashed process ends after 5 s.
   */
  readonly lock?: boolean;
  /**
   * Whether the factory may call `setTags`. With `true` the cache asks the server before the factory runs, which takes
   * a round trip per miss; with `false` a value with tags from its factory is not stored. If omitted, the cache asks on
   * its first miss, and on all misses once a factory has called `setTags`.
   */
  readonly setsTags?: boolean;
  /** Called if this caller gets a stale copy. */
  readonly onStale?: () => void;
}

/** The context of a factory, which may also set options of its value. @publicApi */
export interface FactoryContext<T = unknown> {
  /** As the caller of `getOrSet` wrote it. */
  readonly key: string;
  /** The copy kept for `grace`, if there is one and the caller asks for `grace`. */
  readonly staleValue: T | undefined;
  /** Aborts when `hardTimeout` is over, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Sets another time to live for this value; 0 or less: it is not stored. */
  readonly setTimeout: (timeout: Timeout) => void;
  /**
   * Adds tags that depend on the value to those of the options. The value is not stored if one of its tags was
   * invalidated while the factory ran; see the option `setsTags`.
   */
  readonly setTags: (tags: readonly string[]) => void;
  /** The value is returned to its waiters, but not stored. */
  readonly skip: () => void;
}

/** Makes the value of a key. `undefined` is returned to its waiters, but not stored. @publicApi */
export type Factory<T, S = T> = (context: FactoryContext<S>) => T | Promise<T>;

/** {@link GetOrSetOptions}, resolved, in milliseconds. */
export interface ResolvedGetOrSet {
  /** `null` is never, 0 not at all. */
  readonly ms: number | null;
  readonly jitterMs: number;
  readonly tags: readonly string[];
  readonly stampede: ResolvedStampede | undefined;
  /** 0: stale copies are neither kept nor returned. */
  readonly graceMs: number;
  /** `Infinity`: stale copies are returned only if the factory fails. */
  readonly softMs: number;
  /** `Infinity`: the wait has no end. */
  readonly hardMs: number;
  /** How long a run may take until another may start; `Infinity`: without a limit. */
  readonly patienceMs: number;
  readonly lock: boolean;
  /** Whether the factory may call `setTags`; `undefined`: the cache finds out. */
  readonly setsTags: boolean | undefined;
  readonly onStale: (() => void) | undefined;
  readonly schema: StandardSchema | undefined;
  /** If set, the factory runs while the server is away, whatever the cache does about outages. */
  readonly outage: Outage | undefined;
}

/** For decorated methods, which continue without the cache. */
export interface ForgivingOptions extends GetOrSetOptions {
  readonly [forgiving]: Outage;
}

export const getOrSetNames: NamesOf<GetOrSetOptions & SchemaOption> = {
  ...storingNames,
  jitter: true,
  grace: true,
  softTimeout: true,
  hardTimeout: true,
  lock: 'flag',
  setsTags: 'flag',
  onStale: true,
  schema: true,
};

export const forgiving = Symbol('forgiving');

const wait = { timer: true };
const span = { zero: true };
const softWait = { timer: true, zero: true };

const orElse = <D>(given: Timeout | undefined, fallback: D, what: string, bounds?: FiniteBounds): number | D =>
  given === undefined ? fallback : checkTimeout(given, what, bounds);

/** @throws TypeError for an invalid timeout */
export function resolveGetOrSet(
  given: Timeout | (GetOrSetOptions & Partial<SchemaOption>) | undefined,
  defaults: { readonly timeoutMs: number | null; readonly stampede?: ResolvedStampede },
  place: Place,
  isOfFactory = true,
): ResolvedGetOrSet {
  const options = withTimeout<GetOrSetOptions & Partial<SchemaOption>>(given);
  const { timeout, tags, lock = false, onStale } = options;
  checkOnStale(onStale);
  const outage = (options as Partial<ForgivingOptions>)[forgiving];
  const softMs = orElse(options.softTimeout, Infinity, 'softTimeout', softWait);
  const hardMs = orElse(options.hardTimeout, Infinity, 'hardTimeout', wait);
  return {
    ms: timeout === undefined ? defaults.timeoutMs : toMilliseconds(timeout),
    jitterMs: orElse(options.jitter, 0, 'jitter', span),
    tags: tags ? entryTags(tags, place) : [],
    stampede: stampedeOf(options, defaults.stampede),
    graceMs: orElse(options.grace, 0, 'grace'),
    softMs,
    hardMs,
    patienceMs: patienceMs(softMs, hardMs),
    lock,
    // A decorated method does not get the context.
    setsTags: isOfFactory && outage === undefined ? options.setsTags : false,
    onStale,
    schema: schemaArgument(options.schema),
    outage,
  };
}

/** @throws TypeError unless it is a function: the error would appear only with the first stale copy */
export function checkOnStale(onStale: unknown): void {
  if (onStale !== undefined) functionArgument(onStale, 'onStale');
}

const longestPatienceMs = 30_000;

/** A factory that ignores its signal continues after `hardTimeout`; one without either timeout may take its time. */
function patienceMs(softMs: number, hardMs: number): number {
  if (hardMs < Infinity) return Math.max(hardMs, Math.min(10 * hardMs, longestPatienceMs));
  return softMs < Infinity ? Math.max(10 * softMs, longestPatienceMs) : Infinity;
}
