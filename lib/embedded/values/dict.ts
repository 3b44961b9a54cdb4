import type { Bytes } from '../protocol/bytes.js';

interface Slot<V> {
  readonly key: Bytes;
  /** `undefined` once the key is deleted. */
  value: V | undefined;
  /** Grows with every insertion and never changes. */
  readonly sequence: number;
}

/** Anything but `undefined`, which stands for a deleted key. */
export type DictValue = string | number | true | object;

/** Rough overhead of a slot, on top of its key and value. */
const slotBytes = 64;
/** Deleted slots that are always kept. */
const spareSlots = 16;

/**
 * A map that can be scanned while it changes and sampled at random.
 *
 * Next to the index it keeps the list of insertions, oldest first. A scan walks that list from newest to oldest, and
 * its cursor is the sequence number where it stopped. So a key that stays throughout is returned once, keys added
 * meanwhile are skipped, and every scan ends.
 *
 * A deleted key leaves an empty slot, which it reuses if it comes back, until half of all slots are empty. (Deleting the
 * same key from a `Map` over and over makes the map slow: V8 walks past every trace that it left.)
 */
export class Dict<V extends DictValue> {
  private readonly index = new Map<Bytes, Slot<V>>();
  private slots: Slot<V>[] = [];
  private lastSequence = 0;
  private count = 0;
  private weight = 0;

  get size(): number {
    return this.count;
  }

  /** The rough size of keys and values in memory, in bytes. */
  get bytes(): number {
    return this.weight + this.count * slotBytes;
  }

  has(key: Bytes): boolean {
    return this.get(key) !== undefined;
  }

  get(key: Bytes): V | undefined {
    return this.index.get(key)?.value;
  }

  /** Returns true if the key is new. */
  set(key: Bytes, value: V): boolean {
    let slot = this.index.get(key);
    if (!slot) {
      slot = { key, value: undefined, sequence: ++this.lastSequence };
      this.index.set(key, slot);
      this.slots.push(slot);
    }
    const old = slot.value;
    slot.value = value;
    this.weight += this.weigh(value) + (old === undefined ? key.length : -this.weigh(old));
    if (old === undefined) this.count++;
    return old === undefined;
  }

  delete(key: Bytes): boolean {
    const slot = this.index.get(key);
    if (slot?.value === undefined) return false;
    this.weight -= key.length + this.weigh(slot.value);
    slot.value = undefined;
    this.count--;
    if (this.slots.length > 2 * this.count + spareSlots) this.dropEmptySlots();
    return true;
  }

  clear(): void {
    this.index.clear();
    this.slots = [];
    this.count = 0;
    this.weight = 0;
  }

  *keys(): IterableIterator<Bytes> {
    for (const [key] of this.entries()) yield key;
  }

  *entries(): IterableIterator<[Bytes, V]> {
    for (const { key, value } of this.index.values()) {
      if (value !== undefined) yield [key, value];
    }
  }

  /**
   * Visits about `count` keys and returns the cursor to go on from, 0 at the end. Starts with cursor 0.
   * The cost of one call is bounded, including empty slots.
   */
  scan(cursor: number, count: number, visit: (key: Bytes, value: V) => void): number {
    let position = cursor === 0 ? this.slots.length : this.positionOf(cursor);
    let stepsLeft = count * 10;
    for (let visited = 0; position > 0 && visited < count && stepsLeft > 0; stepsLeft--) {
      const slot = this.slots[--position];
      if (slot?.value === undefined) continue;
      visit(slot.key, slot.value);
      visited++;
    }
    return position > 0 ? (this.slots[position]?.sequence ?? 0) : 0;
  }

  /** A random key, each equally likely; `undefined` if there are none. */
  randomKey(): Bytes | undefined {
    if (this.count === 0) return undefined;
    for (;;) {
      const slot = this.slots[Math.floor(Math.random() * this.slots.length)];
      if (slot?.value !== undefined) return slot.key;
    }
  }

  /** How much a value adds to {@link bytes}. */
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

  private dropEmptySlots(): void {
    const isEmpty = ({ value }: Slot<V>) => value === undefined;
    for (const { key } of this.slots.filter(isEmpty)) this.index.delete(key);
    this.slots = this.slots.filter((slot) => !isEmpty(slot));
  }
}
