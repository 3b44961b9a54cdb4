/** Returns its items in turn. */
export class RoundRobin<T> {
  private last = -1;

  constructor(readonly items: readonly T[]) {}

  next(): T {
    this.last = (this.last + 1) % this.items.length;
    return this.items[this.last]!;
  }
}
