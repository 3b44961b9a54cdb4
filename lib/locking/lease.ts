import { longestTimerMs } from '../waiting/pause.js';

const now = (): number => performance.now();

/** The holder of the lease. */
export interface Lessee {
  /** Asks the server to renew the lease; returns the remaining ms, less than 0 if it has ended. */
  renew(): Promise<number>;
  /** Called once: the server says that it has ended, or it may have, as far as this process knows. */
  leaseEnded(how: 'lost' | 'over'): void;
}

/**
 * What this process knows of a lease: until when it certainly lasts (counted from before the request that set it, by a
 * clock that nobody sets), and when to renew it: at each third of its length, and after a failure at each sixth. No
 * timer keeps the process alive.
 */
export class Lease {
  private timer: NodeJS.Timeout | undefined;
  private renewAt: number;
  private isWatched: boolean;
  private isRenewing = false;
  private isOver = false;

  constructor(
    private readonly lessee: Lessee,
    private readonly lengthMs: number,
    isRenewed: boolean,
    private endsAt: number,
  ) {
    this.isWatched = isRenewed;
    this.renewAt = isRenewed ? endsAt - (lengthMs * 2) / 3 : Infinity;
    if (isRenewed) this.setTimer();
  }

  get leftMs(): number {
    return Math.max(0, this.endsAt - now());
  }

  /** From here on the end is reported as soon as it comes; a lease that is renewed is watched anyway. */
  watch(): void {
    this.isWatched = true;
    this.tick();
  }

  /** The server has set another end. */
  moveTo(endsAt: number): void {
    this.endsAt = endsAt;
    if (this.isWatched) this.tick();
  }

  /** Ends it silently: it was released. */
  stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private tick(): void {
    clearTimeout(this.timer);
    if (this.isOver) return;
    const time = now();
    // Even if the process was stopped for a while, and a renewal is due as well.
    if (time >= this.endsAt) return this.end('over');
    if (time >= this.renewAt && !this.isRenewing) void this.renew();
    this.setTimer();
  }

  private setTimer(): void {
    const next = this.isRenewing ? this.endsAt : Math.min(this.endsAt, this.renewAt);
    this.timer = setTimeout(() => this.tick(), Math.min(Math.ceil(next - now()), longestTimerMs)).unref();
  }

  private async renew(): Promise<void> {
    this.isRenewing = true;
    const sentAt = now();
    const leftMs = await this.lessee.renew().catch(() => undefined);
    this.isRenewing = false;
    if (this.isOver) return;
    if (leftMs === undefined) {
      // There may be time for another try.
      this.renewAt = now() + this.lengthMs / 6;
    } else if (leftMs < 0) {
      return this.end('lost');
    } else {
      this.endsAt = sentAt + leftMs;
      this.renewAt = sentAt + this.lengthMs / 3;
    }
    this.tick();
  }

  private end(how: 'lost' | 'over'): void {
    this.stop();
    this.lessee.leaseEnded(how);
  }
}
