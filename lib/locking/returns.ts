import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isPassing } from './is-passing.js';
import type { Resource } from './resource.js';
import { lateMs } from './scripts/late.lua.js';
import type { Session } from './session.js';

const firstPauseMs = 100;
const longestPauseMs = 2000;
/** After this time in an outage, the rest is left to the end of its lease. */
const most = 5000;

/** Releases in the background: claims whose release failed, and claims that an unanswered request may have taken. */
export class Returns {
  private readonly tasks = new Set<Promise<void>>();
  private readonly closing = new AbortController();

  constructor() {
    setMaxListeners(0, this.closing.signal);
  }

  get isEmpty(): boolean {
    return this.tasks.size === 0;
  }

  /** Continues until it is released, or has ended by itself. */
  add(resource: Resource, session: Session, leaseMs: number): void {
    if (this.tasks.size >= most) return;
    const endsAt = performance.now() + (session.isInDoubt ? Math.max(leaseMs, lateMs) : leaseMs);
    const task = this.giveBack(resource, session, endsAt).finally(() => this.tasks.delete(task));
    this.tasks.add(task);
  }

  /** Tries the rest one last time. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.tasks);
  }

  private async giveBack(resource: Resource, session: Session, endsAt: number): Promise<void> {
    const { signal } = this.closing;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        await session.request((request) => resource.release(request));
        return;
      } catch (error) {
        if (signal.aborted || !isPassing(error) || performance.now() + pauseMs > endsAt) return;
      }
      await delay(pauseMs, undefined, { ref: false, signal }).catch(() => undefined);
    }
  }
}
