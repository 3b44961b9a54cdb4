import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import {
  type CachexOptions,
  type CachexService,
  CommandTimeoutError,
  ConnectionError,
  LockNotOwnedError,
  SemaphoreError,
} from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { startProxy } from '../servers/proxy.js';
import { startSentinel } from '../servers/sentinel.js';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

/** The possible delay of a timer on a busy machine. */
const lateness = 2_000;

const caches: CachexService[] = [];

async function open(options: CachexOptions): Promise<CachexService> {
  const cache = await openCache(options, new Logger('Cachex', { timestamp: false }));
  caches.push(cache);
  return cache;
}

afterEach(async () => {
  await Promise.all(caches.splice(0).map((cache) => cache.close()));
});

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );

/** Sends it by its digest first, which another server does not know. */
async function runsScripts(cache: CachexService): Promise<void> {
  const script = cache.registerScript('count', `return redis.call('INCR', KEYS[1])`);
  await cache.delete('{counted}');
  expect(await cache.evalScript(script, ['{counted}'])).toBe(1);
  expect(await cache.pipeline().evalScript(script, ['{counted}']).incr('{counted}').execute()).toEqual([2, 3]);
}

const isAborted = (signal: AbortSignal): Promise<void> =>
  waitFor(() => signal.aborted, { what: 'the signal', timeout: 20_000, every: 5 });

describe('a server that restarts without its data', () => {
  it('takes the lock from its holder, who learns it, and gives it to a waiter', async () => {
    await using server = await startServer({ engine: 'redis' });
    const cache = await open({ connection: server.url });
    const other = await open({ connection: server.url });
    const [lock, slot] = [cache.lock('name', { timeout: 1, autoExtend: true }), cache.semaphore('name', 1)];
    await lock.acquire();
    await slot.acquire();
    await runsScripts(cache);
    const { signal } = lock;
    const [nextLock, nextSlot] = [other.lock('name'), other.semaphore('name', 1)];
    const waiting = Promise.all([nextLock.acquire(), nextSlot.acquire()]);
    await delay(50);
    await server.kill();
    await delay(300);
    await server.start();
    expect(await waiting).toEqual([true, true]);
    expect(nextLock.fencingToken).toBeGreaterThan(lock.fencingToken!);
    expect(nextSlot.fencingToken).toBeGreaterThan(slot.fencingToken!);
    await isAborted(signal);
    expect(signal.reason).toBeInstanceOf(LockNotOwnedError);
    expect(await failure(lock.release())).toBeInstanceOf(LockNotOwnedError);
    expect(await failure(slot.release())).toBeInstanceOf(SemaphoreError);
    expect([await nextLock.owned(), await nextSlot.owned()]).toEqual([true, true]);
    await runsScripts(cache);
  });
});

