import type { Version } from '../commands/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { ask, attempt } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import { acquireSemaphoreScript } from './scripts/acquire-semaphore.script.js';
import { leaseSemaphoreScript } from './scripts/lease-semaphore.script.js';
import { releaseSemaphoreScript } from './scripts/release-semaphore.script.js';
import { weighSemaphoreScript } from './scripts/weigh-semaphore.script.js';

/** How large a semaphore is, and how much of it one holder takes. */
export interface Share {
  readonly capacity: number;
  readonly weight: number;
}

/** A semaphore: claims of several holders, with a lease each. */
export class SemaphoreResource implements Resource {
  readonly title: string;
  private readonly keys;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    name: string,
    version: Version,
    private readonly share: Share,
  ) {
    this.title = `Semaphore ${JSON.stringify(name)}`;
    this.keys = ownKeys(`${executor.keys.prefix}:sem`, name, version, ['copy', 'line', 'seen', 'fence']);
  }

  get weight(): number {
    return this.share.weight;
  }

  acquire(token: string, leaseMs: number, join: boolean): Promise<Attempt> {
    const { held, copy, line, seen, fence } = this.keys;
    const args = [token, leaseMs, Number(join), this.channels, this.share.capacity];
    return this.executor.execute(attempt(acquireSemaphoreScript, [held, copy, line, seen, fence], args));
  }

  async release(token: string): Promise<boolean> {
    const { held, copy, line, seen } = this.keys;
    const args = [token, this.channels, this.share.capacity];
    return (await this.executor.execute(ask(releaseSemaphoreScript, [held, copy, line, seen], args))) === 1;
  }

  lease(token: string, change: LeaseChange, ms: number): Promise<number> {
    const { held, copy } = this.keys;
    return this.executor.execute(ask(leaseSemaphoreScript, [held, copy], [token, change, ms]));
  }

  async isTaken(): Promise<boolean> {
    const { held, copy } = this.keys;
    const { capacity, weight } = this.share;
    return (await this.executor.execute(ask(weighSemaphoreScript, [held, copy], []))) + weight > capacity;
  }
}
