import { type Version, write } from '../commands/command.js';
import { boolean } from '../commands/replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { ask, attempt } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import { acquireLockScript } from './scripts/acquire-lock.script.js';
import { leaseLockScript } from './scripts/lease-lock.script.js';
import { releaseLockScript } from './scripts/release-lock.script.js';

/** A lock: a key with its owner's token as value, that expires when the lease ends. */
export class LockResource implements Resource {
  readonly title: string;
  readonly weight = 1;
  private readonly keys;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    name: string,
    version: Version,
  ) {
    this.title = `Lock ${JSON.stringify(name)}`;
    this.keys = ownKeys(`${executor.keys.prefix}:lock`, name, version, ['line', 'seen', 'fence']);
  }

  acquire(token: string, leaseMs: number, join: boolean): Promise<Attempt> {
    const { held, line, seen, fence } = this.keys;
    const args = [token, leaseMs, Number(join), this.channels];
    return this.executor.execute(attempt(acquireLockScript, [held, line, seen, fence], args));
  }

  async release(token: string): Promise<boolean> {
    const { held, line, seen } = this.keys;
    return (await this.executor.execute(ask(releaseLockScript, [held, line, seen], [token, this.channels]))) === 1;
  }

  lease(token: string, change: LeaseChange, ms: number): Promise<number> {
    return this.executor.execute(ask(leaseLockScript, [this.keys.held], [token, change, ms]));
  }

  isTaken(): Promise<boolean> {
    // As a write: a replica may not know yet.
    return this.executor.execute({ ...write('EXISTS', [this.keys.held], boolean), strict: true });
  }
}
