import type { Key } from '../command-model/command.js';
import { quoted } from '../errors/quoted.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { OwnKeys } from './own-keys.js';
import { ask, attempt, numbered, tell } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import type { Request } from './session.js';
import { acquireSemaphoreScript } from './scripts/acquire-semaphore.script.js';
import { leaseSemaphoreScript } from './scripts/lease-semaphore.script.js';
import { releaseSemaphoreScript } from './scripts/release-semaphore.script.js';
import { weighSemaphoreScript } from './scripts/weigh-semaphore.script.js';

/** The size of a semaphore, and the part that one holder takes. */
export interface Share {
  readonly capacity: number;
  readonly weight: number;
}

/** A semaphore: claims of several holders, each with a lease. */
export class SemaphoreResource implements Resource {
  readonly weight: number;
  private readonly capacity: number;
  private readonly held: Key;
  private readonly claims: readonly Key[];
  private readonly claimsAndLine: readonly Key[];
  private readonly fence: Key;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    /** The first words of its title. */
    private readonly kind: string,
    private readonly key: OwnKeys,
    { capacity, weight }: Share,
  ) {
    this.capacity = capacity;
    this.weight = weight;
    this.held = key();
    this.claims = [this.held, key('copy')];
    this.claimsAndLine = [...this.claims, key('line'), key('seen')];
    this.fence = key('fence');
  }

  get title(): string {
    return `${this.kind} ${quoted(this.held.name)}`;
  }

  acquire(request: Request, leaseMs: number, join: boolean): Promise<Attempt> {
    const keys = [...this.claimsAndLine, this.late(request), this.fence];
    const args = [...numbered(request), leaseMs, join ? 1 : 0, this.channels, this.capacity];
    return this.executor.execute(attempt(acquireSemaphoreScript, keys, args));
  }

  release(request: Request): Promise<boolean> {
    const keys = request.supersedes ? [...this.claimsAndLine, this.late(request)] : this.claimsAndLine;
    const args = [request.token, request.number, this.channels, this.capacity];
    return this.executor.execute(tell(releaseSemaphoreScript, keys, args));
  }

  lease(request: Request, change: LeaseChange, ms: number): Promise<number> {
    const keys = [...this.claims, this.late(request)];
    return this.executor.execute(ask(leaseSemaphoreScript, keys, [...numbered(request), change, ms]));
  }

  async isTaken(): Promise<boolean> {
    const taken = await this.executor.execute(ask(weighSemaphoreScript, this.claims, []));
    return taken + this.weight > this.capacity;
  }

  private late({ token }: Request): Key {
    return this.key(`late:${token}`);
  }
}
