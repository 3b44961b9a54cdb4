const now = (): number => performance.now();

/** Node fires timers that are set for longer at once. */
const longestTimerMs = 2 ** 31 - 1;

export interface LeaseOptions {
  readonly lengthMs: number;
  /** Asks the server to keep the lease at its length: how many ms are left, less than 0 where it has ended. */
  readonly renew?: () => Promise<number>;
  /** Called once, when the lease was lost, or ownership can be shown no longer. */
  readonly onEnd: (reason: 'lost' | 'over') => void;
}

/**
 * What this process knows of a lease: until when it surely lasts (counted from before the request that set it was sent,
 * by a clock that nobody sets), and when it has to be renewed: at a third of its length, and where that fails each sixth
 * of it. No timer keeps the process alive.
 */
export class Lease {
  private timer: NodeJS.Timeout | undefined;
  private renewAt: number;
  private isRenewing = false;
  private isWatched = false;
  private isOver = false;

  constructor(
    private endsAt: number,
    private readonly options: LeaseOptions,
  ) {
    this.renewAt = options.renew ? endsAt - (options.lengthMs * 2) / 3 : Infinity;
    if (options.renew) this.watch();
  }

  get leftMs(): number {
    return Math.max(0, this.endsAt - now());
  }

  /** From here on the end is told as soon as it comes; a lease that is renewed is watched anyway. */
  watch(): void {
    this.isWatched = true;
    this.tick();
  }

  /** The server has set another end. */
  moveTo(endsAt: number): void {
    this.endsAt = endsAt;
    if (this.isWatched) this.tick();
  }

  /** Ends it without a word: it was given back. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private tick(): void {
    clearTimeout(this.timer);
    if (this.isOver) return;
    const time = now();
    // Also where the process was stopped for a while, and a renewal is due as well.
    if (time >= this.endsAt) return this.end('over');
    if (time >= this.renewAt && !this.isRenewing) void this.renew();
    const next = this.isRenewing ? this.endsAt : Math.min(this.endsAt, this.renewAt);
    this.timer = setTimeout(() => this.tick(), Math.min(Math.ceil(next - time), longestTimerMs)).unref();
  }

  private async renew(): Promise<void> {
    const { lengthMs, renew } = this.options;
    this.isRenewing = true;
    const sentAt = now();
    const leftMs = await renew!().catch(() => undefined);
    this.isRenewing = false;
    if (this.isOver) return;
    if (leftMs === undefined) {
      // There may be time for another try.
      this.renewAt = now() + lengthMs / 6;
    } else if (leftMs < 0) {
      return this.end('lost');
    } else {
      this.endsAt = sentAt + leftMs;
      this.renewAt = sentAt + lengthMs / 3;
    }
    this.tick();
  }

  private end(reason: 'lost' | 'over'): void {
    this.stop();
    this.options.onEnd(reason);
  }
}
