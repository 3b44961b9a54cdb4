import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ScriptSource } from '../../lib/commands/command.js';
import { acquireLockScript } from '../../lib/locking/scripts/acquire-lock.script.js';
import { acquireSemaphoreScript } from '../../lib/locking/scripts/acquire-semaphore.script.js';
import { leaseLockScript } from '../../lib/locking/scripts/lease-lock.script.js';
import { leaseSemaphoreScript } from '../../lib/locking/scripts/lease-semaphore.script.js';
import { releaseLockScript } from '../../lib/locking/scripts/release-lock.script.js';
import { releaseSemaphoreScript } from '../../lib/locking/scripts/release-semaphore.script.js';
import { weighSemaphoreScript } from '../../lib/locking/scripts/weigh-semaphore.script.js';
import type { State, Step } from './scripts-model.js';

const leaseMs = 60_000;
/** Before the names of the instances' channels. */
export const channels = 'wake:';

/** A lock or a semaphore on a server, by its scripts alone. */
export abstract class Scripted {
  readonly fences: number[] = [];
  protected readonly name = randomUUID();
  protected readonly keys = {
    held: this.name,
    copy: `${this.name}:copy`,
    line: `${this.name}:line`,
    seen: `${this.name}:seen`,
    fence: `${this.name}:fence`,
  };

  constructor(readonly redis: Redis) {}

  /** The fencing token, or ms to wait as text. */
  abstract tryAcquire(token: string, join?: boolean, capacity?: number): Promise<string | number>;
  abstract releaseOf(token: string, capacity?: number): Promise<number>;
  abstract extendOf(token: string): Promise<number>;
  abstract endLease(token: string): Promise<boolean>;
  abstract claims(): Promise<string[]>;

  async apply(step: Step): Promise<State> {
    const outcome = await this[step.what](step);
    return { outcome, claims: await this.claims(), line: await this.redis.zrange(this.keys.line, '0', '-1') };
  }

  /** Ms after which a waiter counts as gone. */
  async staysFor(token: string): Promise<number> {
    return Number(await this.redis.zscore(this.keys.seen, token)) - Date.now();
  }

  async vanish({ token }: Pick<Step, 'token'>): Promise<boolean> {
    await this.redis.call('ZADD', this.keys.seen, 'XX', '1', token);
    return false;
  }

  protected run({ source }: ScriptSource, keys: string[], ...args: (string | number)[]): Promise<unknown> {
    return this.redis.eval(source, keys.length, ...keys, ...args);
  }

  private async acquire({ token, join, capacity }: Step): Promise<boolean> {
    const answer = await this.tryAcquire(token, join, capacity);
    if (typeof answer === 'number') this.fences.push(answer);
    return typeof answer === 'number';
  }

  private async release({ token, capacity }: Step): Promise<boolean> {
    return (await this.releaseOf(token, capacity)) === 1;
  }

  private async extend({ token }: Step): Promise<boolean> {
    return (await this.extendOf(token)) > leaseMs / 2;
  }

  private expire({ token }: Step): Promise<boolean> {
    return this.endLease(token);
  }

  private async lose({ key }: Step): Promise<boolean> {
    await this.redis.del(this.keys[key]);
    return false;
  }
}

export class ScriptedLock extends Scripted {
  async tryAcquire(token: string, join = true): Promise<string | number> {
    const { held, line, seen, fence } = this.keys;
    const args = [token, leaseMs, Number(join), channels];
    return (await this.run(acquireLockScript, [held, line, seen, fence], ...args)) as string | number;
  }

  async releaseOf(token: string): Promise<number> {
    const { held, line, seen } = this.keys;
    return (await this.run(releaseLockScript, [held, line, seen], token, channels)) as number;
  }

  async extendOf(token: string): Promise<number> {
    return (await this.run(leaseLockScript, [this.keys.held], token, 'add', 1000)) as number;
  }

  async endLease(token: string): Promise<boolean> {
    return (await this.claims()).includes(token) && (await this.redis.del(this.keys.held)) === 1;
  }

  async claims(): Promise<string[]> {
    const owner = await this.redis.get(this.keys.held);
    return owner === null ? [] : [owner];
  }
}

export class ScriptedSemaphore extends Scripted {
  async tryAcquire(token: string, join = true, capacity = 1): Promise<string | number> {
    const { held, copy, line, seen, fence } = this.keys;
    const args = [token, leaseMs, Number(join), channels, capacity];
    return (await this.run(acquireSemaphoreScript, [held, copy, line, seen, fence], ...args)) as string | number;
  }

  async releaseOf(token: string, capacity = 1): Promise<number> {
    const { held, copy, line, seen } = this.keys;
    return (await this.run(releaseSemaphoreScript, [held, copy, line, seen], token, channels, capacity)) as number;
  }

  async extendOf(token: string): Promise<number> {
    return (await this.run(leaseSemaphoreScript, [this.keys.held, this.keys.copy], token, 'add', 1000)) as number;
  }

  async endLease(token: string): Promise<boolean> {
    const was = (await this.claims()).includes(token);
    for (const key of [this.keys.held, this.keys.copy]) await this.redis.call('ZADD', key, 'XX', '1', token);
    return was;
  }

  /** What both copies say, once a script has looked. */
  async claims(): Promise<string[]> {
    const { held, copy } = this.keys;
    await this.run(weighSemaphoreScript, [held, copy]);
    const [claims, copies] = await Promise.all(
      [held, copy].map((key) => this.redis.zrange(key, '0', '-1', 'WITHSCORES')),
    );
    if (String(claims) !== String(copies)) throw new Error('The copies of the claims differ');
    return claims!.filter((_, index) => index % 2 === 0).toSorted();
  }
}
