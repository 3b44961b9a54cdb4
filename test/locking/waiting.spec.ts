import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CachexLock, CachexOptions, CachexService } from '../../lib/index.js';
import { topologies } from '../contract/topologies.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

const caches: CachexService[] = [];
const prefix = randomUUID();

async function open(topology: string, options: Partial<CachexOptions> = {}): Promise<CachexService> {
  const cache = await openCache({ connection: inject('connections')[topology]!, keyPrefix: prefix, ...options });
  caches.push(cache);
  return cache;
}

afterEach(async () => {
  await Promise.all(caches.splice(0).map((cache) => cache.close()));
});

const timed = async (call: Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await call;
  return performance.now() - start;
};

describe.each(topologies.map(({ name }) => name))('waiting on %s', (topology) => {
  it('follows the order of arrival, across instances', async () => {
    const instances = [await open(topology), await open(topology), await open(topology)];
    const name = randomUUID();
    const holder = instances[0]!.lock(name);
    await holder.acquire();
    const had: number[] = [];
    const calls: Promise<void>[] = [];
    for (let turn = 0; turn < 9; turn++) {
      calls.push(instances[turn % 3]!.withLock(name, {}, () => void had.push(turn)));
      // The next one starts when this one is in the queue.
      await waitFor(async () => (await standing(instances[0]!, name)) === turn + 1, { what: 'the line', every: 2 });
    }
    await holder.release();
    await Promise.all(calls);
    expect(had).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('ends soon, however greedy another instance is', async () => {
    const [greedy, modest] = [await open(topology), await open(topology)];
    const name = randomUUID();
    let rounds = 0;
    let isOver = false;
    const loop = (async () => {
      // With a turn of the event loop, which the embedded engine does not need.
      for (; !isOver; rounds++) await greedy.withLock(name, {}, () => setImmediate());
    })();
    await waitFor(() => rounds > 20, { what: 'the greedy one to run' });
    await modest.withLock(name, {}, () => undefined);
    for (let turn = 0; turn < 10; turn++) {
      const before = rounds;
      const lock = modest.lock(name);
      const acquired = lock.acquire();
      await waitFor(async () => (await standing(modest, name)) !== 0, {
        what: 'the line',
        every: 1,
        timeout: 100,
      }).catch(() => undefined);
      await acquired;
      expect(rounds - before).toBeLessThan(100);
      await lock.release();
    }
    isOver = true;
    await loop;
  });

  it('ends when the lease of a vanished holder ends', async () => {
    const cache = await open(topology);
    const name = randomUUID();
    await cache.withLock(randomUUID(), {}, () => undefined);
    const start = performance.now();
    await cache.lock(name, { timeout: 0.3 }).acquire();
    expect(await cache.lock(name).acquire()).toBe(true);
    const waited = performance.now() - start;
    expect(waited).toBeGreaterThan(290);
    // Before the waiter would send a heartbeat.
    expect(waited).toBeLessThan(1900);
  });

  it('continues without wake-ups, at the pace of sleep', async () => {
    const cache = await open(topology);
    cache['executor'].pool.subscribe = undefined;
    const name = randomUUID();
    const holder = cache.lock(name);
    await holder.acquire();
    const next = cache.lock(name, { sleep: 0.05 });
    const waiting = next.acquire();
    await delay(120);
    const handover = timed(waiting);
    await holder.release();
    expect(await handover).toBeLessThan(1900);
    await next.release();
  });
});

const standing = (cache: CachexService, name: string): Promise<unknown> =>
  raw(cache, 'ZCARD', `${prefix}:lock:{1:${name}}:line`);

// It takes two seconds until the heartbeat, and depends on the scripts alone.
describe.each(['redis cluster', 'embedded engine'])('waiting on %s', (topology) => {
  it('is not delayed for long by a waiter that has vanished', async () => {
    const cache = await open(topology);
    const name = randomUUID();
    const holder = cache.lock(name);
    await holder.acquire();
    const line = `${prefix}:lock:{1:${name}}`;
    for (const dead of ['dead:1:1', 'dead:2:1', 'other:1:1']) {
      await raw(cache, 'ZADD', `${line}:line`, '1', dead);
      await raw(cache, 'ZADD', `${line}:seen`, String(Date.now() + 1500), dead);
    }
    const waiting = timed(cache.lock(name).acquire());
    await delay(20);
    await holder.release();
    expect(await waiting).toBeLessThan(5000);
    expect(await raw(cache, 'EXISTS', `${line}:line`, `${line}:seen`)).toBe(0);
  });
});

describe('many waiters', () => {
  // On a separate server, because its connections are counted and killed.
  let server: RedisServer;
  const openHere = (): Promise<CachexService> => open('redis standalone', { connection: server.url });
  const subscribers = async (cache: CachexService): Promise<number> =>
    String(await cache.getClient().client('LIST'))
      .split('\n')
      .filter((client) => / sub=1 /.test(client)).length;

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterAll(() => server.stop());

  it('share one connection for wake-ups and one listener on their signal, and leave nothing behind', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const cache = await openHere();
    const watcher = await openHere();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await cache.withLock('warm', {}, () => undefined);
    const before = timers();

    const { signal } = new AbortController();
    const names = Array.from({ length: 10 }, () => randomUUID());
    const locks = names.map((name) => cache.lock(name));
    await Promise.all(locks.map((lock) => lock.acquire()));
    const waiters = names.flatMap((name) => Array.from({ length: 20 }, () => cache.lock(name)));
    let inside = 0;
    const work = async (lock: CachexLock): Promise<void> => {
      expect(await lock.acquire({ signal, blockingTimeout: 60 })).toBe(true);
      inside++;
      await lock.release();
    };
    const all = Promise.all(waiters.map(work));
    await waitFor(
      async () => (await Promise.all(names.map((name) => standing(watcher, name)))).every((n) => n === 20),
      {
        what: 'all to stand in line',
      },
    );
    await waitFor(async () => (await subscribers(watcher)) === 1, { what: 'the one connection for wake-ups' });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.all(locks.map((lock) => lock.release()));
    await all;
    expect(inside).toBe(200);

    expect(cache['locking']['holdings']['holders'].size).toBe(0);
    expect(cache['locking']['holdings'].wakeUps['waiters'].size).toBe(0);
    await waitFor(() => cache['locking']['holdings'].returns.isEmpty, { what: 'the background work' });
    // Timers of the test runner come and go; the timer of a wait would remain for a minute.
    await waitFor(() => timers() <= before, { what: 'the timers of the waits to be gone' });
    await delay(0);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('continue when the connection for wake-ups breaks', async () => {
    const [cache, admin] = [await openHere(), await openHere()];
    const name = randomUUID();
    const work = cache.withLock(name, {}, () => delay(300));
    const waiting = Array.from({ length: 20 }, () => cache.withLock(name, {}, () => delay(1)));
    await waitFor(async () => (await subscribers(admin)) === 1, { what: 'the connection for wake-ups' });
    expect(await admin.getClient().call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
    await work;
    expect(await timed(Promise.all(waiting))).toBeLessThan(2000);
    await waitFor(async () => (await subscribers(admin)) === 1, { what: 'the connection to be back' });
  });
});
