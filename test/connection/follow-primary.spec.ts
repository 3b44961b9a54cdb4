import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, StreamWorker } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { FakeSentinel } from '../servers/fake-sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let servers: [RedisServer, RedisServer];
let sentinels: FakeSentinel[];
let caches: CachexService[];
beforeEach(async () => {
  caches = [];
  servers = await Promise.all([
    startServer({ engine: 'redis', config: { 'tcp-backlog': '1' } }),
    startServer({ engine: 'valkey' }),
  ]);
  sentinels = await Promise.all([1, 2, 3].map(() => FakeSentinel.start(servers[0])));
});
afterEach(async () => {
  for (const server of servers) if (server.isRunning) server.resume();
  await Promise.all(caches.map((cache) => cache.close()));
  await Promise.all(sentinels.map((sentinel) => sentinel[Symbol.asyncDispose]()));
  await Promise.all(servers.map((server) => server.stop()));
});

async function open(options: object = {}, logger = new QuietLogger('Cachex')): Promise<CachexService> {
  const connection = {
    type: 'sentinel',
    name: 'mymaster',
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    connect: 'eager',
    ...options,
  } as const;
  const cache = await openCache({ connection }, logger);
  caches.push(cache);
  await waitFor(() => sentinels.every(({ listeners }) => listeners > 0), { what: 'the watch of the Sentinels' });
  return cache;
}

/** A cache for this server only. */
async function at(server: RedisServer): Promise<CachexService> {
  const cache = await openCache({ connection: server.url });
  caches.push(cache);
  return cache;
}

/** A running consumer, and the numbers of the entries that it has handled. */
function consume(cache: CachexService): { worker: StreamWorker<{ n: number }>; seen: number[] } {
  const seen: number[] = [];
  const options = { stream: 's', group: 'g', block: '60s', retryDelay: '200s' };
  const worker = new StreamWorker<{ n: number }>(
    cache,
    options,
    ({ fields }) => seen.push(fields.n),
    new QuietLogger(),
  );
  worker.start();
  return { worker, seen };
}

/** The clients of a server, apart from the test's own, whose last command was this one. */
async function clientsOf(server: RedisServer, command: RegExp): Promise<string[]> {
  const lines = (await server.cli('CLIENT', 'LIST')).trimEnd().split('\n');
  return lines.filter((line) => !line.includes('user=test-admin') && command.test(/ cmd=(\S*)/.exec(line)![1]!));
}
const waitingAt = (server: RedisServer, command: RegExp, count = 1) =>
  waitFor(async () => (await clientsOf(server, command)).length === count, { what: `${count} of ${command} there` });

const waitingAtAll = (server: RedisServer, names: string[]) =>
  waitFor(
    async () => {
      const lines = await clientsOf(server, /./);
      return names.every((name) => lines.some((line) => line.includes(` cmd=${name} `)));
    },
    { what: `${names.join()} there` },
  );

const promote = (server: { host: string; port: number }) => sentinels.forEach((sentinel) => sentinel.announce(server));

