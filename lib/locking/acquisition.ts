import { type ResolvedLock, waitMsOf } from './claim-options.js';
import type { Holdings } from './holdings.js';
import { isNotNow, isPassing } from './is-passing.js';
import { onAbort } from '../waiting/on-abort.js';
import { longestTimerMs } from '../waiting/pause.js';
import type { Attempt, Resource } from './resource.js';
import type { Session } from './session.js';
import { timeIsOver, Waiter } from './waiter.js';

const now = (): number => performance.now();

/** A waiter sends a heartbeat at least this often, before its turn of a second is over: wake-ups may not reach it. */
const showMs = 500;

export interface Acquired {
  readonly fencingToken: number;
  /** By the process's own clock, counted from before the request was sent. */
  readonly leaseEndsAt: number;
}

/** One call of `acquire`: a try and, if that fails, the wait in the queue. */
export class Acquisition {
  private readonly waiter = new Waiter();
  private readonly waitMs: number;
  /** Whether the server has answered, and so put it in the queue. */
  private wasAnswered = false;
  /** Why the tries fail, and since when. */
  private trouble: { readonly error: unknown; readonly since: number } | undefined;
  private restMs = Infinity;

  constructor(
    private readonly resource: Resource,
    private readonly session: Session,
    private readonly options: ResolvedLock,
    private readonly holdings: Holdings,
  ) {
    this.waitMs = waitMsOf(options);
  }

  /** `undefined` if it could not be acquired in time. */
  async run(signal?: AbortSignal): Promise<Acquired | undefined> {
    signal?.throwIfAborted();
    // First of all, so that everything else is done while the server works.
    const first = this.attempt();
    const { waiter, waitMs, session, holdings } = this;
    const forget = signal && onAbort(signal, () => waiter.stop(signal.reason));
    const timer = waitMs > 0 && waitMs < longestTimerMs ? setTimeout(endSoon, waitMs, waiter) : undefined;
    if (waitMs > 0) holdings.wakeUps.enter(session.token, waiter);
    try {
      const acquired = await (signal || timer ? waiter.unlessStopped(first) : first);
      return acquired ?? (waitMs > 0 ? await this.wait() : undefined);
    } catch (error) {
      holdings.returns.add(this.resource, session, this.options.leaseMs);
      if (error !== timeIsOver) throw error;
      if (this.trouble) throw this.trouble.error;
      return undefined;
    } finally {
      forget?.();
      clearTimeout(timer);
      holdings.wakeUps.leave(session.token);
    }
  }

  private async wait(): Promise<Acquired> {
    const { waiter } = this;
    this.holdings.wakeUps.listen();
    for (;;) {
      await waiter.rest(this.pauseMs);
      const acquired = await waiter.unlessStopped(this.attempt());
      if (acquired) return acquired;
    }
  }

  private get pauseMs(): number {
    const mostMs = Math.min(this.restMs, showMs);
    return this.holdings.wakeUps.isListening && !this.trouble ? mostMs : Math.min(mostMs, this.options.sleepMs);
  }

  /** How long an outage may last. Noticing it and reconnecting take a while, too. */
  private get patienceMs(): number {
    const { commandTimeoutMs } = this.holdings;
    if (!this.options.isPatient) return commandTimeoutMs;
    return this.waitMs < Infinity ? Infinity : 3 * commandTimeoutMs;
  }

  private async attempt(): Promise<Acquired | undefined> {
    const { resource, session, options } = this;
    const join = this.waitMs > 0;
    const sentAt = now();
    let answer: Attempt;
    try {
      answer = await session.request((request) => resource.acquire(request, options.leaseMs, join));
    } catch (error) {
      this.bear(error);
      return undefined;
    }
    const { fencingToken, waitMs } = answer;
    this.wasAnswered = true;
    this.trouble = undefined;
    if (fencingToken !== undefined) return { fencingToken, leaseEndsAt: sentAt + options.leaseMs };
    // Negative for a lease without an end.
    this.restMs = waitMs < 0 ? Infinity : waitMs + 1;
    return undefined;
  }

  /**
   * Outages pass, and the place in the queue may survive them: only a long one ends the wait. If the server cannot be
   * reached at first, the call fails.
   */
  private bear(error: unknown): void {
    const isBorne = this.wasAnswered ? isPassing(error) : this.options.isPatient && isNotNow(error);
    const since = this.trouble?.since ?? now();
    if (this.waitMs === 0 || !isBorne || now() - since > this.patienceMs) throw error;
    this.trouble = { error, since };
  }
}

/** Replies that have already arrived count. */
function endSoon(waiter: Waiter): void {
  setImmediate(() => waiter.stop(timeIsOver));
}