describe('a server that is away', () => {
  const connection = (url: string, timeout = '500ms'): CachexOptions['connection'] => ({
    type: 'standalone',
    url,
    connectTimeout: timeout,
    commandTimeout: timeout,
  });

  it.each([false, true])('makes every method fail, ignoreExceptions: %j', async (ignoreExceptions) => {
    await using server = await startServer({ engine: 'redis' });
    const cache = await open({ connection: connection(server.url), ignoreExceptions });
    const [lock, slot] = [cache.lock('name'), cache.semaphore('name', 1)];
    await lock.acquire();
    await server.kill();
    const calls = [
      () => cache.lock('other').acquire(),
      () => cache.withLock('other', {}, () => expect.fail('called')),
      () => slot.acquire({ blocking: false }),
      () => slot.using(() => expect.fail('called')),
      () => slot.locked(),
      () => lock.locked(),
      () => lock.owned(),
      () => lock.extend(1),
      () => lock.reacquire(),
      () => lock.release(),
    ];
    for (const call of calls) {
      const start = performance.now();
      const error = await failure(call());
      expect(error instanceof ConnectionError || error instanceof CommandTimeoutError, String(error)).toBe(true);
      expect(performance.now() - start).toBeLessThan(500 + lateness);
    }
  });

  it('makes waiters wait for commandTimeout and no longer', async () => {
    await using server = await startServer({ engine: 'redis' });
    const cache = await open({ connection: connection(server.url) });
    await cache.lock('name').acquire();
    const waiting = failure(cache.lock('name').acquire());
    const timed = failure(cache.lock('name').acquire({ blockingTimeout: 0.3 }));
    await delay(50);
    const start = performance.now();
    await server.kill();
    const ended: string[] = [];
    const [short, long] = await Promise.all([
      timed.finally(() => ended.push('with blockingTimeout')),
      waiting.finally(() => ended.push('without')),
    ]);
    expect(ended).toEqual(['with blockingTimeout', 'without']);
    expect([short, long]).toEqual([expect.any(ConnectionError), expect.any(ConnectionError)]);
    expect(performance.now() - start).toBeGreaterThan(400);
    expect(performance.now() - start).toBeLessThan(500 + lateness);
  });

  it('ends a hold that cannot be confirmed any more, before another holder can acquire', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const cache = await open({ connection: connection(proxy.url) });
    const other = await open({ connection: server.url });
    const lock = cache.lock('name', { timeout: 0.6, autoExtend: true });
    await lock.acquire();
    let endedAt = 0;
    lock.signal.addEventListener('abort', () => (endedAt = performance.now()));
    proxy.blackHole();
    const next = other.lock('name');
    await next.acquire();
    const hadAt = performance.now();
    expect(endedAt).toBeGreaterThan(0);
    expect(endedAt).toBeLessThanOrEqual(hadAt);
    expect(lock.signal.reason).toBeInstanceOf(LockNotOwnedError);
    await proxy.pass();
    expect(await failure(lock.release())).toBeInstanceOf(LockNotOwnedError);
    expect(await next.owned()).toBe(true);
  });

  it('may come back in time: the hold continues', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const cache = await open({ connection: connection(proxy.url) });
    const other = await open({ connection: server.url });
    const lock = cache.lock('name', { timeout: 6, autoExtend: true });
    await lock.acquire();
    const { signal } = lock;
    const lasts = (): Promise<number> => other.getClient().pttl(':lock:{1:name}');
    await proxy.refuse();
    await waitFor(async () => (await lasts()) < 3900, { what: 'a renewal to be missed' });
    await proxy.pass();
    await waitFor(async () => (await lasts()) > 4100, { what: 'a renewal' });
    expect(signal.aborted).toBe(false);
    expect(await lock.owned()).toBe(true);
    await lock.release();
  });

  it('may have acquired without an answer: that is undone', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const cache = await open({ connection: connection(proxy.url) });
    const other = await open({ connection: server.url });
    await cache.withLock('warm', {}, () => undefined);
    await cache.semaphore('warm', 1).using(() => undefined);
    proxy.delay(700);
    const [lock, slot] = [cache.lock('name'), cache.semaphore('name', 1)];
    const errors = await Promise.all([failure(lock.acquire()), failure(slot.acquire())]);
    expect(errors.every((error) => error instanceof CommandTimeoutError)).toBe(true);
    await proxy.pass();
    const start = performance.now();
    expect(await other.lock('name').acquire({ blockingTimeout: 10 })).toBe(true);
    expect(await other.semaphore('name', 1).acquire({ blockingTimeout: 10 })).toBe(true);
    expect(performance.now() - start).toBeLessThan(4000);
    expect([await lock.owned(), await slot.owned()]).toEqual([false, false]);
  });

  it('may answer when the lease is already over: acquired, and lost', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const cache = await open({ connection: connection(proxy.url, '10s') });
    const options = { timeout: 0.1, autoExtend: true };
    const [lock, slot] = [cache.lock('name', options), cache.semaphore('name', 1, options)];
    for (const warm of [lock, slot]) await warm.using(() => undefined);
    const kept = cache.lock('kept', { timeout: 5 });
    await kept.acquire();
    proxy.delay(200);
    expect(await Promise.all([lock.acquire(), slot.acquire()])).toEqual([true, true]);
    expect(lock.signal.reason).toBeInstanceOf(LockNotOwnedError);
    expect(slot.signal.reason).toBeInstanceOf(SemaphoreError);
    expect([await lock.owned(), await slot.owned()]).toEqual([false, false]);
    expect(await failure(lock.release())).toBeInstanceOf(LockNotOwnedError);
    expect(await failure(slot.release())).toBeInstanceOf(SemaphoreError);
    // A renewed lease lasts from before the request.
    await kept.reacquire();
    expect(kept['tenure']!['lease'].leftMs).toBeLessThanOrEqual(4800);
  });

  it('may have released without an answer: it is released again', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const cache = await open({ connection: connection(proxy.url) });
    const other = await open({ connection: server.url });
    const lock = cache.lock('name');
    await lock.acquire();
    proxy.blackHole();
    expect(await failure(lock.release())).toBeInstanceOf(CommandTimeoutError);
    expect(await other.lock('name').locked()).toBe(true);
    await proxy.refuse();
    await proxy.pass();
    expect(await other.lock('name').acquire({ blockingTimeout: 10 })).toBe(true);
  });
});

