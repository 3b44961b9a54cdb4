import { acquireLockScript } from '../../lib/locking/scripts/acquire-lock.script.js';
import { leaseLockScript } from '../../lib/locking/scripts/lease-lock.script.js';
import { releaseLockScript } from '../../lib/locking/scripts/release-lock.script.js';
import type { Request } from '../../lib/locking/session.js';
import { channels, leaseMs, numbered, Scripted } from './scripted.js';
import type { State, Step } from './scripts-model.js';
import { namesOf } from './several-model.js';

/** Locks of several names on a server, driven by their scripts alone; a token says which names it is for. */
export class ScriptedLocks extends Scripted {
  constructor(
    redis: Scripted['redis'],
    private readonly names: readonly string[],
  ) {
    super(redis);
  }

  override async apply(step: Step): Promise<State> {
    const { outcome } = await super.apply(step);
    const lines = await Promise.all(
      this.names.map(async (name) => {
        const line = await this.redis.zrange(this.keyOf(name, 'line'), '0', '-1');
        return line.map((token) => `${name} ${token}`);
      }),
    );
    return { outcome, claims: await this.claims(), line: lines.flat() };
  }

  sendAcquire(request: Request, join: boolean): Promise<unknown> {
    const names = namesOf(request.token);
    const keys = [...this.heldAndLines(names), this.late(request), ...names.map((name) => this.keyOf(name, 'fence'))];
    return this.run(acquireLockScript, keys, ...numbered(request), leaseMs, Number(join), channels, names.length);
  }

  sendRelease(request: Request): Promise<unknown> {
    const keys = [...this.heldAndLines(namesOf(request.token)), ...(request.supersedes ? [this.late(request)] : [])];
    return this.run(releaseLockScript, keys, request.token, request.number, channels);
  }

  sendExtend(request: Request): Promise<unknown> {
    const held = namesOf(request.token).map((name) => this.keyOf(name, 'held'));
    return this.run(leaseLockScript, [this.late(request), ...held], ...numbered(request), 'add', 1000);
  }

  endLease(): never {
    throw new Error('It is by name that a lease ends here');
  }

  async claims(): Promise<string[]> {
    const owners = await Promise.all(this.names.map((name) => this.redis.get(this.keyOf(name, 'held'))));
    return owners.flatMap((owner, index) => (owner === null ? [] : [`${this.names[index]} ${owner}`]));
  }

  protected override async vanish({ token, name }: Step): Promise<boolean> {
    await this.redis.call('ZADD', this.keyOf(name, 'seen'), 'XX', '1', token);
    return false;
  }

  protected override async expire({ name }: Step): Promise<boolean> {
    return (await this.redis.del(this.keyOf(name, 'held'))) === 1;
  }

  protected override async lose({ name, key }: Step): Promise<boolean> {
    await this.redis.del(this.keyOf(name, key));
    return false;
  }

  private heldAndLines(names: readonly string[]): string[] {
    return names.flatMap((name) => (['held', 'line', 'seen'] as const).map((key) => this.keyOf(name, key)));
  }

  private keyOf(name: string, key: Step['key']): string {
    return `${this.name}:${name}:${key}`;
  }
}
