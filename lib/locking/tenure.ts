import type { Acquired } from './acquisition.js';
import type { Terms } from './claim-options.js';
import type { Holdings } from './holdings.js';
import { Lease } from './lease.js';
import type { LeaseChange, Resource } from './resource.js';

/** From one acquisition to its end. */
export class Tenure {
  readonly fencingToken: number;
  private readonly lease: Lease;
  private controller: AbortController | undefined;
  /** Why it ended before it was released. */
  private loss: Error | undefined;
  private isReleased = false;
  private isGivenUp = false;

  constructor(
    private readonly resource: Resource,
    private readonly token: string,
    { leaseMs, renewed }: Terms,
    { fencingToken, leaseEndsAt }: Acquired,
    /** The error to say that it is lost. */
    private readonly lost: (why: string) => Error,
  ) {
    this.fencingToken = fencingToken;
    this.lease = new Lease(leaseEndsAt, {
      lengthMs: leaseMs,
      renew: renewed ? () => resource.lease(token, 'keep', leaseMs) : undefined,
      onEnd: (why) => this.lose(lost(why)),
    });
  }

  /** Whether it still has to be released. */
  get isOpen(): boolean {
    return !this.isReleased;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.loss) this.controller.abort(this.loss);
    }
    if (this.isOpen) this.lease.watch();
    return this.controller.signal;
  }

  async isOwned(): Promise<boolean> {
    if (this.loss) return false;
    return (await this.resource.lease(this.token, 'keep', 0)) >= 0;
  }

  async change(change: LeaseChange, ms: number): Promise<void> {
    if (this.loss) throw this.loss;
    const sentAt = performance.now();
    const leftMs = await this.resource.lease(this.token, change, ms);
    if (leftMs >= 0) return this.lease.moveTo(sentAt + leftMs);
    const error = this.lost('its lease has ended');
    this.lose(error);
    throw error;
  }

  async release(holdings: Holdings): Promise<void> {
    this.isReleased = true;
    if (this.isGivenUp) throw this.loss!;
    const { resource, token } = this;
    const released = resource.release(token);
    this.lease.stop();
    const wasHeld = await released.catch((error: unknown) => {
      holdings.takeBack(resource, token, this.lease.leftMs);
      throw error;
    });
    if (!wasHeld) throw this.lost('its lease had ended before it was released');
  }

  /** Releases it under the hands of whoever holds it. */
  async giveUp(why: string): Promise<void> {
    this.isGivenUp = true;
    this.lease.stop();
    this.lose(this.lost(why));
    await this.resource.release(this.token).catch(() => undefined);
  }

  private lose(loss: Error): void {
    this.loss ??= loss;
    this.lease.stop();
    this.controller?.abort(this.loss);
  }
}
