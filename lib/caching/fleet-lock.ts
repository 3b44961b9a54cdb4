import type { Key } from '../command-model/command.js';
import { isAway } from '../execution/outage.js';
import type { AcquireOptions } from '../locking/claim-options.js';
import type { CachexLock } from '../locking/lock.js';
import type { Locking } from '../locking/locking.js';
import type { Computation } from './computation.js';

/** Renewed while the process lives: so the others do not wait longer for one that has crashed. */
const lease = { timeout: '5s', autoExtend: true };
/** How long to wait for its holder. */
const patience = '30s';

/** The lock that lets one process of a fleet make the value of a key. A factory may lock the key's own name. */
export class FleetLock {
  private held: CachexLock | undefined;

  constructor(
    private readonly locking: Pick<Locking, 'dispensableLock'>,
    private readonly key: Key,
    /** The key on the wire. */
    private readonly id: string,
    private readonly computation: Computation,
  ) {}

  /**
   * Waits for its turn. A waiter whose time is over waits for the next lock: so one more waiter starts at a time. A
   * caller that must not wait goes without; throws if there is no node to ask. `beforeWait` is called if it has to
   * wait.
   */
  async acquire(signal: AbortSignal, beforeWait?: () => void): Promise<void> {
    const { computation, id } = this;
    try {
      if (computation.mayAwaitLock(id)) {
        computation.awaitedLock = id;
        if (beforeWait) {
          if (await this.try(0, { blocking: false, signal })) return;
          beforeWait();
        }
        for (let level = 0; !(await this.try(level, { blockingTimeout: patience, signal })); level++);
      } else {
        await this.try(0, { blocking: false, signal });
      }
    } catch (error) {
      if (isAway(error)) throw error;
    } finally {
      computation.awaitedLock = undefined;
      if (signal.aborted) await this.release();
    }
  }

  /**
   * Whether nobody else can have made a newer value: checked right before one is stored. A process that stood still may
   * have lost the lock; if it is free again, `isMade` says whether another process held it.
   */
  async isUnbroken(isMade: () => Promise<boolean>): Promise<boolean> {
    const { held } = this;
    if (!held) return true;
    try {
      await held.reacquire();
      return true;
    } catch (error) {
      if (isAway(error)) throw error;
    }
    return (await held.acquire({ blocking: false })) && !(await isMade());
  }

  /** A lock that cannot be released ends by itself. */
  async release(): Promise<void> {
    const { held } = this;
    this.held = this.computation.heldLock = undefined;
    await held?.release().catch(() => undefined);
  }

  private async try(level: number, options: AcquireOptions): Promise<boolean> {
    const { name, version } = this.key;
    const lock = this.locking.dispensableLock(`getOrSet${level === 0 ? '' : `+${level}`}:${name}`, version, lease);
    if (!(await lock.acquire(options))) return false;
    this.held = lock;
    this.computation.heldLock = this.id;
    return true;
  }
}
