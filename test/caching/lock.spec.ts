import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CachexService, type CachexOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { Worker } from '../locking/fleet.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { keepFor } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

onEveryTopology((t) => {
  describe('getOrSet with lock', () => {
    it('runs the factory once for 200 callers, and leaves no lock', async () => {
      const factory = vi.fn<() => Promise<string>>(async () => 'made');
      const calls = Array.from({ length: 200 }, () => t.cache.getOrSet(t.key(), factory, { lock: true }));
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['made']));
      expect(factory).toHaveBeenCalledTimes(1);
      await expect.poll(() => t.cache.lock(`getOrSet:${t.key()}`).locked(), { interval: 1 }).toBe(false);
    });

    it('is free again after a factory that throws', async () => {
      const failing = (): never => {
        throw new Error('no database');
      };
      await expect(t.cache.getOrSet(t.key(), failing, { lock: true })).rejects.toThrow('no database');
      expect(await t.cache.getOrSet(t.key(), 'value', { lock: true, hardTimeout: '10s' })).toBe('value');
    });

    it('lets the factory lock the key itself', async () => {
      const factory = () => t.cache.withLock(t.key(), { blockingTimeout: '1s' }, () => 'value');
      expect(await t.cache.getOrSet(t.key(), factory, { lock: true })).toBe('value');
    });
  });
});

describe('getOrSet with lock, in several processes', () => {
  let server: RedisServer;
  const caches: CachexService[] = [];
  const keyPrefix = randomUUID();
  const open = async (options: CachexOptions = {}): Promise<CachexService> => {
    const connection = { url: server.url, commandTimeout: '1s' };
    const cache = await openCache({ connection, keyPrefix, ...options }, new QuietLogger('Cachex'));
    caches.push(cache);
    return cache;
  };
  beforeAll(async () => {
    server = await startServer({ engine: 'valkey' });
  });
  afterAll(async () => {
    await Promise.all(caches.map((cache) => cache.close()));
    await server.stop();
  });

  it('runs the factory once', async () => {
    const workers = await Promise.all(Array.from({ length: 4 }, () => Worker.start(server.url, keyPrefix)));
    const answers = await Promise.all(workers.map((worker) => worker.call<string>('getOrSet', { key: 'one' })));
    expect(new Set(answers).size).toBe(1);
    const cache = await open();
    expect(Number(await cache.getClient().get(`${keyPrefix}:runs`))).toBe(1);
    await Promise.all(workers.map((worker) => worker.kill()));
  });

  it('wakes a waiter, which reads again', async () => {
    const [first, second] = [await open(), await open()];
    const value = deferred<string>();
    const slow = vi.fn<() => Promise<string>>(() => value.promise);
    const other = vi.fn<() => string>(() => 'other');
    const making = first.getOrSet('woken', slow, { lock: true });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    const waiting = second.getOrSet('woken', other, { lock: true });
    value.resolve('made');
    expect(await Promise.all([making, waiting])).toEqual(['made', 'made']);
    expect(other).not.toHaveBeenCalled();
  });

  it('returns the stale copy to a caller with grace that would have to wait', async () => {
    const [first, second] = [await open(), await open()];
    await first.getOrSet('graced', 'old', { timeout: 60, grace: '1h' });
    await keepFor(first, 'graced', 3_600_000);
    const value = deferred<string>();
    const slow = vi.fn<() => Promise<string>>(() => value.promise);
    const making = first.getOrSet('graced', slow, { lock: true, grace: '1h' });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    const options = { lock: true, grace: '1h', softTimeout: '20ms' };
    expect(await second.getOrSet('graced', 'other', options)).toBe('old');
    value.resolve('new');
    expect(await making).toBe('new');
    await expect.poll(() => second.getOrSet('graced', 'other', options), { interval: 5 }).toBe('new');
  });

  it('runs the factory of a caller that cannot ask for the lock', async () => {
    const away = await open({ ignoreExceptions: true });
    await server.stop();
    expect(await away.getOrSet('away', () => 'made', { lock: true, tags: ['tag'], grace: '1h' })).toBe('made');
    await expect(away.invalidateTags(['tag'])).resolves.toBe(0);
    expect(await away.set('away', 1, { tags: ['tag'] })).toBe(false);
    expect(
      await away
        .pipeline()
        .set('away', 1, { tags: ['tag'] })
        .get('away')
        .execute(),
    ).toEqual([false, undefined]);
    expect(await away.setMany({ away: 1 }, { tags: ['tag'] })).toEqual(['away']);
  });
});
