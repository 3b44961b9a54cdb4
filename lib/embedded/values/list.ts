import type { Bytes } from '../protocol/bytes.js';

/** Rough overhead of an element. */
const elementBytes = 24;
const minCapacity = 8;

/** A ring of elements: constant time at both ends and at any index, linear in the middle. */
export class List {
  get type(): string {
    return 'list';
  }

  private ring: (Bytes | undefined)[] = Array.from({ length: minCapacity });
  private head = 0;
  private count = 0;
  private weight = 0;

  get length(): number {
    return this.count;
  }

  get bytes(): number {
    return this.weight + this.count * elementBytes;
  }

  /** The element at an index from 0; negative ones count from the end. */
  at(index: number): Bytes | undefined {
    const position = index < 0 ? this.count + index : index;
    return position >= 0 && position < this.count ? this.ring[this.slot(position)] : undefined;
  }

  /** False when there is no such index. */
  replace(index: number, element: Bytes): boolean {
    const old = this.at(index);
    if (old === undefined) return false;
    this.ring[this.slot(index < 0 ? this.count + index : index)] = element;
    this.weight += element.length - old.length;
    return true;
  }

  push(element: Bytes): void {
    this.reserve(1);
    this.ring[this.slot(this.count++)] = element;
    this.weight += element.length;
  }

  unshift(element: Bytes): void {
    this.reserve(1);
    this.head = this.slot(this.ring.length - 1);
    this.ring[this.head] = element;
    this.count++;
    this.weight += element.length;
  }

  pop(): Bytes | undefined {
    return this.count === 0 ? undefined : this.take(this.slot(this.count - 1));
  }

  shift(): Bytes | undefined {
    if (this.count === 0) return undefined;
    const first = this.head;
    this.head = this.slot(1);
    return this.take(first);
  }

  /** The elements from `start` to `end`, inclusive; both must be within the list. */
  slice(start: number, end: number): Bytes[] {
    const elements: Bytes[] = [];
    for (let index = start; index <= end; index++) elements.push(this.ring[this.slot(index)] ?? '');
    return elements;
  }

  toArray(): Bytes[] {
    return this.slice(0, this.count - 1);
  }

  /** Replaces all elements. */
  assign(elements: readonly Bytes[]): void {
    this.ring = Array.from({ length: capacityFor(elements.length) });
    [this.head, this.count, this.weight] = [0, 0, 0];
    for (const element of elements) this.push(element);
  }

  private slot(index: number): number {
    return (this.head + index) & (this.ring.length - 1);
  }

  private take(slot: number): Bytes | undefined {
    const element = this.ring[slot];
    this.ring[slot] = undefined;
    this.count--;
    this.weight -= element?.length ?? 0;
    if (this.ring.length > minCapacity && this.count < this.ring.length / 4) this.resize();
    return element;
  }

  private reserve(extra: number): void {
    if (this.count + extra > this.ring.length) this.resize();
  }

  private resize(): void {
    const elements = this.toArray();
    this.ring = Array.from({ length: capacityFor(this.count + 1) });
    this.head = 0;
    for (const [index, element] of elements.entries()) this.ring[index] = element;
  }
}

/** A power of two, so a mask is enough to wrap around. */
function capacityFor(count: number): number {
  let capacity = minCapacity;
  while (capacity < count) capacity *= 2;
  return capacity;
}
