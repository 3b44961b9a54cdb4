import { setImmediate } from 'node:timers/promises';
import { escapeGlob } from '../execution/key-builder.js';
import type { CachexService } from '../index.js';
import type { KeyTreeDto } from './dto/key.dto.js';
import { ofType } from './key-search.js';

/** Keys with a common prefix. */
export interface KeyGroup {
  /** The whole prefix, including the final `:`. */
  readonly prefix: string;
  readonly keys: number;
}

/** A level of the tree, as far as one pass over some of the keys found it. */
export interface KeyTreePage {
  /** How many keys below the prefix were seen. A server may return a key twice. */
  readonly seen: number;
  readonly groups: readonly KeyGroup[];
  /** Names without another `:`. */
  readonly keys: readonly string[];
  /** How many keys neither list includes, because both are full. */
  readonly untold: number;
  /** Where to continue; absent after the last key. */
  readonly cursor?: string;
}

const separator = ':';
/** Limits the time of a pass. */
const lookMs = 500;
const mostSeen = 20_000;
const step = 1000;
const mostGroups = 300;
const mostKeys = 300;

/** Groups the keys below a prefix by the next part of their names. */
export async function treeOf(cache: CachexService, query: KeyTreeDto): Promise<KeyTreePage> {
  const { pattern, type, prefix = '' } = query;
  const match = pattern === '*' ? `${escapeGlob(prefix)}*` : pattern;
  const endsAt = performance.now() + lookMs;
  const groups = new Map<string, number>();
  const keys = new Set<string>();
  let [cursor, seen, untold] = [query.cursor ?? '0', 0, 0];
  do {
    const page = await cache.scan(cursor, { pattern: match, count: step });
    // A foreign key may end after prefix and version. Its name is empty, so no call can reach it.
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
    // The embedded engine answers without I/O: give other requests their turn.
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
