import type { Bytes } from '../protocol/bytes.js';

/** What the engine may hold before it evicts keys; no limit when left out. */
export interface EvictionOptions {
  readonly maxEntries?: number;
  /** Of keys and values, with a rough allowance for what holds them. */
  readonly maxBytes?: number;
  /** Which keys go first: the least recently used (`lru`, the default) or the least frequently used. */
  readonly policy?: 'lru' | 'lfu';
}

/** How a key was used. */
export interface Usage {
  /** The count of all accesses when it was last used, for LRU. */
  lastUsed: number;
  /** Redis' logarithmic counter of accesses, for LFU. */
  frequency: number;
}

/** What keys can be evicted from. */
export interface Evictable {
  readonly size: number;
  all(): Iterable<readonly [Bytes, Usage]>;
  /** A key picked at random. */
  sample(): readonly [Bytes, Usage] | undefined;
  remove(key: Bytes): boolean;
}

/** Redis' LFU_INIT_VAL: a newcomer is not the first to go. */
const INITIAL_FREQUENCY = 5;
const MAX_FREQUENCY = 255;
/** Redis' lfu-log-factor. */
const LOG_FACTOR = 10;
/** Uses of other keys, per key there is, after which a frequency counts half. */
const HALF_LIFE = 100;
const SAMPLES = 16;
/** Up to that many keys all are looked at, so that small caches evict exactly. */
const EXACT_SIZE = 128;

/** Chooses the keys to drop as Redis does: the worst of a random sample. */
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

  /** Of all keys and values, roughly. */
  get bytes(): number {
    return this.totalBytes;
  }

  get limits(): { maxBytes: number; policy: string; isLimited: boolean } {
    return { maxBytes: this.maxBytes, policy: this.policy, isLimited: this.isLimited };
  }

  newcomer(): Usage {
    return { lastUsed: ++this.accesses, frequency: INITIAL_FREQUENCY };
  }

  touch(entry: Usage): void {
    const chance = 1 / (Math.max(0, entry.frequency - INITIAL_FREQUENCY) * LOG_FACTOR + 1);
    if (this.policy === 'lfu' && entry.frequency < MAX_FREQUENCY && Math.random() < chance) entry.frequency++;
    entry.lastUsed = ++this.accesses;
  }

  resized(from: number, to: number): void {
    this.totalBytes += to - from;
  }

  /** Drops keys until the limits hold; how many. */
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
      for (const [key, entry] of total <= EXACT_SIZE ? database.all() : sample(database)) {
        const rank = this.rank(entry, total);
        if (!worst || rank < worst.rank) worst = { database, key, rank };
      }
    }
    return worst?.database.remove(worst.key) ?? false;
  }

  /** The lowest goes first. */
  private rank(entry: Usage, total: number): number {
    if (this.policy === 'lru') return entry.lastUsed;
    const age = (this.accesses - entry.lastUsed) / total;
    return entry.frequency * 0.5 ** (age / HALF_LIFE);
  }
}

function countKeys(databases: readonly Evictable[]): number {
  return databases.reduce((sum, database) => sum + database.size, 0);
}

function* sample(database: Evictable): IterableIterator<readonly [Bytes, Usage]> {
  for (let count = 0; count < SAMPLES && database.size > 0; count++) {
    const found = database.sample();
    if (found) yield found;
  }
}
