import type { Version } from '../arguments/version.js';
import { quoted } from '../errors/quoted.js';
import { type Key, write } from '../command-model/command.js';
import { boolean } from '../command-model/replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { ownKeys } from './own-keys.js';
import { ask, attempt, numbered, tell } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import type { Request } from './session.js';
import { acquireLockScript } from './scripts/acquire-lock.script.js';
import { leaseLockScript } from './scripts/lease-lock.script.js';
import { releaseLockScript } from './scripts/release-lock.script.js';

/** A lock: a key with its owner's token as value, that expires when the lease ends. */
export class LockResource implements Resource {
  readonly title: string;
  readonly weight = 1;
  private readonly key: (part?: string) => Key;
  private readonly held: Key;
  private readonly heldAndLine: readonly Key[];
  private readonly fence: readonly Key[];

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    name: string,
    version: Version,
    /** Whether anybody asks for its fencing tokens. */
    isFenced = true,
  ) {
    this.key = ownKeys(executor, 'lock', name, version);
    this.held = this.key();
    this.title = `Lock ${quoted(name)}`;
    this.heldAndLine = [this.held, this.key('line'), this.key('seen')];
    this.fence = isFenced ? [this.key('fence')] : [];
  }

  acquire(request: Request, leaseMs: number, join: boolean): Promise<Attempt> {
    const keys = [...this.heldAndLine, this.late(request), ...this.fence];
    const args = [...numbered(request), leaseMs, join ? 1 : 0, this.channels];
    return this.executor.execute(attempt(acquireLockScript, keys, args));
  }

  release(request: Request): Promise<boolean> {
    const keys = request.supersedes ? [...this.heldAndLine, this.late(request)] : this.heldAndLine;
    return this.executor.execute(tell(releaseLockScript, keys, [request.token, request.number, this.channels]));
  }

  lease(request: Request, change: LeaseChange, ms: number): Promise<number> {
    const keys = [this.held, this.late(request)];
    return this.executor.execute(ask(leaseLockScript, keys, [...numbered(request), change, ms]));
  }

  isTaken(): Promise<boolean> {
    // As a write: a replica may not know yet.
    return this.executor.execute({ ...write('EXISTS', [this.held], boolean), strict: true });
  }

  private late({ token }: Request): Key {
    return this.key(`late:${token}`);
  }
}
