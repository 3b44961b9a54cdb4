import type { SchemaOption } from '../../codec/schema.js';
import { type Timeout, toMilliseconds } from '../../arguments/timeout.js';
import { checkVersion, type VersionOption } from '../../arguments/version.js';
import { type GetOrSetOptions, type ResolvedGetOrSet, resolveGetOrSet } from '../../caching/get-or-set.options.js';

type Settings = Omit<GetOrSetOptions, 'tags' | 'setsTags' | 'onStale'> & Partial<SchemaOption>;

/**
 * Options that each call hands to the cache, checked where they are written: otherwise each call would fail.
 *
 * @throws TypeError, RangeError for invalid options
 */
export function checkSettings(settings: Settings): ResolvedGetOrSet {
  const { version } = settings;
  if (version !== undefined) checkVersion(version);
  return resolveGetOrSet(settings, { timeoutMs: null }, version ?? 1);
}

/** The same for what is only stored. */
export function checkStored({ timeout, version }: VersionOption & { readonly timeout?: Timeout }): void {
  if (version !== undefined) checkVersion(version);
  if (timeout !== undefined) toMilliseconds(timeout);
}
