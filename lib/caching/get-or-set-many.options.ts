import { listArgument } from '../arguments/arguments.js';
import type { SchemaOption } from '../codec/schema.js';
import { withTimeout } from '../arguments/expiry.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Place } from '../arguments/scope.js';
import type { Timeout } from '../arguments/timeout.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { entryTags } from '../tags/tag-arguments.js';
import {
  checkOnStale,
  getOrSetNames,
  type GetOrSetOptions,
  type ResolvedGetOrSet,
  resolveGetOrSet,
} from './get-or-set.options.js';
import type { Loaded } from './loaded.js';

/** Options of {@link CachexService.getOrSetMany}. @publicApi */
export interface GetOrSetManyOptions extends Omit<GetOrSetOptions, 'tags' | 'onStale'> {
  /** The tags of each value, or a function that returns those of a key. */
  readonly tags?: readonly string[] | ((key: string) => readonly string[]);
  /** If loading fails, the call returns the values it has, and logs the error. If omitted, it throws the error. */
  readonly partial?: boolean;
  /** Called for each key for which this caller gets a stale copy. */
  readonly onStale?: (key: string) => void;
}

/**
 * The context of a loader of many keys, which may also set options of its values: for one key, or for all. @publicApi
 */
export interface ManyContext<T = unknown> {
  /** The copies kept for `grace`, if there are any and the caller asks for `grace`. */
  readonly staleValues: ReadonlyMap<string, T>;
  /** Aborts when `hardTimeout` is over, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Sets another time to live; 0 or less: not stored. */
  readonly setTimeout: (timeout: Timeout, key?: string) => void;
  /** Adds tags that depend on the values to those of the options; see the option `setsTags`. */
  readonly setTags: (tags: readonly string[], key?: string) => void;
  /** The value is returned to its waiters, but not stored. */
  readonly skip: (key?: string) => void;
}

/** Makes the values of the keys that have none. @publicApi */
export type ManyFactory<T, S = T> = (missing: string[], context: ManyContext<S>) => Loaded<T> | Promise<Loaded<T>>;

/** {@link GetOrSetManyOptions}, resolved. */
export interface ResolvedMany {
  /** Options that apply to all keys. */
  readonly shared: ResolvedGetOrSet;
  /** The options for one of them. */
  readonly of: (key: string) => ResolvedGetOrSet;
  readonly partial: boolean;
}

export const getOrSetManyNames: NamesOf<GetOrSetManyOptions & SchemaOption> = { ...getOrSetNames, partial: 'flag' };

/** @throws TypeError for an invalid timeout */
export function resolveGetOrSetMany(
  given: Timeout | (GetOrSetManyOptions & Partial<SchemaOption>) | undefined,
  defaults: { readonly timeoutMs: number | null; readonly stampede?: ResolvedStampede },
  place: Place,
): ResolvedMany {
  const { tags, onStale, partial = false, ...others } = withTimeout<GetOrSetManyOptions & Partial<SchemaOption>>(given);
  checkOnStale(onStale);
  const isFunction = typeof tags === 'function';
  const shared = resolveGetOrSet(isFunction || tags === undefined ? others : { ...others, tags }, defaults, place);
  if (!isFunction && !onStale) return { shared, of: () => shared, partial };
  const of = (key: string): ResolvedGetOrSet => ({
    ...shared,
    ...(isFunction && { tags: entryTags(listArgument(tags(key), 'tags'), place) }),
    ...(onStale && { onStale: () => onStale(key) }),
  });
  return { shared, of, partial };
}
