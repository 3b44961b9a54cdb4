import type { CachexService } from '../index.js';
import type { KeysDto } from './dto/key.dto.js';
import { type OpenCache, RawKey } from './entries/raw-key.js';

export interface KeyRow {
  readonly key: string;
  readonly type: string;
  /** Milliseconds until it expires; `-1` for never, `-2` for a stale copy, which counts as a miss. */
  readonly ttlMs: number;
  /** Memory in bytes, if the server reports it. */
  readonly bytes?: number;
}

export interface KeyRowsPage {
  readonly keys: readonly KeyRow[];
  /** Where to continue; absent on the last page. */
  readonly cursor?: string;
}

/** Approximate length of a page: a step of SCAN may return more keys than requested. */
const pageLength = 100;
const step = 200;
/** Ends a page early where few keys match. */
const searchMs = 500;

/** Reads one page of matching keys, with the type and time to live of each. */
export async function searchKeys(open: OpenCache, query: KeysDto): Promise<KeyRowsPage> {
  const { pattern, type } = query;
  const endsAt = performance.now() + searchMs;
  const rows = new Map<string, KeyRow>();
  let cursor = query.cursor ?? '0';
  do {
    const page = await open.cache.scan(cursor, { pattern, count: step });
    for (const row of await rowsOf(open, page.keys)) {
      if (type === undefined || row.type === type) rows.set(row.key, row);
    }
    cursor = page.cursor;
  } while (cursor !== '0' && rows.size < pageLength && performance.now() < endsAt);
  const keys = [...rows.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { keys, ...(cursor !== '0' && { cursor }) };
}

/** Reads sizes in the same round trip; leaves out keys that no longer exist. */
async function rowsOf(open: OpenCache, keys: readonly string[]): Promise<KeyRow[]> {
  const pipeline = open.cache.pipeline();
  // A foreign key may end after prefix and version. Its name is empty, so no call can reach it.
  const named = keys.filter((key) => key !== '');
  for (const key of named) pipeline.type(key).pttl(key);
  const [replies, sizes] = await Promise.all([
    pipeline.execute<(string | number | undefined)[]>(),
    open.pool.sendAll(named.map((key) => new RawKey(open, key).command(['MEMORY', ['USAGE'], []]))),
  ]);
  return named.flatMap((key, index) => {
    const [type, ttlMs, bytes] = [replies[2 * index], replies[2 * index + 1], sizes[index]];
    if (typeof type !== 'string' || typeof ttlMs !== 'number') return [];
    return [{ key, type, ttlMs, ...(typeof bytes === 'number' && { bytes }) }];
  });
}

export async function ofType(cache: CachexService, names: readonly string[], type: string): Promise<string[]> {
  const pipeline = cache.pipeline();
  for (const name of names) pipeline.type(name);
  const types = await pipeline.execute<(string | undefined)[]>();
  return names.filter((_, index) => types[index] === type);
}
