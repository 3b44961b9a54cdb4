import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CachexOptions,
  type CachexService,
  CommandTimeoutError,
  ConnectionError,
  ReadOnlyError,
  resolveOptions,
} from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type SentinelDeployment, startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';

let server: RedisServer;
let caches: CachexService[];
beforeEach(async () => {
  caches = [];
  server = await startServer({ engine: 'valkey' });
});
afterEach(async () => {
  if (server.isRunning) server.resume();
  await Promise.all(caches.map((cache) => cache.close()));
  await server.stop();
});

async function open(connection: object = {}, options: CachexOptions = {}): Promise<CachexService> {
  const { host, port } = server;
  const cache = await openCache(
    { connection: { host, port, commandTimeout: '1s', connect: 'eager', ...connection }, ...options },
    new QuietLogger('Cachex'),
  );
  caches.push(cache);
  return cache;
}

/** The server's clients, apart from the test's own, by their last command. */
async function clientsOf(commands: RegExp): Promise<string[]> {
  const lines = (await server.cli('CLIENT', 'LIST')).trimEnd().split('\n');
  return lines.filter((line) => !line.includes('user=test-admin') && commands.test(/ cmd=(\S*)/.exec(line)![1]!));
}

const blocked = () => clientsOf(/^blpop$/);
const statsOf = async (name: string): Promise<string> =>
  new RegExp(`^cmdstat_${name}:.*`, 'm').exec(await server.cli('INFO', 'commandstats'))?.[0] ?? '';
const settled = (calls: Promise<unknown>[]) => Promise.allSettled(calls);
const wait = (cache: CachexService, count: number, options = {}): Promise<unknown>[] =>
  Array.from({ length: count }, () => cache.blpop(['list'], '30s', options));

