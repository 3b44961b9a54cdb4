import { setImmediate } from 'node:timers/promises';
import { escapeGlob } from '../execution/key-builder.js';
import type { CachexService } from '../index.js';
import type { KeyTreeDto } from './dto/key.dto.js';
import { ofType } from './key-search.js';

/** Keys whose names begin the same. */
export interface KeyGroup {
  /** With all that stands before it, and the `:` at its end. */
  readonly prefix: string;
  readonly keys: number;
}

/** What was found of a level of the tree in one look at some of the keys. */
export interface KeyTreePage {
  /** How many of the keys below the prefix were seen. A server may name one twice. */
  readonly seen: number;
  readonly groups: readonly KeyGroup[];
  /** Those that no further `:` divides. */
  readonly keys: readonly string[];
  /** How many keys are in neither list, as these are long enough. */
  readonly untold: number;
  /** Where to go on; left out where all keys were looked at. */
  readonly cursor?: string;
}

const separator = ':';
/** What a look costs at most. */
const lookMs = 500;
const mostSeen = 20_000;
const step = 1000;
const mostGroups = 300;
const mostKeys = 300;

/** The keys below a prefix, by the next part of their names. */
export async function treeOf(cache: CachexService, query: KeyTreeDto): Promise<KeyTreePage> {
  const { pattern, type, prefix = '' } = query;
  const match = pattern === '*' ? `${escapeGlob(prefix)}*` : pattern;
  const endsAt = performance.now() + lookMs;
  const groups = new Map<string, number>();
  const keys = new Set<string>();
  let [cursor, seen, untold] = [query.cursor ?? '0', 0, 0];
  do {
    const page = await cache.scan(cursor, { pattern: match, count: step });
    // Somebody else's key may have nothing behind prefix and version; no call can name it.
    const named = page.keys.filter((key) => key !== '' && key.startsWith(prefix));
    for (const key of type === undefined ? named : await ofType(cache, named, type)) {
      seen++;
      const end = key.indexOf(separator, prefix.length);
      if (end < 0) {
        if (keys.size < mostKeys) keys.add(key);
        else if (!keys.has(key)) untold++;
        continue;
      }
      const group = key.slice(0, end + 1);
      const count = groups.get(group);
      if (count === undefined && groups.size === mostGroups) untold++;
      else groups.set(group, (count ?? 0) + 1);
    }
    cursor = page.cursor;
    // The engine in this process answers at once: others have their turn.
    await setImmediate();
  } while (cursor !== '0' && seen < mostSeen && performance.now() < endsAt);
  return {
    seen,
    groups: Array.from(groups, ([group, count]) => ({ prefix: group, keys: count })),
    keys: [...keys],
    untold,
    ...(cursor !== '0' && { cursor }),
  };
}