describe('when the Sentinels name another primary while the old one continues', () => {
  it('blocking calls continue there, with their remaining time', async () => {
    const cache = await open();
    const endless = cache.blpop(['endless'], null);
    const popped = cache.blpop<string>(['list'], '60s');
    const moved = cache.blmove<string>('from', 'to', 'LEFT', 'RIGHT', 60);
    const short = cache.blpop(['list'], '3s');
    await waitingAt(servers[0], /^bl/, 4);
    promote(servers[1]);
    await waitingAt(servers[1], /^bl/, 4);
    expect(await clientsOf(servers[0], /^bl/)).toEqual([]);
    expect(await short).toBeUndefined();
    await cache.rpush('endless', 1);
    await cache.rpush('list', 'x');
    await cache.rpush('from', 'y');
    expect(await Promise.all([endless, popped, moved])).toEqual([['endless', 1], ['list', 'x'], 'y']);
  });

  it('an element from the old primary is returned to its caller', async () => {
    const cache = await open();
    const old = await at(servers[0]);
    const callers = Array.from({ length: 20 }, (_, n) => cache.blpop<number>([`list:${n}`], '60s'));
    await waitingAt(servers[0], /^blpop$/, 20);
    const pushes = callers.map((_, n) => old.rpush(`list:${n}`, n));
    promote(servers[1]);
    await Promise.all(pushes);
    // Calls whose time is over before find nothing at the new primary.
    const lengths = await Promise.all(callers.map((_, n) => old.llen(`list:${n}`)));
    for (const [n, length] of lengths.entries()) if (length > 0) await cache.rpush(`list:${n}`, n);
    expect(await Promise.all(callers)).toEqual(callers.map((_, n) => [`list:${n}`, n]));
  });

  it('connections that wait for the next blocking call are left', async () => {
    const cache = await open();
    await cache.rpush('list', 'old');
    expect(await cache.blpop(['list'], '1s')).toEqual(['list', 'old']);
    promote(servers[1]);
    await waitFor(async () => (await clientsOf(servers[0], /./)).length === 0, { what: 'the old one to be left' });
    await (await at(servers[1])).rpush('list', 'new');
    expect(await cache.blpop(['list'], '10s')).toEqual(['list', 'new']);
  });

  it('a reader continues from its last entry', async () => {
    const cache = await open();
    const found = cache.xread<{ n: number }>({ stream: '$' }, { block: null });
    await waitingAt(servers[0], /^xread$/);
    promote(servers[1]);
    await (await at(servers[1])).xadd('stream', { n: 1 });
    expect([...(await found).values()].flat().map(({ fields }) => fields)).toEqual([{ n: 1 }]);
  });

  it('a consumer handles entries that are added there', async () => {
    const cache = await open();
    const { worker, seen } = consume(cache);
    await waitingAt(servers[0], /^xreadgroup$/);
    promote(servers[1]);
    await (await at(servers[1])).xadd('s', { n: 1 });
    await expect.poll(() => seen).toEqual([1]);
    await worker.stop();
  });

  it('waiters for locks hear the new primary', async () => {
    const cache = await open();
    const lock = cache.lock('lock', { timeout: '60s' });
    await lock.acquire();
    const waiting = cache.lock('lock', { blockingTimeout: 60 }).acquire();
    await waitingAt(servers[0], /^subscribe$|^ping$/);
    promote(servers[1]);
    await waitFor(
      async () =>
        (await servers[1].cli('PUBSUB', 'CHANNELS')).length > 0 && (await servers[0].cli('PUBSUB', 'CHANNELS')) === '',
      { what: 'the wake-ups to follow' },
    );
    expect(await waiting).toBe(true);
  });

  it('a Sentinel that was cut off silently is asked again', async () => {
    const cache = await open();
    await cache.set('key', 1);
    for (const sentinel of sentinels) sentinel.isSilent = true;
    await waitFor(() => sentinels.every(({ listeners }) => listeners === 0), { what: 'the silence to be noticed' });
    for (const sentinel of sentinels) {
      sentinel.promote(servers[1]);
      sentinel.isSilent = false;
    }
    const there = await at(servers[1]);
    await expect
      .poll(async () => {
        await cache.set('key', 2);
        return there.get('key');
      })
      .toBe(2);
  });
});

describe('a healthy connection', () => {
  it.each([
    ['a name', 'localhost', '127.0.0.1'],
    ['an address', '127.0.0.1', 'localhost'],
    ['the same name', 'localhost', 'localhost'],
  ])('is kept when a late Sentinel says so by %s', async (_, late, early) => {
    const { port } = servers[0];
    for (const sentinel of sentinels) sentinel.primary = { host: early, port };
    const cache = await open();
    let cuts = 0;
    (cache.getClient() as Redis).on('close', () => cuts++);
    const popped = cache.blpop(['list'], '60s');
    await waitingAt(servers[0], /^blpop$/);
    const [client] = await clientsOf(servers[0], /^blpop$/);
    sentinels[2]!.announce({ host: late, port });
    // Gives the announcement time to arrive.
    for (let n = 0; n < 50; n++) await cache.set('key', n);
    await sleep(300);
    expect(cuts).toBe(0);
    const idOf = (line: string) => /^id=(\d+)/.exec(line)![1];
    expect((await clientsOf(servers[0], /^blpop$/)).map(idOf)).toEqual([idOf(client!)]);
    await cache.rpush('list', 1);
    await popped;
  });
});

