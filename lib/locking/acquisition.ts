import { type Terms, waitMsOf } from './claim-options.js';
import type { Holdings } from './holdings.js';
import { isPassing } from './is-passing.js';
import { onAbort } from './on-abort.js';
import type { Resource } from './resource.js';
import { timeIsOver, Waiter } from './waiter.js';

const now = (): number => performance.now();

/** A waiter shows itself at least that often; the line forgets one that has not for three times as long. */
const showMs = 2000;
/** Without wake-ups a waiter has to come by itself before its turn of a second is over. */
const longestPauseMs = 500;
const longestTimerMs = 2 ** 31 - 1;

export interface Acquired {
  readonly fencingToken: number;
  /** By the process's own clock, counted from before the request was sent. */
  readonly leaseEndsAt: number;
}

/** One call of `acquire`: a try, and where that is not enough, the waiting in line. */
export class Acquisition {
  private readonly waiter = new Waiter();
  /** What the tries fail with, and since when. */
  private trouble: { readonly error: unknown; readonly since: number } | undefined;
  private restMs = 0;
  private readonly waitMs: number;

  constructor(
    private readonly resource: Resource,
    private readonly token: string,
    private readonly terms: Terms,
    private readonly holdings: Holdings,
  ) {
    this.waitMs = waitMsOf(terms);
  }

  /** `undefined` where it was not had in time. Whatever the end, the token may still stand in line. */
  async run(signal: AbortSignal | undefined): Promise<Acquired | undefined> {
    signal?.throwIfAborted();
    const forget = signal && onAbort(signal, () => this.waiter.stop(signal.reason));
    const deadline = now() + this.waitMs;
    try {
      // A try that fails before there is a place in line to lose fails the call.
      const acquired = await this.attempt();
      return acquired ?? (this.waitMs > 0 ? await this.wait(deadline) : undefined);
    } catch (error) {
      if (error !== timeIsOver) throw error;
      if (this.trouble) throw this.trouble.error;
      return undefined;
    } finally {
      forget?.();
    }
  }

  private async wait(deadline: number): Promise<Acquired> {
    const { token, waiter } = this;
    const { wakeUps } = this.holdings;
    const leftMs = deadline - now();
    const timer = leftMs < longestTimerMs ? setTimeout(() => waiter.stop(timeIsOver), leftMs) : undefined;
    wakeUps.enter(token, waiter);
    try {
      for (;;) {
        await waiter.rest(this.pauseMs);
        const acquired = await this.attemptAgain();
        if (acquired) return acquired;
      }
    } finally {
      clearTimeout(timer);
      wakeUps.leave(token);
    }
  }

  private get pauseMs(): number {
    if (this.holdings.wakeUps.isListening && !this.trouble) return Math.min(this.restMs, showMs);
    return Math.min(this.restMs, this.terms.sleepMs, longestPauseMs);
  }

  private async attempt(): Promise<Acquired | undefined> {
    const { leaseMs } = this.terms;
    const sentAt = now();
    const answer = await this.waiter.attempt(() => this.resource.acquire(this.token, leaseMs, this.waitMs > 0));
    this.trouble = undefined;
    if (answer.fencingToken !== undefined) {
      return { fencingToken: answer.fencingToken, leaseEndsAt: sentAt + leaseMs };
    }
    // Something that never ends by itself has no time left to tell.
    this.restMs = answer.waitMs < 0 ? Infinity : answer.waitMs + 1;
    return undefined;
  }

  /** Outages pass, and the place in line with them may not be lost: only a long one ends the waiting. */
  private async attemptAgain(): Promise<Acquired | undefined> {
    try {
      return await this.attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const since = this.trouble?.since ?? now();
      if (now() - since > this.holdings.patienceMs) throw error;
      this.trouble = { error, since };
      return undefined;
    }
  }
}
