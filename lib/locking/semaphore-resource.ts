import type { Key, Version } from '../commands/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { ask, attempt, tell } from './requests.js';
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
  readonly weight: number;
  private readonly capacity: number;
  private readonly claims: readonly Key[];
  private readonly claimsAndLine: readonly Key[];
  private readonly all: readonly Key[];

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    name: string,
    version: Version,
    { capacity, weight }: Share,
  ) {
    this.title = `Semaphore ${JSON.stringify(name)}`;
    this.capacity = capacity;
    this.weight = weight;
    const key = ownKeys(`${executor.keys.prefix}:sem`, name, version);
    this.claims = [key(), key('copy')];
    this.claimsAndLine = [...this.claims, key('line'), key('seen')];
    this.all = [...this.claimsAndLine, key('fence')];
  }

  acquire(token: string, leaseMs: number, join: boolean): Promise<Attempt> {
    const args = [token, leaseMs, join ? 1 : 0, this.channels, this.capacity];
    return this.executor.execute(attempt(acquireSemaphoreScript, this.all, args));
  }

  release(token: string): Promise<boolean> {
    const args = [token, this.channels, this.capacity];
    return this.executor.execute(tell(releaseSemaphoreScript, this.claimsAndLine, args));
  }

  lease(token: string, change: LeaseChange, ms: number): Promise<number> {
    return this.executor.execute(ask(leaseSemaphoreScript, this.claims, [token, change, ms]));
  }

  async isTaken(): Promise<boolean> {
    const taken = await this.executor.execute(ask(weighSemaphoreScript, this.claims, []));
    return taken + this.weight > this.capacity;
  }
}
