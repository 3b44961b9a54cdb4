/** Takes its items in turn. */
export class RoundRobin<T> {
  private last = -1;

  constructor(readonly items: readonly T[]) {}

  next(): T {
    this.last = (this.last + 1) % this.items.length;
    return this.items[this.last]!;
  }

  /** The next one that suits, `undefined` where none does. */
  find(suits: (item: T) => boolean): T | undefined {
    for (let tried = 0; tried < this.items.length; tried++) {
      const item = this.next();
      if (suits(item)) return item;
    }
    return undefined;
  }
}
