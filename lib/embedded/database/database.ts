import { Blocking } from './blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import { wrongType } from '../protocol/reply.js';
import { HashValue } from '../values/hash.js';
import { bytesOf, type Collection, type Kind, type Value } from '../values/value.js';
import { Entries, type Entry } from './entries.js';
import type { Evictable, Eviction, Usage } from './eviction.js';
import type { Reader, Tracking } from './tracking.js';
import { type Watcher, Watchers } from './watchers.js';

/** Rough overhead of a key, on top of its name and its value. */
const entryBytes = 100;

/** What a database needs from its engine. */
export interface DatabaseHost {
  readonly now: number;
  /** The client whose command is running. */
  readonly current: Reader | undefined;
  readonly eviction: Eviction;
  readonly tracking: Tracking;
  readonly stats: { hits: number; misses: number; expired: number };
  /** Reports that a key changed on which a client is blocked. */
  signal(database: Database, key: Bytes): void;
}

/** One numbered database: keys with their values and expiries. */
export class Database implements Evictable {
  readonly blocking = new Blocking();
  private readonly entries = new Entries();
  private readonly watchers = new Watchers();

  constructor(
    private readonly host: DatabaseHost,
    readonly index: number,
  ) {}

  /** The number of keys; as in Redis, it includes expired keys that nobody has looked at since. */
  get size(): number {
    return this.entries.size;
  }

  /** The number of keys with an expiry. */
  get volatileSize(): number {
    return this.entries.volatileSize;
  }

  has(key: Bytes): boolean {
    return this.find(key) !== undefined;
  }

  /** The value, whatever its type. */
  get(key: Bytes): Value | undefined {
    return this.use(key)?.value;
  }

  readString(key: Bytes): Bytes | undefined {
    const value = this.use(key)?.value;
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType();
  }

  /** The collection at a key. Throws WRONGTYPE if the value is of another kind. */
  read<V extends Collection>(key: Bytes, kind: Kind<V>): V | undefined {
    const value = this.use(key)?.value;
    if (value === undefined || value instanceof kind) return value;
    throw wrongType();
  }

  /** Like {@link read}, but creates a missing collection. The caller must report it as {@link changed}. */
  readOrCreate<V extends Collection>(key: Bytes, kind: Kind<V>): V {
    const found = this.read(key, kind);
    if (found) return found;
    const value = new kind();
    this.add(key, value);
    return value;
  }

  /** Writes a value and sets the expiry (Unix time in milliseconds, none by default), unless `keepTtl`. */
  put(key: Bytes, value: Value, { keepTtl = false, expiresAt = Infinity } = {}): void {
    const entry = this.find(key) ?? this.add(key, value);
    entry.value = value;
    if (!keepTtl) this.entries.setExpiry(entry, expiresAt);
    this.resized(key, entry);
    this.notify(key);
  }

  remove(key: Bytes): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    this.drop(key, entry);
    return true;
  }

  /** Stores a result; an empty one removes the key. */
  putOrRemove(key: Bytes, value: Collection, size: number): void {
    this.remove(key);
    if (size > 0) this.put(key, value);
  }

  /** To be called after elements were removed; an empty collection removes the key. */
  changedOrEmpty(key: Bytes, size: number): void {
    if (size === 0) this.remove(key);
    else this.changed(key);
  }

  /** Unix time in milliseconds, Infinity for no expiry, `undefined` for a missing key. */
  expiresAt(key: Bytes): number | undefined {
    return this.find(key)?.expiresAt;
  }

  /** Sets the expiry; a time in the past removes the key. False for a missing key. */
  expireAt(key: Bytes, time: number): boolean {
    const entry = this.find(key);
    if (!entry) return false;
    if (time <= this.host.now) this.drop(key, entry);
    else {
      this.entries.setExpiry(entry, time);
      this.changed(key);
    }
    return true;
  }

  /** To be called after every change to a value. */
  changed(key: Bytes): void {
    const entry = this.entries.get(key);
    if (entry) this.resized(key, entry);
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
    for (const key of keys) this.notify(key);
    this.host.tracking.flushed();
  }

  keys(): Bytes[] {
    return [...this.entries.keys()].filter((key) => this.find(key));
  }

  /** Like {@link Dict.scan}, without expired keys. */
  scan(cursor: number, count: number): { cursor: number; keys: Bytes[] } {
    const keys: Bytes[] = [];
    const next = this.entries.scan(cursor, count, (key) => keys.push(key));
    return { cursor: next, keys: keys.filter((key) => this.find(key)) };
  }

  randomKey(): Bytes | undefined {
    let key = this.entries.randomKey();
    while (key !== undefined && !this.find(key)) key = this.entries.randomKey();
    return key;
  }

  /** A random key with its usage, for eviction. */
  sample(): readonly [Bytes, Usage] | undefined {
    return this.entries.sample();
  }

  all(): Iterable<readonly [Bytes, Usage]> {
    return this.entries.entries();
  }

  /** Removes expired keys among the next few; each call continues where the last one stopped. */
  sweep(): void {
    for (const key of this.entries.sweep(this.host.now)) this.find(key);
  }

  /** What the engine knows about a key; does not count as a use of it. */
  inspect(key: Bytes): Readonly<Entry> | undefined {
    return this.find(key);
  }

  private add(key: Bytes, value: Value): Entry {
    return this.entries.add(key, value, this.host.now, this.host.eviction.newcomer());
  }

  /** The live entry of a key. */
  private find(key: Bytes): Entry | undefined {
    const entry = this.entries.get(key);
    return !entry || entry.due >= this.host.now ? entry : this.withoutExpired(key, entry);
  }

  /** Removes what has expired: the key, or fields of its hash. */
  private withoutExpired(key: Bytes, entry: Entry): Entry | undefined {
    const { now, stats } = this.host;
    const dropped = entry.value instanceof HashValue ? entry.value.dropExpired(now) : 0;
    if (entry.expiresAt < now || (dropped > 0 && bytesOf(entry.value) === 0)) {
      this.drop(key, entry);
      stats.expired++;
      return undefined;
    }
    if (dropped > 0) this.changed(key);
    else this.entries.reschedule(entry);
    return entry;
  }

  /** Like {@link find}, and counts as a use of the key. */
  private use(key: Bytes): Entry | undefined {
    const { current, tracking } = this.host;
    if (tracking.isActive && current) tracking.read(key, current);
    const entry = this.find(key);
    if (entry) {
      this.host.stats.hits++;
      entry.usedAt = this.host.now;
      this.host.eviction.touch(entry);
    } else {
      this.host.stats.misses++;
    }
    return entry;
  }

  private drop(key: Bytes, entry: Entry): void {
    this.entries.remove(key, entry);
    this.account(entry, 0);
    this.notify(key);
  }

  private resized(key: Bytes, entry: Entry): void {
    this.account(entry, entryBytes + key.length + bytesOf(entry.value));
    if (entry.due !== entry.expiresAt || entry.value instanceof HashValue) this.entries.reschedule(entry);
  }

  private account(entry: Entry, bytes: number): void {
    this.host.eviction.resized(entry.bytes, bytes);
    entry.bytes = bytes;
  }

  private notify(key: Bytes): void {
    this.watchers.keyChanged(key);
    if (this.blocking.has(key)) this.host.signal(this, key);
    this.host.tracking.changed(key, this.host.current);
  }
}
