import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, CommandTimeoutError, type LockOptions } from '../../lib/index.js';
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
  {
    kind: 'lock',
    space: 'lock',
    open: (cache: CachexService, options?: LockOptions) => cache.lock('name', options),
  },
  {
    kind: 'semaphore',
    space: 'sem',
    open: (cache: CachexService, options?: LockOptions) => cache.semaphore('name', 1, options),
  },
  {
    kind: 'lock of two names',
    space: 'lock',
    open: (cache: CachexService, options?: LockOptions) => cache.lock(['name', 'other'], options),
  },
  {
    kind: 'write lock',
    space: 'own:rw',
    open: (cache: CachexService, options?: LockOptions) => cache.rwLock('name', options).write(),
  },
];

describe.each(kinds)('a request of a $kind that arrives after its caller has given up', ({ space, open }) => {
  let server: RedisServer;
  let proxy: Proxy;
  let other: CachexService;
  const caches: CachexService[] = [];

  const through = async (poolSize: number): Promise<CachexService> => {
    const connection = {
      type: 'standalone',
      url: proxy.url,
      poolSize,
      connect: 'eager',
      commandTimeout: '600ms',
    } as const;
    caches.push(await openCache({ connection }, new QuietLogger()));
    return caches.at(-1)!;
  };
  const givenBack = (cache: CachexService): Promise<void> =>
    waitFor(() => cache['locking']['holdings'].returns.isEmpty, { what: 'it to be given back', every: 5 });
  const standing = (): Promise<number> => other.getClient().zcard(`:${space}:{1:name}:line`);

  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    proxy = await startProxy(server);
    other = await openCache({ connection: server.url });
  });
  beforeEach(async () => {
    await other.getClient().flushall();
    // So that all of them go by their digests, in one request each.
    await open(other).using((held) => held.extend(1));
  });
  afterEach(async () => {
    await Promise.all(caches.splice(0).map((cache) => cache.close()));
  });
  afterAll(async () => {
    await other.close();
    await proxy.stop();
    await server.stop();
  });

  it.each<[string, LockOptions]>([
    ['a lease', {}],
    ['no lease', { timeout: null }],
  ])('does not take it (%s)', async (_, options) => {
    const cache = await through(2);
    const late = proxy.holdNextRequest();
    expect(await failure(open(cache, options).acquire())).toBeInstanceOf(CommandTimeoutError);
    await givenBack(cache);
    await late.arrive();
    expect(await open(other).locked()).toBe(false);
    expect(await open(other).acquire({ blocking: false })).toBe(true);
  });

  it('does not acquire after the call was aborted', async () => {
    const cache = await through(2);
    const controller = new AbortController();
    const late = proxy.holdNextRequest();
    const acquiring = failure(open(cache).acquire({ signal: controller.signal }));
    await late.held;
    controller.abort(new Error('enough'));
    expect(await acquiring).toMatchObject({ message: 'enough' });
    await givenBack(cache);
    await late.arrive();
    expect(await open(other).locked()).toBe(false);
  });

  it('does not join the queue', async () => {
    const cache = await through(2);
    const [holder, next] = [open(other), open(other)];
    await holder.acquire();
    const waiting = failure(
      open(cache)
        .acquire({ blockingTimeout: '2s' })
        .then((had) => expect(had).toBe(true)),
    );
    await waitFor(async () => (await standing()) === 1, { what: 'the line', every: 5 });
    const late = proxy.holdNextRequest();
    await waiting;
    await givenBack(cache);
    expect(await standing()).toBe(0);
    await late.arrive();
    expect(await standing()).toBe(0);
    await holder.release();
    expect(await next.acquire({ blocking: false })).toBe(true);
  });

  it('does not acquire again after a later try of the same call has succeeded', async () => {
    const cache = await through(1);
    const [holder, one] = [open(other), open(cache)];
    await holder.acquire();
    const acquiring = one.acquire();
    await waitFor(async () => (await standing()) === 1, { what: 'the line', every: 5 });
    const late = proxy.holdNextRequest();
    await late.held;
    await holder.release();
    expect(await acquiring).toBe(true);
    await one.release();
    await late.arrive();
    expect(await open(other).locked()).toBe(false);
  });

  it('does not set a lease that has changed since', async () => {
    const cache = await through(2);
    const one = open(cache, { timeout: 2 });
    await one.acquire();
    const late = proxy.holdNextRequest();
    expect(await failure(one.reacquire())).toBeInstanceOf(CommandTimeoutError);
    await one.extend('1m');
    await late.arrive();
    expect(await open(other).acquire({ blockingTimeout: '3s' })).toBe(false);
    expect(await one.owned()).toBe(true);
  });

  it('is refused however long the server was away when it was released', async () => {
    const cache = await through(2);
    const late = proxy.holdNextRequest();
    const acquiring = failure(open(cache, { timeout: '200ms' }).acquire());
    await late.held;
    proxy.blackHole();
    await acquiring;
    await delay(500);
    await proxy.pass();
    await givenBack(cache);
    await late.arrive();
    expect(await open(other).locked()).toBe(false);
  });
});
