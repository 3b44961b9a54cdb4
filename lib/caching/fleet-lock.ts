import type { Key } from '../commands/command.js';
import type { CachexLock } from '../locking/lock.js';
import { isAway } from '../execution/outage.js';
import type { Locking } from '../locking/locking.js';

const longestWaitMs = 30_000;

/** The lock that lets one process of a fleet make the value of a key. A factory may lock the key's own name. */
export class FleetLock {
  private readonly lock: CachexLock;
  private isHeld = false;

  constructor(
    locking: Locking,
    { name, version }: Key,
    private readonly hardMs: number,
  ) {
    this.lock = locking.dispensableLock(`getOrSet:${name}`, version, {});
  }

  /** Waits for its turn. That there is none in time holds nobody up; throws where there is nobody to ask. */
  async acquire(signal: AbortSignal): Promise<void> {
    const blockingTimeout = Math.min(this.hardMs, longestWaitMs) / 1000;
    try {
      this.isHeld = await this.lock.acquire({ blockingTimeout, signal });
    } catch (error) {
      if (isAway(error)) throw error;
    }
    if (signal.aborted) await this.release();
  }

  /** A lock that cannot be given back ends by itself. */
  async release(): Promise<void> {
    if (!this.isHeld) return;
    this.isHeld = false;
    await this.lock.release().catch(() => undefined);
  }
}
