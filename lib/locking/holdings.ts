import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionError } from '../errors/index.js';
import { isPassing } from './is-passing.js';
import type { Resource } from './resource.js';
import type { WakeUps } from './wake-ups.js';

/** What has to be given back before the connections are closed. */
export interface Holder {
  giveUp(why: string): Promise<void>;
}

const firstPauseMs = 100;
const longestPauseMs = 2000;

/** All that one cache holds or waits for. */
export class Holdings {
  private readonly holders = new Set<Holder>();
  private readonly takingBack = new Set<Promise<void>>();
  private serial = 0;
  private isClosed = false;

  constructor(
    readonly wakeUps: WakeUps,
    /** How long Redis may be away while something is waited for. */
    readonly patienceMs: number,
  ) {}

  /**
   * A token that nobody else has.
   *
   * @throws ConnectionError where the cache was closed
   */
  tokenFor({ title, weight }: Resource): string {
    if (this.isClosed) throw new ConnectionError(`${title}: the cache was closed`);
    return `${this.wakeUps.instance}:${++this.serial}:${weight}`;
  }

  enter(holder: Holder): void {
    this.holders.add(holder);
  }

  leave(holder: Holder): void {
    this.holders.delete(holder);
  }

  /** Gives back, in the background, what a request (that may be under way) has taken, and a place in line. */
  takeBack(resource: Resource, token: string, leaseMs: number, request?: Promise<unknown>): void {
    const settled = Promise.resolve(request).catch(() => undefined);
    const task = settled
      .then(() => this.release(resource, token, performance.now() + leaseMs))
      .finally(() => this.takingBack.delete(task));
    this.takingBack.add(task);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const why = 'the cache is being closed';
    this.wakeUps.stopAll(new ConnectionError(why));
    await Promise.all([...this.holders].map((holder) => holder.giveUp(why)));
    await Promise.all(this.takingBack);
    await this.wakeUps.close();
  }

  /** Until the lease has ended anyway. */
  private async release(resource: Resource, token: string, endsAt: number): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        await resource.release(token);
        return;
      } catch (error) {
        if (this.isClosed || !isPassing(error) || performance.now() + pauseMs > endsAt) return;
      }
      await delay(pauseMs, undefined, { ref: false });
    }
  }
}
