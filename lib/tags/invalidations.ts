/** Invalidations are remembered for this many tags; every older tag counts as invalidated when the last of them was. */
const remembered = 10_000;

/** What this process has invalidated lately: for values that are handed over but not sent yet. */
export class Invalidations {
  /** The number of invalidations so far: the only clock that orders them. */
  count = 0;
  /** The number of a tag's last invalidation, in that order. */
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

  /** Whether the tag was invalidated after `count`; may also be true for a forgotten tag. */
  isAfter(count: number, tag: string): boolean {
    return (this.last.get(tag) ?? this.forgotten) > count;
  }
}
