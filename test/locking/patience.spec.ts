import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, ConnectionError, LockTimeoutError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );

const kinds = [
  { kind: 'lock', space: 'lock', open: (cache: CachexService) => cache.lock('name') },
  { kind: 'semaphore', space: 'sem', open: (cache: CachexService) => cache.semaphore('name', 1) },
];

describe.each(kinds)('a waiter for a $kind', ({ open, space }) => {
  let server: RedisServer;
  let proxy: Proxy;
  /** Bypasses the proxy. */
  let other: CachexService;
  const caches: CachexService[] = [];

  const through = async (commandTimeout: string): Promise<CachexService> => {
    const connection = { type: 'standalone', url: proxy.url, connect: 'eager', commandTimeout } as const;
    caches.push(await openCache({ connection }, new QuietLogger()));
    return caches.at(-1)!;
  };
  const standing = (count: number): Promise<void> =>
    waitFor(async () => (await other.getClient().zcard(`:${space}:{1:name}:line`)) === count, { what: 'the line' });
  /** The same, and their callers know. */
  const queued = async (cache: CachexService, count: number): Promise<void> => {
    await standing(count);
    await cache.get('behind their answers');
  };
  /** The ports of the proxy's connections that listen. */
  const listening = async (): Promise<number[]> => {
    const clients = String(await other.getClient().client('LIST')).split('\n');
    return clients
      .filter((client) => / sub=1 /.test(client))
      .map((client) => Number(/ addr=\S+:(\d+) /.exec(client)![1]));
  };

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    proxy = await startProxy(server);
    other = await openCache({ connection: server.url });
    await other.getClient().config('SET', 'busy-reply-threshold', '50');
  });
  beforeEach(async () => {
    await other.getClient().flushall();
    await open(other).using(() => undefined);
  });
  afterEach(async () => {
    await proxy.pass();
    await Promise.all(caches.splice(0).map((cache) => cache.close()));
  });
  afterAll(async () => {
    await other.close();
    await proxy.stop();
    await server.stop();
  });

  describe('while the server is frozen', () => {
    it('waits no longer than blockingTimeout', async () => {
      const cache = await through('20s');
      proxy.blackHole();
      const start = performance.now();
      const working = cache.withLock('other', { blockingTimeout: '300ms' }, () => expect.fail('called'));
      const acquired = open(cache).acquire({ blockingTimeout: '300ms' });
      expect(await failure(working)).toBeInstanceOf(LockTimeoutError);
      expect(await acquired).toBe(false);
      expect(performance.now() - start).toBeGreaterThan(290);
      expect(performance.now() - start).toBeLessThan(5000);
      await proxy.pass();
      expect(await open(other).acquire({ blockingTimeout: '10s' })).toBe(true);
    });

    it('gives up if it froze later', async () => {
      const cache = await through('20s');
      await open(other).acquire();
      const waiting = open(cache).acquire({ blockingTimeout: '1s' });
      await standing(1);
      const start = performance.now();
      proxy.blackHole();
      expect(await waiting).toBe(false);
      expect(performance.now() - start).toBeLessThan(5000);
    });

    it('ends at once by its signal', async () => {
      const cache = await through('20s');
      proxy.blackHole();
      const controller = new AbortController();
      const waiting = failure(open(cache).acquire({ signal: controller.signal }));
      controller.abort(new Error('enough'));
      expect(await waiting).toMatchObject({ message: 'enough' });
    });
  });

  it.each([undefined, '20s'])(
    'waits on when connections were refused (blockingTimeout: %j)',
    async (blockingTimeout) => {
      const cache = await through('2s');
      const holder = open(other);
      await holder.acquire();
      const waiting = Array.from({ length: 5 }, async () => {
        const one = open(cache);
        expect(await one.acquire({ blockingTimeout })).toBe(true);
        await one.release();
      });
      await queued(cache, 5);
      await proxy.refuse();
      await delay(500);
      await proxy.pass();
      await holder.release();
      await Promise.all(waiting);
    },
  );

  it.each([undefined, '20s'])(
    'waits on when its connection died silently (blockingTimeout: %j)',
    async (blockingTimeout) => {
      const cache = await through('1s');
      const holder = open(other);
      await holder.acquire();
      const waiting = open(cache).acquire({ blockingTimeout });
      await queued(cache, 1);
      proxy.cutSilently();
      await delay(1000);
      await holder.release();
      expect(await waiting).toBe(true);
    },
  );

  it('waits through an outage as long as blockingTimeout says', async () => {
    const cache = await through('200ms');
    await open(other).acquire();
    const start = performance.now();
    const waiting = failure(open(cache).acquire({ blockingTimeout: '1500ms' }));
    await queued(cache, 1);
    await proxy.refuse();
    expect(await waiting).toBeInstanceOf(ConnectionError);
    // Much longer than `commandTimeout`.
    expect(performance.now() - start).toBeGreaterThan(800);
  });

  it('keeps waiting while the server cannot answer, even before it is in the queue', async () => {
    const cache = await through('2s');
    const holder = open(other);
    await holder.acquire();
    const waiting = [open(cache).acquire()];
    await standing(1);
    const until = `local function ms() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end
      local e = ms() + 1000 while ms() < e do end`;
    const busy = spawn('redis-cli', ['-p', String(server.port), 'eval', until, '0']);
    await waitFor(
      () =>
        other.get('any').then(
          () => false,
          () => true,
        ),
      { what: 'BUSY', every: 10 },
    );
    const last = open(cache);
    waiting.push(last.acquire({ blockingTimeout: '20s' }));
    const released = failure(holder.release());
    await once(busy, 'exit');
    await released;
    expect(await waiting[0]).toBe(true);
    await other.getClient().flushall();
    expect(await waiting[1]).toBe(true);
  });

  it('gets its turn although wake-ups do not reach it, and delays nobody', async () => {
    const [deaf, sound] = [await through('300s'), other];
    const holder = open(sound);
    await holder.acquire();
    const had: string[] = [];
    let isOver = false;
    const loop = async (who: string, cache: CachexService): Promise<void> => {
      while (!isOver) {
        const one = open(cache);
        expect(await one.acquire()).toBe(true);
        had.push(who);
        await delay(5);
        await one.release();
      }
    };
    const loops = [loop('-', deaf), loop('s', sound), loop('s', sound)];
    await standing(3);
    await waitFor(async () => (await listening()).length === 2, { what: 'both to listen' });
    for (const port of await listening()) proxy.cutSilently(port);
    await holder.release();
    await waitFor(() => had.filter((who) => who === '-').length >= 6, { what: 'six turns', timeout: 25_000 });
    isOver = true;
    await Promise.all(loops);
    // A waiter that loses its place is overtaken by many others until its next heartbeat.
    expect(had.slice(0, had.lastIndexOf('-')).join('')).not.toContain('sssss');
  });
});
