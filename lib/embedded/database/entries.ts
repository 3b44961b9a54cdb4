import type { Bytes } from '../protocol/bytes.js';
import { Dict } from '../values/dict.js';
import type { Value } from '../values/value.js';
import type { Usage } from './eviction.js';

/** What sits beside a key. */
export interface Entry extends Usage {
  value: Value;
  /** Unix time in milliseconds; Infinity is never. */
  expiresAt: number;
  /** Bytes last accounted for. */
  bytes: number;
}

/** How many keys one step of the sweep looks at. */
const SWEEP_COUNT = 16;

/** The entries of a database by their keys, expired ones among them. */
export class Entries extends Dict<Entry> {
  private sweepCursor = 0;
  private volatileCount = 0;

  /** Keys that have an expiry. */
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

  /** What has expired among the next few keys; every call goes on where the last one stopped. */
  sweep(now: number): Bytes[] {
    const keys: Bytes[] = [];
    if (this.volatileCount === 0) return keys;
    this.sweepCursor = this.scan(this.sweepCursor, SWEEP_COUNT, (key, entry) => {
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
