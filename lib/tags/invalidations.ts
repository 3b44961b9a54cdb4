/** So many tags are remembered; of older ones each counts as invalidated when the last of them was. */
const remembered = 10_000;

/** What this process has invalidated lately: for values that were handed over, and not sent yet. */
export class Invalidations {
  /** How many there have been: the only clock that tells what came before what. */
  count = 0;
  /** By tag, the number of its last one; in this order. */
  private readonly last = new Map<string, number>();
  private forgotten = 0;

  add(tags: readonly string[]): void {
    this.count++;
    for (const tag of tags) {
      this.last.delete(tag);
      this.last.set(tag, this.count);
    }
    for (const [tag, number] of this.last) {
      if (this.last.size <= remembered) return;
      this.last.delete(tag);
      this.forgotten = number;
    }
  }

  /** Whether there was one of that tag when there had been so many; it may say so of one that is forgotten. */
  isAfter(count: number, tag: string): boolean {
    return (this.last.get(tag) ?? this.forgotten) > count;
  }
}
