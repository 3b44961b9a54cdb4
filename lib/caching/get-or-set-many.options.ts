import { describe, listArgument } from '../arguments/arguments.js';
import type { SchemaOption } from '../codec/schema.js';
import { withTimeout } from '../arguments/expiry.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { entryTags } from '../tags/tags.js';
import { getOrSetNames, type GetOrSetOptions, type ResolvedGetOrSet, resolveGetOrSet } from './get-or-set.options.js';
import type { Loaded } from './loaded.js';

/** How {@link CachexService.getOrSetMany} reads, makes and stores values. @publicApi */
export interface GetOrSetManyOptions extends Omit<GetOrSetOptions, 'tags' | 'onStale'> {
  /** The tags of each value, or a function that gives those of a key. */
  readonly tags?: readonly string[] | ((key: string) => readonly string[]);
  /** If loading fails, the call gives the values that there are, and logs the error. If omitted, it throws the error. */
  readonly partial?: boolean;
  /** Called for each key of which this caller is given a stale copy. */
  readonly onStale?: (key: string) => void;
}

/** What a loader of many keys is told, and what it may say about its values: about that of one key, or about all. @publicApi */
export interface ManyContext<T = unknown> {
  /** The copies that are kept for `grace`, where there are any and the caller asks for `grace`. */
  readonly staleValues: ReadonlyMap<string, T>;
  /** Aborts when `hardTimeout` is over, or the cache is closed. */
  readonly signal: AbortSignal;
  /** Another time to live; 0 or less: not stored. */
  readonly setTimeout: (timeout: Timeout, key?: string) => void;
  /** Adds tags that only the values tell to those of the options; see the option `setsTags`. */
  readonly setTags: (tags: readonly string[], key?: string) => void;
  /** The value is given to whoever waits for it, and not stored. */
  readonly skip: (key?: string) => void;
}

/** Makes the values of the keys that have none. @publicApi */
export type ManyFactory<T, S = T> = (missing: string[], context: ManyContext<S>) => Loaded<T> | Promise<Loaded<T>>;

/** {@link GetOrSetManyOptions}, complete. */
export interface ResolvedMany {
  /** What holds for all keys. */
  readonly shared: ResolvedGetOrSet;
  /** What holds for one of them. */
  readonly of: (key: string) => ResolvedGetOrSet;
  readonly partial: boolean;
}

export const getOrSetManyNames: NamesOf<GetOrSetManyOptions & SchemaOption> = { ...getOrSetNames, partial: true };

/** @throws TypeError for what is no timeout, or none of its kind */
export function resolveGetOrSetMany(
  given: Timeout | (GetOrSetManyOptions & Partial<SchemaOption>) | undefined,
  defaults: { readonly timeoutMs: number | null; readonly stampede?: ResolvedStampede },
): ResolvedMany {
  const { tags, onStale, partial = false, ...others } = withTimeout<GetOrSetManyOptions & Partial<SchemaOption>>(given);
  if (typeof partial !== 'boolean') throw new TypeError(`partial must be true or false, not ${describe(partial)}`);
  const isFunction = typeof tags === 'function';
  const shared = resolveGetOrSet(isFunction || tags === undefined ? others : { ...others, tags }, defaults);
  if (!isFunction && !onStale) return { shared, of: () => shared, partial };
  const of = (key: string): ResolvedGetOrSet => ({
    ...shared,
    ...(isFunction && { tags: entryTags(listArgument(tags(key), 'tags')) }),
    ...(onStale && { onStale: () => onStale(key) }),
  });
  return { shared, of, partial };
}
