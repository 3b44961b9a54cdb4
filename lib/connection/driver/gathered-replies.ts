/**
 * The replies to commands that are sent together, in their order; an error is the reply to its command. One promise for
 * all of them: one each would cost more than the rest of a command.
 */
export class GatheredReplies {
  readonly promise: Promise<unknown[]>;
  private readonly replies: unknown[];
  private missing: number;
  private next = 0;
  private fulfil!: (replies: unknown[]) => void;

  constructor(count: number) {
    this.replies = new Array<unknown>(count);
    this.missing = count;
    this.promise = new Promise((fulfil) => (this.fulfil = fulfil));
    if (count === 0) this.fulfil(this.replies);
  }

  /** The place of another command. */
  takePlace(): number {
    return this.next++;
  }

  put(place: number, reply: unknown): void {
    this.replies[place] = reply;
    this.missing--;
    if (this.missing === 0) this.fulfil(this.replies);
  }
}
