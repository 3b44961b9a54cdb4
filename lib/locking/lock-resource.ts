import { type Key, type Version, write } from '../commands/command.js';
import { boolean } from '../commands/replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { ask, attempt, tell } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import { acquireLockScript } from './scripts/acquire-lock.script.js';
import { leaseLockScript } from './scripts/lease-lock.script.js';
import { releaseLockScript } from './scripts/release-lock.script.js';

/** A lock: a key with its owner's token as value, that expires when the lease ends. */
export class LockResource implements Resource {
  readonly title: string;
  readonly weight = 1;
  private readonly held: readonly Key[];
  private readonly heldAndLine: readonly Key[];
  private readonly all: readonly Key[];

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    name: string,
    version: Version,
  ) {
    this.title = `Lock ${JSON.stringify(name)}`;
    const key = ownKeys(`${executor.keys.prefix}:lock`, name, version);
    this.held = [key()];
    this.heldAndLine = [...this.held, key('line'), key('seen')];
    this.all = [...this.heldAndLine, key('fence')];
  }

  acquire(token: string, leaseMs: number, join: boolean): Promise<Attempt> {
    const args = [token, leaseMs, join ? 1 : 0, this.channels];
    return this.executor.execute(attempt(acquireLockScript, this.all, args));
  }

  release(token: string): Promise<boolean> {
    return this.executor.execute(tell(releaseLockScript, this.heldAndLine, [token, this.channels]));
  }

  lease(token: string, change: LeaseChange, ms: number): Promise<number> {
    return this.executor.execute(ask(leaseLockScript, this.held, [token, change, ms]));
  }

  isTaken(): Promise<boolean> {
    // As a write: a replica may not know yet.
    return this.executor.execute({ ...write('EXISTS', this.held, boolean), strict: true });
  }
}