describe('blocking calls', () => {
  it('never hold up others: each waits on a separate connection', async () => {
    const cache = await open();
    const controller = new AbortController();
    const waiting = settled(wait(cache, 50, { signal: controller.signal }));
    await expect.poll(async () => (await blocked()).length).toBe(50);
    await cache.set('key', 1);
    // The shared connection has sent nothing but SET, and is not blocked.
    const shared = await clientsOf(/^set$/);
    expect(shared).toHaveLength(1);
    expect(shared[0]).not.toMatch(/ flags=\w*b/);
    expect(await Promise.all(Array.from({ length: 100 }, () => cache.get('key')))).toEqual(Array(100).fill(1));
    expect(await clientsOf(/./)).toHaveLength(51);
    controller.abort();
    await waiting;
    expect(await blocked()).toHaveLength(0);
  });

  it('open no connection before they need it, and reuse it', async () => {
    const cache = await open();
    expect(await clientsOf(/./)).toHaveLength(1);
    await cache.rpush('list', 1, 2, 3);
    for (let round = 1; round <= 3; round++) expect(await cache.blpop(['list'], '1s')).toEqual(['list', round]);
    expect(await clientsOf(/./)).toHaveLength(2);
    const [client] = await blocked();
    // CLIENT ID, BLPOP, and the commands that the driver sends when it connects.
    expect(Number(/tot-cmds=(\d+)/.exec(client!)?.[1] ?? 5)).toBeGreaterThanOrEqual(5);
  });

  it('open at most maxConnections; the others follow in order', async () => {
    const cache = await open({ maxConnections: 2 });
    const order: number[] = [];
    const calls = Array.from({ length: 6 }, (_, index) =>
      cache.blpop<string>([`list:${index}`], '30s').then(() => order.push(index)),
    );
    await expect.poll(async () => (await blocked()).length).toBe(2);
    for (let index = 0; index < 6; index++) {
      await cache.rpush(`list:${index}`, 'x');
      await calls[index];
      expect((await clientsOf(/./)).length).toBeLessThanOrEqual(3);
    }
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('that wait for their turn can be cancelled, and their time runs', async () => {
    const cache = await open({ maxConnections: 1 });
    const first = cache.blpop<string>(['first'], '30s');
    const controller = new AbortController();
    const cancelled = cache.blpop(['list'], null, { signal: controller.signal });
    const late = cache.blpop(['list'], '100ms');
    const last = cache.blpop<string>(['list'], '30s');
    await expect.poll(async () => (await blocked()).length).toBe(1);
    expect(await late).toBeUndefined();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(cancelled).rejects.toBe(reason);
    await cache.rpush('list', 'x');
    await cache.rpush('first', 'y');
    expect(await first).toEqual(['first', 'y']);
    expect(await last).toEqual(['list', 'x']);
  });

  it('whose time is over before their turn look once, without waiting', async () => {
    const cache = await open({ maxConnections: 1 });
    const first = settled([cache.blpop(['first'], '400ms')]);
    await cache.rpush('list', 'there all the time');
    expect(await cache.blpop(['list'], '50ms')).toEqual(['list', 'there all the time']);
    await first;
  });

  it('fail with ConnectionError when the cache is closed, those in the queue too', async () => {
    const cache = await open({ maxConnections: 2 });
    const waiting = settled(wait(cache, 4));
    await expect.poll(async () => (await blocked()).length).toBe(2);
    await cache.close();
    for (const outcome of await waiting)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(ConnectionError);
    await expect(cache.blpop(['list'], 1)).rejects.toThrow(ConnectionError);
    await expect.poll(() => clientsOf(/./)).toHaveLength(0);
  });

  it('fail with ConnectionError when the server goes away, and work again when it is back', async () => {
    const cache = await open();
    const waiting = settled(wait(cache, 3));
    await expect.poll(async () => (await blocked()).length).toBe(3);
    await server.kill();
    for (const outcome of await waiting) {
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(ConnectionError);
      expect((outcome as PromiseRejectedResult).reason.message).toMatch(/^BLPOP "list": /);
    }
    // This one also waits for the server.
    const later = cache.blpop(['list'], '10s');
    await server.restart();
    await expect.poll(() => cache.rpush('list', 'x').catch(() => 0)).toBe(1);
    expect(await later).toEqual(['list', 'x']);
  });

  it('fail within commandTimeout if there is no server', async () => {
    await server.kill();
    const cache = await open({ connect: 'background', commandTimeout: '300ms' });
    const start = performance.now();
    await expect(cache.blpop(['list'], null)).rejects.toThrow(ConnectionError);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('end when the server is frozen: by their timeout, or when they are cancelled', async () => {
    const cache = await open({ commandTimeout: '1s' });
    const controller = new AbortController();
    const late = settled([cache.blpop(['list'], '200ms')]);
    const cancelled = settled([cache.blpop(['list'], null, { signal: controller.signal })]);
    await expect.poll(async () => (await blocked()).length).toBe(2);
    server.pause();
    controller.abort('enough');
    expect((await late)[0]).toMatchObject({ reason: expect.any(CommandTimeoutError) });
    expect((await cancelled)[0]).toEqual({ status: 'rejected', reason: 'enough' });
  });

  it('do not spin in a loop while an outage is ignored', async () => {
    await server.kill();
    const cache = await open({ connect: 'background', commandTimeout: '50ms' }, { ignoreExceptions: true });
    const start = performance.now();
    expect(await cache.blpop(['list'], '30s')).toBeUndefined();
    expect(await cache.blmove('list', 'list', 'LEFT', 'LEFT', 0.1)).toBeUndefined();
    expect(performance.now() - start).toBeGreaterThan(1_100);
  });

  it('continue after an administrator has ended another wait', async () => {
    const cache = await open();
    const popped = cache.blpop(['list'], '30s');
    await expect.poll(async () => (await blocked()).length).toBe(1);
    const id = /^id=(\d+)/.exec((await blocked())[0]!)![1]!;
    await server.cli('CLIENT', 'UNBLOCK', id, 'TIMEOUT');
    expect(await popped).toBeUndefined();
  });

  it('continue while the server is not a primary for a moment', async () => {
    const cache = await open({ commandTimeout: '10s' });
    const waiting = cache.blpop(['list'], '30s');
    await expect.poll(async () => (await blocked()).length).toBe(1);
    await server.cli('REPLICAOF', '127.0.0.1', '1');
    const later = cache.blmove('list', 'other', 'LEFT', 'LEFT', '30s');
    const refused = async () => Number(/rejected_calls=(\d+)/.exec(await statsOf('blmove'))?.[1] ?? 0);
    await expect.poll(refused).toBeGreaterThan(0);
    await server.cli('REPLICAOF', 'NO', 'ONE');
    await cache.rpush('list', 'x');
    await cache.rpush('list', 'y');
    expect((await Promise.all([waiting, later])).flat().toSorted()).toEqual(['list', 'x', 'y']);
  });

  it('fail with ReadOnlyError within commandTimeout if it stays a replica', async () => {
    const cache = await open({ commandTimeout: '1s' });
    await server.cli('REPLICAOF', '127.0.0.1', '1');
    await expect(cache.blpop(['list'], '30s')).rejects.toThrow(ReadOnlyError);
  });

  it('end even if CLIENT UNBLOCK is forbidden', async () => {
    await server.cli('ACL', 'SETUSER', 'worker', 'on', '>secret', '~*', '+@all', '-client|unblock');
    const cache = await open({ username: 'worker', password: 'secret' });
    const controller = new AbortController();
    const popped = settled(wait(cache, 1, { signal: controller.signal }));
    await expect.poll(async () => (await blocked()).length).toBe(1);
    controller.abort('enough');
    expect(await popped).toEqual([{ status: 'rejected', reason: 'enough' }]);
    await expect.poll(async () => (await blocked()).length).toBe(0);
  });
});

describe('a wait during a failover', () => {
  let deployment: SentinelDeployment;
  beforeEach(async () => {
    deployment = await startSentinel({ engine: 'redis' });
  });
  afterEach(async () => {
    await deployment.stop();
  });

  it('continues at the new primary, or fails with ConnectionError; the next one works', async () => {
    const { name, sentinels } = deployment;
    const connection = {
      type: 'sentinel',
      name,
      sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    } as const;
    expect(resolveOptions({ connection }).connection.type).toBe('sentinel');
    const cache = await openCache({ connection }, new QuietLogger('Cachex'));
    caches.push(cache);
    const [waiting] = wait(cache, 1);
    const outcome = settled([waiting!]);
    await sleep(100);
    await deployment.failover();
    await expect.poll(() => cache.rpush('list', 'x').catch(() => 0), { timeout: 20_000 }).toBe(1);
    const [first] = await outcome;
    expect(first).toSatisfy((end: PromiseSettledResult<unknown>) =>
      end.status === 'fulfilled' ? String(end.value) === 'list,x' : end.reason instanceof ConnectionError,
    );
    await cache.rpush('list', 'y');
    expect(await cache.blpop(['list'], '5s')).toBeDefined();
  });
});
