import type { Acquired } from './acquisition.js';
import type { ResolvedLock } from './claim-options.js';
import type { Holdings } from './holdings.js';
import { Lease, type Lessee } from './lease.js';
import type { LeaseChange, Resource } from './resource.js';
import type { Session } from './session.js';

const words = {
  lost: 'the server does not know it: its lease has ended, or it was taken away',
  over: 'its lease has ended, as far as this process knows',
};

/** From one acquisition to its end. */
export class Tenure implements Lessee {
  readonly fencingToken: number;
  private readonly lease: Lease;
  private controller: AbortController | undefined;
  /** Why it ended before it was released. */
  private loss: Error | undefined;
  private isReleased = false;
  private isGivenUp = false;
  private changes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly resource: Resource,
    private readonly session: Session,
    private readonly options: ResolvedLock,
    acquired: Acquired,
    /** Creates the error that reports the loss. */
    private readonly lost: (why: string) => Error,
  ) {
    this.fencingToken = acquired.fencingToken;
    this.lease = new Lease(this, options.leaseMs, options.renewed, acquired.leaseEndsAt);
  }

  /** Whether it still has to be released. */
  get isOpen(): boolean {
    return !this.isReleased;
  }

  /** Whether it is held, as far as this process knows. */
  get isHeld(): boolean {
    return this.isOpen && !this.loss && this.lease.leftMs > 0;
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
    return (await this.inTurn(() => this.ask('keep', 0))) >= 0;
  }

  async change(change: LeaseChange, ms: number): Promise<void> {
    if (this.loss) throw this.loss;
    const sentAt = performance.now();
    await this.inTurn(async () => {
      const leftMs = await this.ask(change, ms);
      if (leftMs < 0) throw this.lose(words.lost);
      this.lease.moveTo(sentAt + leftMs);
    });
  }

  async release(holdings: Holdings): Promise<void> {
    this.isReleased = true;
    if (this.isGivenUp) throw this.loss!;
    const { resource, session, lease } = this;
    const released = session.request((request) => resource.release(request));
    lease.stop();
    try {
      if (await released) return;
    } catch (error) {
      holdings.returns.add(resource, session, lease.leftMs);
      throw error;
    }
    throw this.lost('its lease had ended before it was released');
  }

  /** Releases it while its holder still works. */
  async giveUp(why: string): Promise<void> {
    this.isGivenUp = true;
    this.lose(`it was released: ${why}`);
    await this.session.request((request) => this.resource.release(request)).catch(() => undefined);
  }

  /** To its full length, or to the rest of a longer one: after the server's clock was set back, that is shorter. */
  renew(): Promise<number> {
    return this.inTurn(() => this.ask('set', Math.max(this.options.leaseMs, Math.floor(this.lease.leftMs))));
  }

  /** It is no longer held: code under its signal learns this before the handle acquires again. */
  end(): void {
    if (this.isOpen) this.leaseEnded('over');
  }

  leaseEnded(how: 'lost' | 'over'): void {
    this.lose(words[how]);
  }

  private ask(change: LeaseChange, ms: number): Promise<number> {
    return this.session.request((request) => this.resource.lease(request, change, ms));
  }

  /** One change of the lease at a time: over several connections a later one could overtake an earlier one. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.changes.then(task);
    this.changes = done.catch(() => undefined);
    return done;
  }

  private lose(why: string): Error {
    this.loss ??= this.lost(why);
    this.lease.stop();
    this.controller?.abort(this.loss);
    return this.loss;
  }
}