it('a connection that reconnects again and again finds the primary each time', async () => {
  const logger = new QuietLogger('Cachex');
  const cache = await open({}, logger);
  const client = cache.getClient() as Redis;
  for (let n = 0; n < 7; n++) {
    const closed = once(client, 'close');
    client.disconnect(true);
    await closed;
    await cache.set('key', n);
  }
  expect(logger.lines).toEqual([]);
});

describe('when the host of the primary is gone', () => {
  const sockets: Socket[] = [];
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

  /** Freezes a server with a full connection queue: like a host that has disappeared, it answers nothing. */
  async function vanish(server: RedisServer): Promise<void> {
    server.pause();
    for (;;) {
      const socket = connect(server.port, server.host).on('error', () => undefined);
      sockets.push(socket);
      const isTaken = await Promise.race([once(socket, 'connect').then(() => true), sleep(300, false)]);
      if (!isTaken) return;
    }
  }

  it('an attempt to reach it is given up for the one that the Sentinels name', async () => {
    const cache = await open({ commandTimeout: '500ms', connectTimeout: '60s' });
    const client = cache.getClient() as Redis;
    await cache.set('key', 1);
    await vanish(servers[0]);
    const connecting = new Promise((resolve) => client.once('connecting', resolve));
    await cache.set('key', 2).catch(() => undefined);
    await connecting;
    const { asked } = sentinels.reduce((sum, each) => ({ asked: sum.asked + each.asked }), { asked: 0 });
    await waitFor(() => sentinels.reduce((sum, each) => sum + each.asked, 0) > 0, {
      what: 'the Sentinels to be asked',
    });
    expect(asked).toBeGreaterThan(0);
    await waitFor(() => client.stream.connecting, { what: 'the attempt' });
    promote(servers[1]);
    await waitFor(() => cache.set('key', 3).catch(() => false), { what: 'a write' });
  });

  it('a Sentinel that is gone with it delays nobody', async () => {
    const cache = await open({ commandTimeout: '2s', connectTimeout: '60s' });
    const client = cache.getClient() as Redis;
    for (const sentinel of sentinels.slice(0, 2)) sentinel.isSilent = true;
    await vanish(servers[0]);
    sentinels[2]!.announce(servers[1]);
    await waitFor(() => cache.set('key', 1).catch(() => false), { what: 'a write' });
    expect(client.stream.remotePort).toBe(servers[1].port);
  });

  it('blocking calls, consumers and waiters for locks are at the new one soon', async () => {
    const cache = await open({ commandTimeout: '2s', connectTimeout: '60s' });
    const { worker, seen } = consume(cache);
    await cache.lock('lock', { timeout: '60s' }).acquire();
    const waiting = cache.lock('lock', { blockingTimeout: 60 }).acquire();
    const read = cache.xread({ stream: '$' }, { block: '60s' });
    const popped = cache.blpop(['list'], '60s').catch(() => cache.blpop(['list'], '60s'));
    await waitingAtAll(servers[0], ['xreadgroup', 'xread', 'blpop']);
    await vanish(servers[0]);
    promote(servers[1]);
    await waitFor(async () => (await servers[1].cli('PUBSUB', 'CHANNELS')).length > 0, { what: 'the wake-ups' });
    await waitingAtAll(servers[1], ['xreadgroup', 'xread', 'blpop']);
    await cache.rpush('list', 1);
    await cache.xadd('s', { n: 1 });
    await cache.xadd('stream', { n: 1 });
    expect(await popped).toEqual(['list', 1]);
    expect((await read).size).toBe(1);
    await waitFor(() => seen.length === 1, { what: 'the entry' });
    await waiting;
    await worker.stop();
  });
});
