import type { CachexService } from '../index.js';
import type { KeysDto } from './dto/key.dto.js';

export interface KeyRow {
  readonly key: string;
  readonly type: string;
  /** Milliseconds until it expires; `-1` never, `-2` where it is kept and yet a miss. */
  readonly ttlMs: number;
}

export interface KeyRowsPage {
  readonly keys: readonly KeyRow[];
  /** Where to go on; left out at the end. */
  readonly cursor?: string;
}

/** How many keys a page has, about: a step of SCAN may bring more than are missing. */
const pageLength = 100;
const step = 200;
/** Where few keys match, a page is given with what was found by then. */
const searchMs = 500;

/** One page of the keys that match, with type and time to live of each. */
export async function searchKeys(cache: CachexService, query: KeysDto): Promise<KeyRowsPage> {
  const { pattern, type } = query;
  const endsAt = performance.now() + searchMs;
  const rows = new Map<string, KeyRow>();
  let cursor = query.cursor ?? '0';
  do {
    const page = await cache.scan(cursor, { pattern, count: step });
    for (const row of await rowsOf(cache, page.keys)) {
      if (type === undefined || row.type === type) rows.set(row.key, row);
    }
    cursor = page.cursor;
  } while (cursor !== '0' && rows.size < pageLength && performance.now() < endsAt);
  const keys = [...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { keys, ...(cursor !== '0' && { cursor }) };
}

/** In one round trip; keys that have gone meanwhile are left out. */
async function rowsOf(cache: CachexService, keys: readonly string[]): Promise<KeyRow[]> {
  const pipeline = cache.pipeline();
  // Somebody else's key may have nothing behind prefix and version; no call can name it.
  const named = keys.filter((key) => key !== '');
  for (const key of named) pipeline.type(key).pttl(key);
  const replies = await pipeline.execute<(string | number | undefined)[]>();
  return named.flatMap((key, index) => {
    const [type, ttlMs] = [replies[2 * index], replies[2 * index + 1]];
    return typeof type === 'string' && typeof ttlMs === 'number' ? [{ key, type, ttlMs }] : [];
  });
}
