/** Combines the questions that callers ask at the same time into one; all of them get its answer. */
export class Gathering<Item, Answer> {
  private next: { readonly items: Item[]; readonly answer: Promise<Answer> } | undefined;

  constructor(private readonly ask: (items: readonly Item[]) => Promise<Answer>) {}

  /** The question is sent after this call, never before. */
  join(items: readonly Item[]): Promise<Answer> {
    this.next ??= this.begin();
    for (const item of items) this.next.items.push(item);
    return this.next.answer;
  }

  private begin(): { items: Item[]; answer: Promise<Answer> } {
    const items: Item[] = [];
    const answer = Promise.resolve().then(() => {
      this.next = undefined;
      return this.ask(items);
    });
    // Somebody may have asked in vain.
    answer.catch(() => undefined);
    return { items, answer };
  }
}
