import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { channels, type Scripted, ScriptedLock, ScriptedSemaphore } from './scripted.js';
import { ScriptedLocks } from './scripted-locks.js';
import { Model, type State, type Step, steps } from './scripts-model.js';
import { namesOf, SeveralModel } from './several-model.js';

const withoutTime = 'TIME refused';

describe.each(
  engines.flatMap(
    (engine) =>
      [
        [engine, 'everything allowed'],
        [engine, withoutTime],
      ] as const,
  ),
)('on %s, %s', (engine, rights) => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await startServer({ engine, aclUsers: { app: 'on nopass ~* &* +@all -time' } });
    redis =
      rights === withoutTime ? new Redis(server.url, { username: 'app', password: 'any' }) : new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  // With whole milliseconds only, a token that is lost in the millisecond of its creation is created again.
  const fence = rights === withoutTime ? [] : (['fence'] as const);

  const expectTheModel = async (
    open: () => Scripted,
    list: fc.Arbitrary<Step[]>,
    model: () => { apply(step: Step): State } = () => new Model(),
    fencesOf = ({ fences }: Scripted) => [fences],
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(list, async (run) => {
        const [scripted, expected] = [open(), model()];
        for (const step of run) expect(await scripted.apply(step)).toEqual(expected.apply(step));
        for (const fences of fencesOf(scripted)) {
          expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 120 },
    );

  it('the scripts of a lock behave like the model, even if the queue or the fence is lost', async () => {
    const list = steps(['a:1:1', 'a:2:1', 'b:1:1', 'c:1:1'], [1], ['line', 'seen', ...fence]);
    await expectTheModel(() => new ScriptedLock(redis), list);
  });

  it('the scripts of several locks behave like the model, even if a queue or a fence is lost', async () => {
    const names = ['x', 'y', 'z'];
    const tokens = ['x:1:1', 'xy:1:1', 'yz:1:1', 'xyz:1:1', 'xyz:2:1', 'z:1:1'];
    const fencesOf = ({ had }: Scripted) =>
      names.map((name) => had.flatMap(({ token, fence }) => (namesOf(token).includes(name) ? [fence] : [])));
    await expectTheModel(
      () => new ScriptedLocks(redis, names),
      steps(tokens, [1], ['line', 'seen', ...fence], names),
      () => new SeveralModel(names),
      fencesOf,
    );
  });

  it('the scripts of several locks put a waiter that has lost a place behind all others in every queue', async () => {
    const locks = new ScriptedLocks(redis, ['x', 'y']);
    const model = new SeveralModel(['x', 'y']);
    const step = (what: Step['what'], token: string): Step => ({
      ...{ what, token, join: true, capacity: 1 },
      ...({ key: 'line', name: 'x' } as const),
    });
    const run = [
      ...['x:1:1', 'xy:1:1', 'xy:2:1'].map((token) => step('acquire', token)),
      step('lose', 'x:1:1'),
      ...['xy:2:1', 'xy:1:1'].map((token) => step('acquire', token)),
    ];
    let state: State | undefined;
    for (const each of run) expect((state = await locks.apply(each))).toEqual(model.apply(each));
    expect(state!.line).toEqual(['x xy:2:1', 'x xy:1:1', 'y xy:2:1', 'y xy:1:1']);
  });

  it('the scripts of a semaphore behave like the model, whichever key is lost', async () => {
    const tokens = ['a:1:1', 'a:2:2', 'b:1:1', 'b:2:3', 'c:1:1'];
    const list = steps(tokens, [3, 4], ['held', 'copy', 'line', 'seen', ...fence]);
    await expectTheModel(() => new ScriptedSemaphore(redis), list);
  });

  const listen = async (): Promise<{ listener: Redis; woken: string[] }> => {
    const listener = new Redis(server.url);
    const woken: string[] = [];
    listener.on('message', (channel: string, token: string) => woken.push(`${channel} ${token}`));
    await listener.subscribe(...['a', 'b', 'c'].map((instance) => channels + instance));
    return { listener, woken };
  };

  it('the scripts of a semaphore wake the first in the queue once it fits, and then the next one that does', async () => {
    const semaphore = new ScriptedSemaphore(redis);
    const { listener, woken } = await listen();
    for (const token of ['a:1:1', 'a:2:2', 'b:1:2', 'c:1:1', 'c:2:1']) await semaphore.tryAcquire(token, true, 3);
    await semaphore.releaseOf('a:1:1', 3);
    await listener.ping();
    expect(woken).toEqual([]);
    await semaphore.releaseOf('a:2:2', 3);
    for (const token of ['b:1:2', 'c:1:1']) await semaphore.tryAcquire(token, true, 3);
    await listener.ping();
    expect(woken).toEqual(['wake:b b:1:2', 'wake:c c:1:1']);
    listener.disconnect();
  });

  describe.each([
    ['a lock', () => new ScriptedLock(redis)],
    ['a semaphore', () => new ScriptedSemaphore(redis)],
  ])('the scripts of %s', (_, open) => {
    it('wake the first in the queue, and nobody else', async () => {
      const scripted = open();
      const { listener, woken } = await listen();
      for (const token of ['a:1:1', 'b:1:1', 'c:1:1', 'b:2:1']) await scripted.tryAcquire(token);
      await scripted.releaseOf('a:1:1');
      // The first waiter learns of it again, and nobody else gets it before.
      expect(await scripted.tryAcquire('c:1:1')).toBe('1000');
      await scripted.tryAcquire('b:1:1');
      await scripted.releaseOf('b:1:1');
      await listener.ping();
      expect(woken).toEqual(['wake:b b:1:1', 'wake:b b:1:1', 'wake:c c:1:1']);
      listener.disconnect();
    });

    it('give the first in the queue no more than a second to come', async () => {
      const scripted = open();
      for (const token of ['a:1:1', 'b:1:1', 'c:1:1']) await scripted.tryAcquire(token);
      expect(await scripted.staysFor('b:1:1')).toBeGreaterThan(5000);
      await scripted.releaseOf('a:1:1');
      const turn = await scripted.staysFor('b:1:1');
      expect(turn).toBeLessThan(1002);
      // Requests of others do not make it longer.
      await scripted.tryAcquire('c:1:1');
      expect(await scripted.staysFor('b:1:1')).toBeLessThanOrEqual(turn);
      await scripted.dropOut('b:1:1');
      expect(await scripted.tryAcquire('c:1:1')).toBeGreaterThan(1e15);
    });
  });
});
