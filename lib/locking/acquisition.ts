import { type Terms, waitMsOf } from './claim-options.js';
import type { Holdings } from './holdings.js';
import { isPassing } from './is-passing.js';
import { onAbort } from '../connection/on-abort.js';
import type { Attempt, Resource } from './resource.js';
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
  private readonly waitMs: number;
  /** The last try. */
  private answer: Promise<Attempt> | undefined;
  /** What the tries fail with, and since when. */
  private trouble: { readonly error: unknown; readonly since: number } | undefined;
  private restMs = 0;

  constructor(
    private readonly resource: Resource,
    private readonly token: string,
    private readonly terms: Terms,
    private readonly holdings: Holdings,
  ) {
    this.waitMs = waitMsOf(terms);
  }

  /** `undefined` where it was not had in time. */
  async run(signal?: AbortSignal): Promise<Acquired | undefined> {
    signal?.throwIfAborted();
    // First of all, so that the rest is done while the server works.
    const first = this.attempt();
    const { wakeUps } = this.holdings;
    const deadline = now() + this.waitMs;
    const forget = signal && onAbort(signal, () => this.waiter.stop(signal.reason));
    if (this.waitMs > 0) wakeUps.enter(this.token, this.waiter);
    try {
      // A try that fails before there is a place in line to lose fails the call.
      const acquired = await (signal ? this.waiter.unlessStopped(first) : first);
      return acquired ?? (this.waitMs > 0 ? await this.wait(deadline) : undefined);
    } catch (error) {
      this.holdings.takeBack(this.resource, this.token, this.terms.leaseMs, this.answer);
      if (error !== timeIsOver) throw error;
      if (this.trouble) throw this.trouble.error;
      return undefined;
    } finally {
      forget?.();
      wakeUps.leave(this.token);
    }
  }

  private async wait(deadline: number): Promise<Acquired> {
    const { waiter } = this;
    const leftMs = deadline - now();
    const timer = leftMs < longestTimerMs ? setTimeout(() => waiter.stop(timeIsOver), leftMs) : undefined;
    this.holdings.wakeUps.listen();
    try {
      for (;;) {
        await waiter.rest(this.pauseMs);
        const acquired = await waiter.unlessStopped(this.attemptAgain());
        if (acquired) return acquired;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private get pauseMs(): number {
    if (this.holdings.wakeUps.isListening && !this.trouble) return Math.min(this.restMs, showMs);
    return Math.min(this.restMs, this.terms.sleepMs, longestPauseMs);
  }

  private async attempt(): Promise<Acquired | undefined> {
    const { leaseMs } = this.terms;
    const sentAt = now();
    this.answer = this.resource.acquire(this.token, leaseMs, this.waitMs > 0);
    const { fencingToken, waitMs } = await this.answer;
    this.trouble = undefined;
    if (fencingToken !== undefined) return { fencingToken, leaseEndsAt: sentAt + leaseMs };
    // What never ends by itself has no time left to tell.
    this.restMs = waitMs < 0 ? Infinity : waitMs + 1;
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