describe('a failover by Sentinels', () => {
  it.each(['failover', 'kill'] as const)(
    '(%s) of a lock that is held and waited for: one holder at most, and tokens that grow',
    async (how) => {
      await using deployment = await startSentinel({ engine: 'redis' });
      const sentinels = deployment.sentinels.map(({ host, port }) => ({ host, port }));
      const connection = { type: 'sentinel', name: deployment.name, sentinels } as const;
      const [cache, other] = [await open({ connection }), await open({ connection })];
      await runsScripts(cache);
      const lock = cache.lock('name', { timeout: 20, autoExtend: true });
      await lock.acquire();
      const next = other.lock('name', { timeout: 20 });
      const waiting = next.acquire();
      await delay(300);
      if (how === 'kill') {
        const primary = await deployment.primary();
        await deployment.killPrimary();
        await waitFor(async () => (await deployment.primary()) !== primary, { what: 'the failover', timeout: 20_000 });
      } else {
        await deployment.failover();
      }
      // The holder's lease was replicated, so it still has the lock, and can prove it.
      await waitFor(async () => lock.owned(), { what: 'the holder to be heard', timeout: 20_000 });
      expect(lock.signal.aborted).toBe(false);
      await lock.release();
      expect(await waiting).toBe(true);
      expect(next.fencingToken).toBeGreaterThan(lock.fencingToken!);
      expect(await next.owned()).toBe(true);
      expect(await cache.lock('name').acquire({ blocking: false })).toBe(false);
      await runsScripts(cache);
    },
    60_000,
  );
});

describe('a failover in a cluster', () => {
  it('holders and waiters continue, and tokens grow', async () => {
    await using cluster = await startCluster({ engine: 'redis' });
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const connection = { type: 'cluster', nodes } as const;
    const [cache, other] = [await open({ connection }), await open({ connection })];
    const [lock, slot] = [cache.lock('name', { timeout: 20, autoExtend: true }), cache.semaphore('name', 1)];
    await Promise.all([lock.acquire(), slot.acquire(), runsScripts(cache)]);
    const [nextLock, nextSlot] = [other.lock('name'), other.semaphore('name', 1)];
    const waiting = Promise.all([nextLock.acquire(), nextSlot.acquire()]);
    await delay(300);
    for (const replica of await cluster.replicas()) await cluster.failover(replica);
    await waitFor(async () => (await lock.owned()) && slot.owned(), { what: 'the holders to be heard' });
    expect([lock.signal.aborted, slot.signal.aborted]).toEqual([false, false]);
    await lock.release();
    await slot.release();
    expect(await waiting).toEqual([true, true]);
    expect(nextLock.fencingToken).toBeGreaterThan(lock.fencingToken!);
    expect(nextSlot.fencingToken).toBeGreaterThan(slot.fencingToken!);
    await runsScripts(cache);
  }, 60_000);
});

describe('a cluster that moves the slot of a lock', () => {
  it('makes waiters wait until it has arrived', async () => {
    await using cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
    const commandTimeoutMs = 500;
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const cache = await open({ connection: { type: 'cluster', nodes, commandTimeout: `${commandTimeoutMs}ms` } });
    await cache.lock('name').using(() => undefined);
    const slot = hashSlot(':lock:{1:name}');
    const from = await cluster.slotOwner(slot);
    const to = (await cluster.primaries()).find((node) => node !== from)!;
    await cluster.setMigrating(slot, to);
    const waiting = cache.lock('name', { blockingTimeout: '10s' }).acquire();
    waiting.catch(() => undefined);
    await delay(2 * commandTimeoutMs);
    expect(await failure(cache.lock('name', { blocking: false }).acquire())).toBeInstanceOf(ConnectionError);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    expect(await waiting).toBe(true);
  });
});
