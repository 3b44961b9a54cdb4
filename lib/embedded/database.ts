import { Blocking } from './blocking.js';
import type { Bytes } from './bytes.js';
import type { MemoryEngine } from './engine.js';
import { wrongType } from './reply.js';
import { bytesOf, type Collection, type Kind, type Value } from './values/value.js';
import { Dict } from './values/dict.js';
import { type Watcher, Watchers } from './watchers.js';

/** What sits beside a key. */
export interface Entry {
  value: Value;
  /** Unix time in milliseconds; Infinity is never. */
  expiresAt: number;
  /** Bytes last accounted for. */
  bytes: number;
  /** The engine's count of accesses when it was last used, for LRU. */
  lastUsed: number;
  /** Redis' logarithmic counter of accesses, for LFU. */
  frequency: number;
}

/** What a key costs besides its bytes and its value, roughly. */
const ENTRY_BYTES = 100;
/** How many keys one step of the sweep looks at. */
const SWEEP_COUNT = 16;

/** One of the numbered databases: keys with values and expiries. */
export class Database {
  readonly blocking = new Blocking();
  private readonly entries = new Dict<Entry>();
  private readonly watchers = new Watchers();
  private sweepCursor = 0;
  private volatileCount = 0;

  constructor(
    private readonly engine: MemoryEngine,
    readonly index: number,
  ) {}

  /** Keys, those that have expired unseen among them, as in Redis. */
  get size(): number {
    return this.entries.size;
  }

  /** Keys that have an expiry. */
  get volatileSize(): number {
    return this.volatileCount;
  }

  has(key: Bytes): boolean {
    return this.find(key) !== undefined;
  }

  /** The value of any type. */
  get(key: Bytes): Value | undefined {
    return this.use(key)?.value;
  }

  readString(key: Bytes): Bytes | undefined {
    const value = this.use(key)?.value;
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType();
  }

  /** The collection under a key; WRONGTYPE when it is of another kind. */
  read<V extends Collection>(key: Bytes, kind: Kind<V>): V | undefined {
    const value = this.use(key)?.value;
    if (value === undefined || value instanceof kind) return value;
    throw wrongType();
  }

  /** As {@link read}; a missing one is made, and not yet {@link changed}. */
  readOrCreate<V extends Collection>(key: Bytes, kind: Kind<V>): V {
    const found = this.read(key, kind);
    if (found) return found;
    const value = new kind();
    this.add(key, value);
    return value;
  }

  /** Writes a value; the expiry goes, unless it is kept. */
  put(key: Bytes, value: Value, { keepTtl = false } = {}): void {
    const entry = this.find(key);
    if (entry) {
      entry.value = value;
      if (!keepTtl) this.setExpiry(entry, Infinity);
    } else {
      this.add(key, value);
    }
    this.changed(key);
  }

