import type { Bytes } from '../protocol/bytes.js';
import { Dict } from '../values/dict.js';
import type { Value } from '../values/value.js';
import type { Usage } from './eviction.js';

/** The value of a key and what the engine knows about it. */
export interface Entry extends Usage {
  value: Value;
  /** Unix time in milliseconds; Infinity for no expiry. */
  expiresAt: number;
  /** The size last accounted for, in bytes. */
  bytes: number;
}

/** How many keys one step of the sweep examines. */
const sweepCount = 16;

/** The entries of a database by key, including expired ones. */
export class Entries extends Dict<Entry> {
  private sweepCursor = 0;
  private volatileCount = 0;

  /** The number of keys with an expiry. */
  get volatileSize(): number {
    return this.volatileCount;
  }

  setExpiry(entry: Entry, time: number): void {
    this.volatileCount += Number(time !== Infinity) - Number(entry.expiresAt !== Infinity);
    entry.expiresAt = time;
  }

  override clear(): void {
    super.clear();
    this.volatileCount = 0;
  }

  /** The expired keys among the next few; each call continues where the last one stopped. */
  sweep(now: number): Bytes[] {
    const keys: Bytes[] = [];
    if (this.volatileCount === 0) return keys;
    this.sweepCursor = this.scan(this.sweepCursor, sweepCount, (key, entry) => {
      if (entry.expiresAt < now) keys.push(key);
    });
    return keys;
  }

  sample(): [Bytes, Entry] | undefined {
    const key = this.randomKey();
    const entry = key === undefined ? undefined : this.get(key);
    return key === undefined || !entry ? undefined : [key, entry];
  }
}
