import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FleetLock } from '../../lib/caching/fleet-lock.js';
import { Computation } from '../../lib/caching/computation.js';
import { Key } from '../../lib/command-model/command.js';
import { type CachexService, type Factory, FactoryTimeoutError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const lock = true;

describe('getOrSet with lock, in a fleet', { timeout: 30_000 }, () => {
  let server: RedisServer;
  const caches: CachexService[] = [];
  const keyPrefix = randomUUID();
  const open = async (url = server.url): Promise<CachexService> => {
    const connection = { url, commandTimeout: '2s' };
    const cache = await openCache({ connection, keyPrefix }, new QuietLogger('Cachex'));
    caches.push(cache);
    return cache;
  };
  const openMany = (count: number) => Promise.all(Array.from({ length: count }, () => open()));

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterEach(() => Promise.all(caches.splice(0).map((cache) => cache.close())));
  afterAll(() => server.stop());

  /** A factory that counts its runs, and how many of them overlap. */
  function counted(make: () => Promise<string>) {
    const runs = { all: 0, atOnce: 0, most: 0 };
    const factory = async (): Promise<string> => {
      runs.all++;
      runs.most = Math.max(runs.most, ++runs.atOnce);
      try {
        return await make();
      } finally {
        runs.atOnce--;
      }
    };
    return { factory, runs };
  }

  it('lets another process take over from one that is cut off, which stores nothing when it is back', async () => {
    const proxy = await startProxy(server);
    const first = await open(proxy.url);
    const others = await openMany(4);
    const old = deferred<string>();
    const hanging = vi.fn<Factory<string>>(() => old.promise);
    const making = first.getOrSet('crash', hanging, { lock });
    await vi.waitFor(() => expect(hanging).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    await proxy.refuse();
    const { factory, runs } = counted(async () => (await sleep(50), 'new'));
    const values = await Promise.all(others.map((cache) => cache.getOrSet('crash', factory, { lock })));
    expect(values).toEqual(['new', 'new', 'new', 'new']);
    expect(runs).toEqual({ all: 1, atOnce: 0, most: 1 });

    await proxy.pass();
    await expect.poll(() => first.get('crash').catch(String)).toBe('new');
    old.resolve('old');
    expect(await making).toBe('old');
    expect(await others[0]!.get('crash')).toBe('new');
    await first.close();
    await proxy.stop();
  });

  it('stores a value whose lock was lost if no other process held it meanwhile', async () => {
    const [first] = await openMany(1);
    const value = deferred<string>();
    const slow = vi.fn<Factory<string>>(() => value.promise);
    const making = first!.getOrSet('lost', slow, { lock });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    await first!.getClient().del(`${keyPrefix}:lock:{1:getOrSet:lost}`);
    value.resolve('made');
    expect(await making).toBe('made');
    expect(await first!.get('lost')).toBe('made');
  });

  it('starts no factory beside one that continues after hardTimeout', async () => {
    const many = await openMany(3);
    const value = deferred<string>();
    const { factory, runs } = counted(() => value.promise);
    for (const cache of [...many, ...many]) {
      const call = cache.getOrSet('late', factory, { lock, hardTimeout: '300ms' });
      await expect(call).rejects.toThrow(FactoryTimeoutError);
    }
    expect(runs.all).toBe(1);
    value.resolve('late');
    await Promise.all(many.map((cache) => cache.getOrSet('late', 'next', { lock, hardTimeout: '10s' })));
    expect(await many[0]!.get('late')).toBe('next');
  });

  it('does not hang if two keys need each other in two processes', async () => {
    const [first, second] = await openMany(2);
    const [firstStarted, secondStarted] = [deferred<void>(), deferred<void>()];
    const user = (cache: CachexService, isWhole = true): Promise<object> =>
      cache.getOrSet(
        'user',
        async () => {
          firstStarted.resolve();
          await secondStarted.promise;
          return { team: isWhole && (await team(cache, false)) };
        },
        { lock },
      );
    const team = (cache: CachexService, isWhole = true): Promise<object> =>
      cache.getOrSet(
        'team',
        async () => {
          secondStarted.resolve();
          await firstStarted.promise;
          return { lead: isWhole && (await user(cache, false)) };
        },
        { lock },
      );
    const beforehand = Date.now();
    const [made, other] = await Promise.all([user(first!), team(second!)]);
    expect(made).toHaveProperty('team');
    expect(other).toHaveProperty('lead');
    expect(Date.now() - beforehand).toBeLessThan(15_000);
  });
});

describe('the lock of a fleet', () => {
  function fakeLocking(taken: readonly string[]) {
    const asked: string[] = [];
    const dispensableLock = (name: string) => ({
      acquire: async () => (asked.push(name), !taken.includes(name)),
      release: async () => undefined,
    });
    return { asked, locking: { dispensableLock } as unknown as ConstructorParameters<typeof FleetLock>[0] };
  }

  it('lets one more process start after each wait in vain', async () => {
    const { asked, locking } = fakeLocking(['getOrSet:key', 'getOrSet+1:key']);
    const computation = new Computation({}, 'id');
    const fleetLock = new FleetLock(locking, new Key('key', 1), 'id', computation);
    await fleetLock.acquire(new AbortController().signal);
    expect(asked).toEqual(['getOrSet:key', 'getOrSet+1:key', 'getOrSet+2:key']);
    expect(computation.heldLock).toBe('id');
    await fleetLock.release();
    expect(computation.heldLock).toBeUndefined();
  });
});
