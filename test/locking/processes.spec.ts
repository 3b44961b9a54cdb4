import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { Worker } from './fleet.js';

const processes = 8;

describe('several processes', () => {
  let server: RedisServer;
  let cache: CachexService;
  const keyPrefix = randomUUID();
  const workers: Worker[] = [];

  /** This many processes: those that run already, and new ones for the rest. */
  const start = async (count: number): Promise<Worker[]> => {
    const running = workers.splice(0).filter(({ isRunning }) => isRunning);
    const missing = Array.from({ length: count - running.length }, () => Worker.start(server.url, keyPrefix));
    workers.push(...running, ...(await Promise.all(missing)));
    for (const { aborted } of workers) aborted.length = 0;
    return workers.slice(0, count);
  };

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: server.url, keyPrefix });
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await cache.close();
    await server.stop();
  });

  it('never share one lock, for more than a thousand rounds', async () => {
    const fleet = await start(processes);
    const rounds = 160;
    const results = await Promise.all(
      fleet.map((worker) => worker.call<[inside: number, token: number][]>('count', { name: 'one', rounds })),
    );
    const seen = results.flat();
    expect(seen).toHaveLength(processes * rounds);
    expect(seen.filter(([inside]) => inside !== 1)).toEqual([]);
    expect(Number(await cache.getClient().get(`${keyPrefix}:count`))).toBe(processes * rounds);
    expect(new Set(seen.map(([, token]) => token)).size).toBe(processes * rounds);
  }, 60_000);

  it('never hold more of a semaphore than its capacity, and all of it at times', async () => {
    const fleet = await start(processes);
    const what = { name: 'one', capacity: 5, rounds: 80, weights: [1, 2, 5, 1, 3] };
    const most = await Promise.all(fleet.map((worker) => worker.call<number>('weigh', what)));
    expect(Math.max(...most)).toBe(5);
    expect(Number(await cache.getClient().get(`${keyPrefix}:weight`))).toBe(0);
  }, 60_000);

  it('never read while one writes, nor write while others read, and share reading', async () => {
    const fleet = await start(processes);
    const seen = await Promise.all(
      fleet.map((worker) =>
        worker.call<{ readers: number; others: number; tokens: number[] }>('readAndWrite', {
          name: 'one',
          rounds: 150,
        }),
      ),
    );
    expect(seen.map(({ others }) => others)).toEqual(fleet.map(() => 0));
    expect(Math.max(...seen.map(({ readers }) => readers))).toBeGreaterThan(1);
    expect(new Set(seen.flatMap(({ tokens }) => tokens)).size).toBe(processes * 150);
  }, 60_000);

  it('lose nothing between accounts that they lock in pairs, in any order, and do not wait in a circle', async () => {
    const fleet = await start(processes);
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(fleet.map((worker) => worker.call('transfer', { names, rounds: 150 })));
    const redis = cache.getClient();
    const accounts = await redis.mget(...names.map((name) => `${keyPrefix}:${name}`));
    expect(accounts.map(Number).reduce((sum, account) => sum + account, 0)).toBe(0);
    expect(Number(await redis.get(`${keyPrefix}:transfers`))).toBe(processes * 150);
  }, 60_000);

  describe.each([
    ['a lock', { name: 'one' }],
    ['a lock of two names', { name: ['one', 'two'] }],
    ['a semaphore', { name: 'one', capacity: 1 }],
    ['a write lock', { name: 'one', kind: 'write' }],
  ])('of which one that holds %s', (_, what) => {
    beforeEach(async () => {
      await cache.getClient().del(`${keyPrefix}:guard`);
    });

    it('crash: another acquires when the lease is over, not before', async () => {
      const [holder, next] = (await start(2)) as [Worker, Worker];
      await holder.call('acquire', { as: 'it', ...what, timeout: 0.6, autoExtend: true });
      const waiting = next.call<{ acquired: boolean }>('acquire', { as: 'it', ...what });
      await delay(650);
      const started = performance.now();
      await holder.kill();
      expect(await waiting).toMatchObject({ acquired: true });
      // A renewal may have been late.
      expect(performance.now() - started).toBeGreaterThan(100);
      expect(performance.now() - started).toBeLessThan(3000);
      await next.call('release', { as: 'it' });
    });

    it('stand still for longer than the lease: the holder learns it, and its late write is refused', async () => {
      const [holder, next] = (await start(2)) as [Worker, Worker];
      const hold = { as: 'it', ...what, timeout: 0.5, autoExtend: true };
      const { fencingToken: stale } = await holder.call<{ fencingToken: number }>('acquire', hold);
      expect(await guardedWrite(stale)).toBe(true);
      holder.signal('SIGSTOP');
      const { fencingToken: fresh } = await next.call<{ fencingToken: number }>('acquire', { as: 'it', ...what });
      expect(fresh).toBeGreaterThan(stale);
      expect(await guardedWrite(fresh)).toBe(true);
      holder.signal('SIGCONT');
      expect(await holder.call('isAborted', { as: 'it' })).toBe(true);
      await waitFor(() => holder.aborted.length > 0, { what: 'the signal' });
      const reason = 'capacity' in what ? 'SemaphoreError' : 'LockNotOwnedError';
      expect(holder.aborted).toEqual([{ name: 'it', reason }]);
      expect(await guardedWrite(stale)).toBe(false);
      await expect(holder.call('release', { as: 'it' })).rejects.toThrow(reason);
      expect(next.aborted).toEqual([]);
      await next.call('release', { as: 'it' });
    });
  });

  it('delay nobody for long if a waiter is stopped or crashes', async () => {
    const [holder, stopped, crashed, last] = (await start(4)) as [Worker, Worker, Worker, Worker];
    await holder.call('acquire', { as: 'it', name: 'one' });
    const line = `${keyPrefix}:lock:{1:one}:line`;
    const standing = (count: number): Promise<void> =>
      waitFor(async () => (await cache.getClient().zcard(line)) === count, { what: 'the line' });
    const first = stopped.call('acquire', { as: 'it', name: 'one' });
    await standing(1);
    void crashed.call('acquire', { as: 'it', name: 'one' });
    await standing(2);
    const third = last.call('acquire', { as: 'it', name: 'one' });
    await standing(3);
    stopped.signal('SIGSTOP');
    await crashed.kill();
    const started = performance.now();
    await holder.call('release', { as: 'it' });
    expect(await third).toMatchObject({ acquired: true });
    expect(performance.now() - started).toBeLessThan(6000);
    stopped.signal('SIGCONT');
    await last.call('release', { as: 'it' });
    expect(await first).toMatchObject({ acquired: true });
    await stopped.call('release', { as: 'it' });
  });

  it('that close release what they hold, and end by themselves', async () => {
    const [worker] = (await start(1)) as [Worker];
    await worker.call('acquire', { as: 'lock', name: 'one' });
    await worker.call('acquire', { as: 'slot', name: 'one', capacity: 1 });
    const waiting = worker.call('acquire', { as: 'other', name: 'one' }).catch((error: Error) => error.message);
    await delay(100);
    await worker.call('close');
    expect(await cache.lock('one').acquire({ blocking: false })).toBe(true);
    expect(await cache.semaphore('one', 1).acquire({ blocking: false })).toBe(true);
    expect(await waiting).toMatch(/^ConnectionError: .*closed/);
    expect(await worker.ended()).toBe(0);
    expect(worker.aborted.map(({ name }) => name).toSorted()).toEqual(['lock', 'slot']);
  });

  /** Behaves like a database that keeps the greatest token it has seen. */
  async function guardedWrite(token: number): Promise<boolean> {
    const guard = `local seen = tonumber(redis.call('GET', KEYS[1]) or 0)
      if tonumber(ARGV[1]) < seen then return 0 end
      redis.call('SET', KEYS[1], ARGV[1])
      return 1`;
    return (await cache.getClient().eval(guard, 1, `${keyPrefix}:guard`, String(token))) === 1;
  }
});
