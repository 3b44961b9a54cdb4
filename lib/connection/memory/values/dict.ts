import type { Bytes } from '../bytes.js';

interface Slot<V> {
  readonly key: Bytes;
  value: V;
  /** Grows with every insertion and never changes. */
  readonly sequence: number;
  isLive: boolean;
}

/** What a slot costs besides its key and value, roughly. */
const SLOT_BYTES = 64;

/**
 * A map that can be scanned while it changes and sampled at random.
 *
 * Beside the index stands the list of insertions, oldest first, with holes where keys were deleted. A scan walks it from
 * the newest to the oldest and its cursor is the sequence number where it stopped. So whatever is there all the time is
 * returned once, what is added meanwhile is not waited for, and every scan ends.
 */
export class Dict<V> {
  private readonly index = new Map<Bytes, Slot<V>>();
  private slots: Slot<V>[] = [];
  private lastSequence = 0;
  private weight = 0;

  get size(): number {
    return this.index.size;
  }

  /** Roughly what keys and values take in memory. */
  get bytes(): number {
    return this.weight + this.index.size * SLOT_BYTES;
  }

  has(key: Bytes): boolean {
    return this.index.has(key);
  }

  get(key: Bytes): V | undefined {
    return this.index.get(key)?.value;
  }

  /** True when the key is new. */
  set(key: Bytes, value: V): boolean {
    const slot = this.index.get(key);
    if (slot) {
      this.weight += this.weigh(value) - this.weigh(slot.value);
      slot.value = value;
      return false;
    }
    const added = { key, value, sequence: ++this.lastSequence, isLive: true };
    this.index.set(key, added);
    this.slots.push(added);
    this.weight += key.length + this.weigh(value);
    return true;
  }

  delete(key: Bytes): boolean {
    const slot = this.index.get(key);
    if (!slot) return false;
    this.index.delete(key);
    this.weight -= key.length + this.weigh(slot.value);
    slot.isLive = false;
    this.dropHoles();
    return true;
  }

  clear(): void {
    this.index.clear();
    this.slots = [];
    this.weight = 0;
  }

  keys(): IterableIterator<Bytes> {
    return this.index.keys();
  }

  *entries(): IterableIterator<[Bytes, V]> {
    for (const slot of this.index.values()) yield [slot.key, slot.value];
  }

  /**
   * Visits about `count` keys and returns the cursor to go on from, 0 at the end. Starts with cursor 0.
   * What one call costs is bounded, holes included.
   */
  scan(cursor: number, count: number, visit: (key: Bytes, value: V) => void): number {
    let position = cursor === 0 ? this.slots.length : this.positionOf(cursor);
    let stepsLeft = count * 10;
    for (let visited = 0; position > 0 && visited < count && stepsLeft > 0; stepsLeft--) {
      const slot = this.slots[--position];
      if (!slot?.isLive) continue;
      visit(slot.key, slot.value);
      visited++;
    }
    return position > 0 ? (this.slots[position]?.sequence ?? 0) : 0;
  }

  /** A key, each as likely as any other; `undefined` when there is none. */
  randomKey(): Bytes | undefined {
    if (this.size === 0) return undefined;
    for (;;) {
      const slot = this.slots[Math.floor(Math.random() * this.slots.length)];
      if (slot?.isLive) return slot.key;
    }
  }

  /** What a value adds to {@link bytes}. */
  protected weigh(_value: V): number {
    return 0;
  }

  /** How many slots are older than the one that got `sequence`, which may be gone. */
  private positionOf(sequence: number): number {
    let [low, high] = [0, this.slots.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.slots[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private dropHoles(): void {
    while (this.slots.at(-1)?.isLive === false) this.slots.pop();
    if (this.slots.length > 2 * this.size + 16) this.slots = this.slots.filter((slot) => slot.isLive);
  }
}
