import { type Key, write } from '../command-model/command.js';
import { boolean } from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { quoted } from '../errors/quoted.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { OwnKeys } from './own-keys.js';
import { ask, attempt, numbered, tell } from './requests.js';
import type { Attempt, LeaseChange, Resource } from './resource.js';
import type { Request } from './session.js';
import { acquireLockScript } from './scripts/acquire-lock.script.js';
import { leaseLockScript } from './scripts/lease-lock.script.js';
import { releaseLockScript } from './scripts/release-lock.script.js';

/**
 * One lock, or several that are held together: one key each, with its owner's token as value, that expires with the
 * lease.
 */
export class LockResource implements Resource {
  readonly weight = 1;
  private readonly key: OwnKeys;
  private readonly held: Key[] = [];
  private readonly heldAndLines: Key[] = [];
  private readonly fences: Key[] = [];

  constructor(
    private readonly executor: CommandExecutor,
    private readonly channels: string,
    /** The first words of its title. */
    private readonly kind: string,
    /** One per lock. */
    keys: readonly OwnKeys[],
    /** Whether its fencing tokens are used. */
    isFenced = true,
  ) {
    this.key = keys[0]!;
    // Most locks are created for one use: `flatMap` would take as long as the rest of the constructor.
    for (const key of keys) {
      const held = key();
      this.held.push(held);
      this.heldAndLines.push(held, key('line'), key('seen'));
      if (isFenced) this.fences.push(key('fence'));
    }
  }

  get title(): string {
    return `${this.kind} ${this.held.map(({ name }) => quoted(name)).join(', ')}`;
  }

  acquire(request: Request, leaseMs: number, join: boolean): Promise<Attempt> {
    const keys = [...this.heldAndLines, this.late(request), ...this.fences];
    const args = [...numbered(request), leaseMs, join ? 1 : 0, this.channels, this.held.length];
    return this.executor.execute(attempt(acquireLockScript, keys, args));
  }

  release(request: Request): Promise<boolean> {
    const keys = request.supersedes ? [...this.heldAndLines, this.late(request)] : this.heldAndLines;
    return this.executor.execute(tell(releaseLockScript, keys, [request.token, request.number, this.channels]));
  }

  lease(request: Request, change: LeaseChange, ms: number): Promise<number> {
    const keys = [this.late(request), ...this.held];
    return this.executor.execute(ask(leaseLockScript, keys, [...numbered(request), change, ms]));
  }

  isTaken(): Promise<boolean> {
    // As a write: a replica may lag behind.
    return this.executor.execute(strict(write('EXISTS', this.held, boolean)));
  }

  private late({ token }: Request): Key {
    return this.key(`late:${token}`);
  }
}
