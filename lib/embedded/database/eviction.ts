import type { Bytes } from '../protocol/bytes.js';

/** Limits beyond which the engine evicts keys; unlimited if omitted. */
export interface EvictionOptions {
  readonly maxEntries?: number;
  /** Size of keys and values, with a rough allowance for overhead. */
  readonly maxBytes?: number;
  /** Which keys are evicted first: the least recently used (`lru`, the default) or the least frequently used (`lfu`). */
  readonly policy?: 'lru' | 'lfu';
}

/** How recently and how often a key was used. */
export interface Usage {
  /** The engine's access count at the last use, for LRU. */
  lastUsed: number;
  /** Redis' logarithmic counter of accesses, for LFU. */
  frequency: number;
}

/** A set of keys to evict from. */
export interface Evictable {
  readonly size: number;
  all(): Iterable<readonly [Bytes, Usage]>;
  /** A random key. */
  sample(): readonly [Bytes, Usage] | undefined;
  remove(key: Bytes): boolean;
}

/** Redis' LFU_INIT_VAL: a new key is not the first to be evicted. */
const initialFrequency = 5;
const maxFrequency = 255;
/** Redis' lfu-log-factor. */
const logFactor = 10;
/** Number of accesses per existing key after which a frequency counts half. */
const halfLife = 100;
const sampleCount = 16;
/** Up to this many keys, all are compared, so small caches evict exactly. */
const exactSize = 128;

/** Chooses the keys to evict as Redis does: the worst of a random sample. */
export class Eviction {
  private readonly maxEntries: number;
  private readonly maxBytes: number;
  private readonly policy: 'lru' | 'lfu';
  private readonly isLimited: boolean;
  private accesses = 0;
  private totalBytes = 0;

  constructor({ maxEntries = Infinity, maxBytes = Infinity, policy = 'lru' }: EvictionOptions) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
    this.policy = policy;
    this.isLimited = maxEntries !== Infinity || maxBytes !== Infinity;
  }

  /** The rough size of all keys and values. */
  get bytes(): number {
    return this.totalBytes;
  }

  get limits(): { maxBytes: number; policy: string; isLimited: boolean } {
    return { maxBytes: this.maxBytes, policy: this.policy, isLimited: this.isLimited };
  }

  newcomer(): Usage {
    return { lastUsed: ++this.accesses, frequency: initialFrequency };
  }

  touch(entry: Usage): void {
    const chance = 1 / (Math.max(0, entry.frequency - initialFrequency) * logFactor + 1);
    if (this.policy === 'lfu' && entry.frequency < maxFrequency && Math.random() < chance) entry.frequency++;
    entry.lastUsed = ++this.accesses;
  }

  resized(from: number, to: number): void {
    this.totalBytes += to - from;
  }

  /** Evicts keys until the limits hold and returns how many. */
  enforce(databases: readonly Evictable[]): number {
    if (!this.isLimited) return 0;
    let evicted = 0;
    while (this.isOver(databases) && this.evictOne(databases)) evicted++;
    return evicted;
  }

  private isOver(databases: readonly Evictable[]): boolean {
    return this.totalBytes > this.maxBytes || countKeys(databases) > this.maxEntries;
  }

  private evictOne(databases: readonly Evictable[]): boolean {
    const total = countKeys(databases);
    let worst: { database: Evictable; key: Bytes; rank: number } | undefined;
    for (const database of databases) {
      for (const [key, entry] of total <= exactSize ? database.all() : sample(database)) {
        const rank = this.rank(entry, total);
        if (!worst || rank < worst.rank) worst = { database, key, rank };
      }
    }
    return worst?.database.remove(worst.key) ?? false;
  }

  /** The lowest is evicted first. */
  private rank(entry: Usage, total: number): number {
    if (this.policy === 'lru') return entry.lastUsed;
    const age = (this.accesses - entry.lastUsed) / total;
    return entry.frequency * 0.5 ** (age / halfLife);
  }
}

function countKeys(databases: readonly Evictable[]): number {
  return databases.reduce((sum, database) => sum + database.size, 0);
}

function* sample(database: Evictable): IterableIterator<readonly [Bytes, Usage]> {
  for (let count = 0; count < sampleCount && database.size > 0; count++) {
    const found = database.sample();
    if (found) yield found;
  }
}
