import type { Bytes } from '../protocol/bytes.js';
import { Dict } from '../values/dict.js';
import { HashValue } from '../values/hash.js';
import type { Value } from '../values/value.js';
import type { Usage } from './eviction.js';

/** The value of a key and what the engine knows about it. */
export interface Entry extends Usage {
  value: Value;
  /** Unix time in milliseconds; Infinity for no expiry. */
  expiresAt: number;
  /** The key has nothing expired up to that time: neither itself nor a field of its hash. */
  due: number;
  /** The rough size in memory, in bytes. */
  bytes: number;
  /** Unix time of the last use, in milliseconds. */
  usedAt: number;
}

/** How many keys one step of the sweep examines. */
const sweepCount = 16;

/** The entries of a database by key, including expired ones. */
export class Entries extends Dict<Entry> {
  private sweepCursor = 0;
  private volatileCount = 0;
  private dueCount = 0;

  /** The number of keys with an expiry. */
  get volatileSize(): number {
    return this.volatileCount;
  }

  /** Adds a key without an expiry, whose size is not accounted for yet. */
  add(key: Bytes, value: Value, usedAt: number, usage: Usage): Entry {
    const entry = { value, expiresAt: Infinity, due: Infinity, bytes: 0, usedAt, ...usage };
    this.set(key, entry);
    return entry;
  }

  setExpiry(entry: Entry, time: number): void {
    if (time === entry.expiresAt) return;
    this.volatileCount += Number(time !== Infinity) - Number(entry.expiresAt !== Infinity);
    entry.expiresAt = time;
    this.reschedule(entry);
  }

  /** To be called after a change to a value whose fields can expire. */
  reschedule(entry: Entry): void {
    const due = entry.value instanceof HashValue ? Math.min(entry.expiresAt, entry.value.due) : entry.expiresAt;
    this.dueCount += Number(due !== Infinity) - Number(entry.due !== Infinity);
    entry.due = due;
  }

  remove(key: Bytes, entry: Entry): void {
    this.volatileCount -= Number(entry.expiresAt !== Infinity);
    this.dueCount -= Number(entry.due !== Infinity);
    this.delete(key);
  }

  override clear(): void {
    super.clear();
    this.volatileCount = 0;
    this.dueCount = 0;
  }

  /** The keys with something expired among the next few; each call continues where the last one stopped. */
  sweep(now: number): Bytes[] {
    const keys: Bytes[] = [];
    if (this.dueCount === 0) return keys;
    this.sweepCursor = this.scan(this.sweepCursor, sweepCount, (key, entry) => {
      if (entry.due < now) keys.push(key);
    });
    return keys;
  }

  sample(): [Bytes, Entry] | undefined {
    const key = this.randomKey();
    const entry = key === undefined ? undefined : this.get(key);
    return key === undefined || !entry ? undefined : [key, entry];
  }
}
