import { setImmediate } from 'node:timers/promises';
import { others } from '../history/days.js';
import { prefixOf } from '../history/kinds.js';
import type { ConnectionPool } from '../../index.js';
import { about, type OpenCache, RawKey } from '../entries/raw-key.js';

/** The keys of one kind. */
export interface KindMemory {
  /** A prefix such as `'user:'`; `'*'` for keys without a prefix or with one beyond the limit. */
  readonly prefix: string;
  readonly keys: number;
  readonly bytes: number;
  /** Keys that never expire. */
  readonly lasting: number;
}

export interface LargeKey {
  readonly key: string;
  readonly bytes: number;
  readonly ttlMs: number;
}

export interface ExpiryBand {
  /** Milliseconds until the last of them expires; `null` for keys that never expire. */
  readonly withinMs: number | null;
  readonly keys: number;
  readonly bytes: number;
}

/** The memory of a cache's keys, estimated from a sample. */
export interface MemoryView {
  readonly looked: number;
  /** The sampled share of the database, from 0 to 1; absent if a server does not report its number of keys. */
  readonly share?: number;
  readonly isComplete: boolean;
  /** `false` if the server does not report the memory of keys. */
  readonly isWeighed: boolean;
  /** Sampled keys by prefix, largest first. */
  readonly prefixes: readonly KindMemory[];
  readonly largest: readonly LargeKey[];
  readonly expiry: readonly ExpiryBand[];
}

const mostKeys = 20_000;
const budgetMs = 2000;
/** Keys per step of `SCAN`, and keys per step of measuring. */
const step = 500;
const weighed = 100;
const largestCount = 20;
const mostKinds = 200;
const shownKinds = 30;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const bands = [minute, 10 * minute, hour, 6 * hour, day, 7 * day, 30 * day, Infinity];

/** Samples keys in the order of `SCAN`, which is not sorted by name: some thousands, for at most two seconds. */
export async function memoryOf(open: OpenCache): Promise<MemoryView> {
  const total = await keysIn(open.pool);
  const endsAt = performance.now() + budgetMs;
  const sample = new MemorySample();
  let [cursor, steps] = ['0', 0];
  do {
    const page = await open.cache.scan(cursor, { pattern: '*', count: step });
    steps++;
    cursor = page.cursor;
    const names = page.keys.filter((key) => key !== '');
    for (let at = 0; at < names.length; at += weighed) {
      for (const weight of await weigh(open, names.slice(at, at + weighed))) sample.add(weight);
      if (performance.now() > endsAt) break;
      // The embedded engine answers without I/O: give other requests their turn.
      await setImmediate();
    }
  } while (cursor !== '0' && sample.looked < mostKeys && performance.now() < endsAt);
  const isComplete = cursor === '0';
  const share = isComplete || total === 0 ? 1 : Math.min(1, (steps * step) / total);
  return { ...(!Number.isNaN(share) && { share }), isComplete, ...sample.view() };
}

/** `NaN` if a server does not report it. */
async function keysIn(pool: ConnectionPool): Promise<number> {
  const nodes = await pool.primaries();
  const sizes = await Promise.all(nodes.map((node) => node.sendAll([{ name: 'DBSIZE', args: [], access: 'read' }])));
  return sizes.flat().reduce<number>((sum, size) => sum + (typeof size === 'number' ? size : NaN), 0);
}

/** Measures keys in one round trip. Leaves out missing keys; a server that refuses reports no sizes. */
async function weigh(open: OpenCache, keys: readonly string[]): Promise<LargeKey[]> {
  const replies = await open.pool.sendAll(
    keys.flatMap((key) => {
      const raw = new RawKey(open, key);
      return [raw.command(['MEMORY', ['USAGE'], []]), raw.command(about('PTTL'))];
    }),
  );
  return keys.flatMap((key, index) => {
    const [bytes, ttlMs] = [replies[2 * index], replies[2 * index + 1]];
    if (typeof ttlMs !== 'number' || ttlMs === -2) return [];
    return [{ key, bytes: typeof bytes === 'number' ? bytes : Number.NaN, ttlMs }];
  });
}

class MemorySample {
  looked = 0;
  private weighedCount = 0;
  private readonly kinds = new Map<string, { keys: number; bytes: number; lasting: number }>();
  private readonly bands = [...bands, null].map((withinMs) => ({ withinMs, keys: 0, bytes: 0 }));
  private largest: LargeKey[] = [];

  add({ key, bytes: told, ttlMs }: LargeKey): void {
    const bytes = Number.isNaN(told) ? 0 : told;
    this.looked++;
    if (!Number.isNaN(told)) this.weighedCount++;
    const kind = this.kindOf(key);
    kind.keys++;
    kind.bytes += bytes;
    if (ttlMs === -1) kind.lasting++;
    const band = ttlMs === -1 ? bands.length : bands.findIndex((withinMs) => ttlMs <= withinMs);
    this.bands[band]!.keys++;
    this.bands[band]!.bytes += bytes;
    this.consider({ key, bytes, ttlMs });
  }

  view(): Omit<MemoryView, 'share' | 'isComplete'> {
    const { looked } = this;
    return {
      looked,
      isWeighed: looked === 0 || this.weighedCount > 0,
      prefixes: [...this.kinds]
        .map(([prefix, kind]) => ({ prefix, ...kind }))
        .toSorted((a, b) => b.bytes - a.bytes || b.keys - a.keys)
        .slice(0, shownKinds),
      largest: this.largest.toSorted((a, b) => b.bytes - a.bytes).slice(0, largestCount),
      expiry: this.bands,
    };
  }

  private kindOf(key: string): { keys: number; bytes: number; lasting: number } {
    const own = prefixOf(key);
    const prefix = this.kinds.has(own) || this.kinds.size < mostKinds ? own : others;
    let kind = this.kinds.get(prefix);
    if (!kind) this.kinds.set(prefix, (kind = { keys: 0, bytes: 0, lasting: 0 }));
    return kind;
  }

  private consider(weight: LargeKey): void {
    this.largest.push(weight);
    if (this.largest.length < 10 * largestCount) return;
    this.largest = this.largest.toSorted((a, b) => b.bytes - a.bytes).slice(0, largestCount);
  }
}
