import type { Version } from '../arguments/version.js';
import { countArgument } from '../arguments/arguments.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { type LockOptions, type SemaphoreOptions, resolveLock } from './claim-options.js';
import { Holdings } from './holdings.js';
import { CachexLock } from './lock.js';
import { LockResource } from './lock-resource.js';
import { CachexSemaphore } from './semaphore.js';
import { SemaphoreResource } from './semaphore-resource.js';
import { WakeUps } from './wake-ups.js';

/** The locks and semaphores of one cache. */
export class Locking {
  private readonly holdings: Holdings;
  private readonly channels: string;

  constructor(
    private readonly executor: CommandExecutor,
    commandTimeoutMs: number,
  ) {
    this.channels = executor.ownName('wake', '');
    this.holdings = new Holdings(new WakeUps(executor.pool, this.channels), commandTimeoutMs);
  }

  lock(name: string, version: Version, options: LockOptions): CachexLock {
    const resource = new LockResource(this.executor, this.channels, name, version);
    return new CachexLock(resource, resolveLock(options), this.holdings);
  }

  /** A lock for something that can be done without: nobody sees its fencing tokens, nor waits long for Redis. */
  dispensableLock(name: string, version: Version, options: LockOptions): CachexLock {
    const resource = new LockResource(this.executor, this.channels, name, version, false);
    return new CachexLock(resource, { ...resolveLock(options), isPatient: false }, this.holdings);
  }

  semaphore(name: string, version: Version, capacity: number, options: SemaphoreOptions): CachexSemaphore {
    const weight = countArgument(options.weight ?? 1, 'weight', 1);
    countArgument(capacity, 'capacity', 1);
    if (weight > capacity) {
      throw new RangeError(`A weight of ${weight} can never fit into a semaphore of ${capacity}`);
    }
    const resource = new SemaphoreResource(this.executor, this.channels, name, version, { capacity, weight });
    return new CachexSemaphore(resource, resolveLock(options), this.holdings);
  }

  /** Gives back all that is held, and ends all waiting. */
  close(): Promise<void> {
    return this.holdings.close();
  }
}