  remove(key: Bytes): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    this.drop(key, entry);
    return true;
  }

  /** Writes a result: an empty collection is no key. */
  putOrRemove(key: Bytes, value: Collection, size: number): void {
    this.remove(key);
    if (size > 0) this.put(key, value);
  }

  /** After elements were taken away: an empty collection is no key. */
  changedOrEmpty(key: Bytes, size: number): void {
    if (size === 0) this.remove(key);
    else this.changed(key);
  }

  /** Unix time in milliseconds, Infinity for never; `undefined` when there is no such key. */
  expiresAt(key: Bytes): number | undefined {
    return this.find(key)?.expiresAt;
  }

  /** False when there is no such key. A time that has passed removes it. */
  expireAt(key: Bytes, time: number): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    if (time <= this.engine.now) {
      this.drop(key, entry);
    } else {
      this.setExpiry(entry, time);
      this.changed(key);
    }
    return true;
  }

  /** Sets the expiry only, also to a time that has passed. */
  scheduleExpiry(key: Bytes, time: number): void {
    const entry = this.find(key);
    if (entry) this.setExpiry(entry, time);
  }

  /** To be called after every change of a value. */
  changed(key: Bytes): void {
    const entry = this.entries.get(key);
    if (entry) this.account(entry, ENTRY_BYTES + key.length + bytesOf(entry.value));
    this.notify(key);
  }

  watch(key: Bytes, watcher: Watcher): void {
    this.find(key);
    this.watchers.add(key, watcher);
  }

  unwatch(key: Bytes, watcher: Watcher): void {
    this.watchers.remove(key, watcher);
  }

  clear(): void {
    const keys = [...this.watchers.keys(), ...this.blocking.keys()].filter((key) => this.entries.has(key));
    for (const [, entry] of this.entries.entries()) this.account(entry, 0);
    this.entries.clear();
    this.volatileCount = 0;
    for (const key of keys) this.notify(key);
    this.engine.tracking.flushed();
  }

  keys(): Bytes[] {
    return [...this.entries.keys()].filter((key) => this.find(key));
  }

  /** As {@link Dict.scan}; expired keys are left out. */
  scan(cursor: number, count: number): { cursor: number; keys: Bytes[] } {
    const keys: Bytes[] = [];
    const next = this.entries.scan(cursor, count, (key) => keys.push(key));
    return { cursor: next, keys: keys.filter((key) => this.find(key)) };
  }

  randomKey(): Bytes | undefined {
    for (let key = this.entries.randomKey(); key !== undefined; key = this.entries.randomKey()) {
      if (this.find(key)) return key;
    }
    return undefined;
  }

  /** A key and its entry picked at random, for eviction. */
  sample(): { key: Bytes; entry: Entry } | undefined {
    const key = this.entries.randomKey();
    const entry = key === undefined ? undefined : this.entries.get(key);
    return key === undefined || !entry ? undefined : { key, entry };
  }

  *all(): IterableIterator<[Bytes, Entry]> {
    yield* this.entries.entries();
  }

  /** Removes what has expired among the next few keys; every call goes on where the last one stopped. */
  sweep(): void {
    if (this.volatileCount === 0) return;
    const keys: Bytes[] = [];
    this.sweepCursor = this.entries.scan(this.sweepCursor, SWEEP_COUNT, (key, entry) => {
      if (entry.expiresAt < this.engine.now) keys.push(key);
    });
    for (const key of keys) this.find(key);
  }

  /** Roughly what a key takes in memory. */
  memoryUsage(key: Bytes): number | undefined {
    return this.find(key)?.bytes;
  }

  private add(key: Bytes, value: Value): void {
    this.entries.set(key, { value, expiresAt: Infinity, bytes: 0, ...this.engine.eviction.newcomer() });
  }

  /** The entry if it is there and has not expired; an expired one is removed. */
  private find(key: Bytes): Entry | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.expiresAt >= this.engine.now) return entry;
    this.drop(key, entry);
    this.engine.stats.expired++;
    return undefined;
  }

  /** As {@link find}, and counts as a use of the key. */
  private use(key: Bytes): Entry | undefined {
    const { current, tracking } = this.engine;
    if (tracking.isActive && current) tracking.read(key, current);
    const entry = this.find(key);
    if (entry) {
      this.engine.stats.hits++;
      this.engine.eviction.touch(entry);
    } else {
      this.engine.stats.misses++;
    }
    return entry;
  }

  private drop(key: Bytes, entry: Entry): void {
    this.setExpiry(entry, Infinity);
    this.entries.delete(key);
    this.account(entry, 0);
    this.notify(key);
  }

  private setExpiry(entry: Entry, time: number): void {
    this.volatileCount += Number(time !== Infinity) - Number(entry.expiresAt !== Infinity);
    entry.expiresAt = time;
  }

  private account(entry: Entry, bytes: number): void {
    this.engine.eviction.resized(entry.bytes, bytes);
    entry.bytes = bytes;
  }

  private notify(key: Bytes): void {
    this.watchers.keyChanged(key);
    if (this.blocking.has(key)) this.engine.signal(this, key);
    this.engine.tracking.changed(key, this.engine.current);
  }
}
