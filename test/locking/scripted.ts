import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ScriptSource } from '../../lib/command-model/command.js';
import { CommandTimeoutError } from '../../lib/index.js';
import { acquireLockScript } from '../../lib/locking/scripts/acquire-lock.script.js';
import { acquireSemaphoreScript } from '../../lib/locking/scripts/acquire-semaphore.script.js';
import { leaseLockScript } from '../../lib/locking/scripts/lease-lock.script.js';
import { leaseSemaphoreScript } from '../../lib/locking/scripts/lease-semaphore.script.js';
import { releaseLockScript } from '../../lib/locking/scripts/release-lock.script.js';
import { releaseSemaphoreScript } from '../../lib/locking/scripts/release-semaphore.script.js';
import { weighSemaphoreScript } from '../../lib/locking/scripts/weigh-semaphore.script.js';
import { type Request, Session } from '../../lib/locking/session.js';
import type { State, Step } from './scripts-model.js';

export const leaseMs = 60_000;
/** The prefix of the instances' channels. */
export const channels = 'wake:';

/** A lock or a semaphore on a server, driven by its scripts alone. */
export abstract class Scripted {
  /** The acquisitions, in order. */
  readonly had: { readonly token: string; readonly fence: number }[] = [];
  protected readonly name = randomUUID();
  protected readonly keys = {
    held: this.name,
    copy: `${this.name}:copy`,
    line: `${this.name}:line`,
    seen: `${this.name}:seen`,
    fence: `${this.name}:fence`,
  };
  private readonly sessions = new Map<string, Session>();
  private readonly held: { readonly step: Step; readonly request: Request }[] = [];

  constructor(readonly redis: Redis) {}

  /** Increasing, because all tokens are for the same lock. */
  get fences(): number[] {
    return this.had.map(({ fence }) => fence);
  }

  abstract endLease(token: string): Promise<boolean>;
  abstract claims(): Promise<string[]>;
  protected abstract sendAcquire(request: Request, join: boolean, capacity: number): Promise<unknown>;
  protected abstract sendRelease(request: Request, capacity: number): Promise<unknown>;
  protected abstract sendExtend(request: Request): Promise<unknown>;

  async apply(step: Step): Promise<State> {
    const outcome = await this[step.what](step);
    return { outcome, claims: await this.claims(), line: await this.redis.zrange(this.keys.line, '0', '-1') };
  }

  /** The fencing token; or the milliseconds to wait, as text. */
  async tryAcquire(token: string, join = true, capacity = 1): Promise<string | number> {
    const answer = await this.session(token).request((request) => this.sendAcquire(request, join, capacity));
    return answer as string | number;
  }

  async releaseOf(token: string, capacity = 1): Promise<number> {
    return Number(await this.session(token).request((request) => this.sendRelease(request, capacity)));
  }

  /** The milliseconds after which a waiter counts as gone. */
  async staysFor(token: string): Promise<number> {
    return Number(await this.redis.zscore(this.keys.seen, token)) - Date.now();
  }

  /** Pretends that the process of a waiter is gone. */
  async dropOut(token: string): Promise<void> {
    await this.redis.call('ZADD', this.keys.seen, 'XX', '1', token);
  }

  protected late({ token }: Request): string {
    return `${this.name}:late:${token}`;
  }

  protected run({ source }: ScriptSource, keys: string[], ...args: (string | number)[]): Promise<unknown> {
    return this.redis.eval(source, keys.length, ...keys, ...args);
  }

  private session(token: string): Session {
    const session = this.sessions.get(token) ?? new Session(token);
    this.sessions.set(token, session);
    return session;
  }

  private async acquire({ token, join, capacity }: Step): Promise<boolean> {
    return this.outcomeOf(token, await this.tryAcquire(token, join, capacity));
  }

  private async hold(step: Step): Promise<boolean> {
    const giveUp = (request: Request): Promise<never> => {
      this.held.push({ step, request });
      return Promise.reject(new CommandTimeoutError('it was given up'));
    };
    await this.session(step.token)
      .request(giveUp)
      .catch(() => undefined);
    return false;
  }

  private async arrive({ token }: Step): Promise<boolean> {
    const index = this.held.findLastIndex(({ request }) => request.token === token);
    if (index < 0) return false;
    const [{ step, request }] = this.held.splice(index, 1) as [(typeof this.held)[number]];
    return this.outcomeOf(token, await this.sendAcquire(request, step.join, step.capacity));
  }

  private outcomeOf(token: string, answer: unknown): boolean {
    if (typeof answer === 'number') this.had.push({ token, fence: answer });
    return typeof answer === 'number';
  }

  private async release({ token, capacity }: Step): Promise<boolean> {
    return (await this.releaseOf(token, capacity)) === 1;
  }

  private async extend({ token }: Step): Promise<boolean> {
    return Number(await this.session(token).request((request) => this.sendExtend(request))) > leaseMs / 2;
  }

  protected expire({ token }: Step): Promise<boolean> {
    return this.endLease(token);
  }

  protected async vanish({ token }: Step): Promise<boolean> {
    await this.dropOut(token);
    return false;
  }

  protected async lose({ key }: Step): Promise<boolean> {
    await this.redis.del(this.keys[key]);
    return false;
  }
}

export const numbered = ({ token, number, supersedes }: Request) => [token, number, Number(supersedes)] as const;

export class ScriptedLock extends Scripted {
  sendAcquire(request: Request, join: boolean): Promise<unknown> {
    const { held, line, seen, fence } = this.keys;
    const keys = [held, line, seen, this.late(request), fence];
    return this.run(acquireLockScript, keys, ...numbered(request), leaseMs, Number(join), channels, 1);
  }

  sendRelease(request: Request): Promise<unknown> {
    const { held, line, seen } = this.keys;
    const keys = [held, line, seen, ...(request.supersedes ? [this.late(request)] : [])];
    return this.run(releaseLockScript, keys, request.token, request.number, channels);
  }

  sendExtend(request: Request): Promise<unknown> {
    return this.run(leaseLockScript, [this.late(request), this.keys.held], ...numbered(request), 'add', 1000);
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
  sendAcquire(request: Request, join: boolean, capacity: number): Promise<unknown> {
    const { held, copy, line, seen, fence } = this.keys;
    const keys = [held, copy, line, seen, this.late(request), fence];
    return this.run(acquireSemaphoreScript, keys, ...numbered(request), leaseMs, Number(join), channels, capacity);
  }

  sendRelease(request: Request, capacity: number): Promise<unknown> {
    const { held, copy, line, seen } = this.keys;
    const keys = [held, copy, line, seen, ...(request.supersedes ? [this.late(request)] : [])];
    return this.run(releaseSemaphoreScript, keys, request.token, request.number, channels, capacity);
  }

  sendExtend(request: Request): Promise<unknown> {
    const keys = [this.keys.held, this.keys.copy, this.late(request)];
    return this.run(leaseSemaphoreScript, keys, ...numbered(request), 'add', 1000);
  }

  async endLease(token: string): Promise<boolean> {
    const was = (await this.claims()).includes(token);
    for (const key of [this.keys.held, this.keys.copy]) await this.redis.call('ZADD', key, 'XX', '1', token);
    return was;
  }

  /** The claims of both copies, after a script has looked at them. */
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
