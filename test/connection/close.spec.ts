import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { type CachexOptions, type CachexService, ConnectionError } from '../../lib/index.js';
import { clusterOf, sentinelOf } from '../faults/faults.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { startProxy } from '../servers/proxy.js';
import { startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

/** The tolerance beyond `commandTimeout` on a busy machine. */
const limitMs = 8_000;

const resources: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of resources.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});
function keep<T extends AsyncDisposable>(resource: T): T {
  resources.push(resource);
  return resource;
}

const open = (connection: object, options: CachexOptions = {}): Promise<CachexService> =>
  openCache({ connection: { commandTimeout: '1500ms', ...connection }, ...options }, new QuietLogger('Cachex'));

/** Whether it ends in time. */
async function ends(closing: Promise<void>): Promise<boolean> {
  const controller = new AbortController();
  const late = sleep(limitMs, false, { signal: controller.signal, ref: false }).catch(() => false);
  const isInTime = await Promise.race([closing.then(() => true), late]);
  controller.abort();
  return isInTime;
}

interface Place {
  readonly connection: object;
  readonly servers: readonly RedisServer[];
}

const places: Record<string, () => Promise<Place>> = {
  standalone: async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    return { connection: { host: server.host, port: server.port }, servers: [server] };
  },
  sentinel: async () => {
    const deployment = keep(await startSentinel({ engine: 'valkey' }));
    return { connection: sentinelOf(deployment), servers: [...deployment.servers, ...deployment.sentinels] };
  },
  cluster: async () => {
    const cluster = keep(await startCluster({ engine: 'redis' }));
    return { connection: clusterOf(cluster), servers: cluster.nodes };
  },
};

/** Opens connections of every kind: shared ones, idle and waiting ones of blocking calls, and subscriptions. */
async function useAll(cache: CachexService): Promise<{ outcomes: Promise<PromiseSettledResult<unknown>[]> }> {
  await cache.blpop(['list'], '10ms');
  await cache.xread({ stream: '0' }, { block: '10ms' });
  const lock = cache.lock('lock', { timeout: '1m' });
  await lock.acquire();
  const waiting = [
    cache.blpop(['list'], null),
    cache.xread({ stream: '$' }, { block: null }),
    cache.lock('lock', { blockingTimeout: 60 }).acquire(),
  ];
  const outcomes = Promise.allSettled(waiting);
  await sleep(200);
  return { outcomes };
}

/** Seconds, so that one `commandTimeout` differs clearly from two. */
const longMs = 2_000;

describe.each(Object.keys(places))('close() on %s', (name) => {
  it('ends while the servers are frozen, whatever was open', async () => {
    const { connection, servers } = await places[name]!();
    const cache = await open(connection, { tracking: true });
    const { outcomes } = await useAll(cache);
    for (const server of servers) server.pause();
    expect(await ends(cache.close())).toBe(true);
    // A slow machine may have waited for commandTimeout before.
    const ended = expect.stringMatching(/^CACHEX_(CONNECTION|COMMAND_TIMEOUT)$/);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: ended } });
    for (const server of servers) server.resume();
  });

  it('ends after a blocking call while the servers are frozen', async () => {
    const { connection, servers } = await places[name]!();
    const cache = await open(connection);
    await cache.blpop(['list'], '10ms');
    await cache.xread({ stream: '0' }, { block: '10ms' });
    for (const server of servers) server.pause();
    expect(await ends(cache.close())).toBe(true);
    for (const server of servers) server.resume();
  });

  it('cuts connections to servers that do not answer, without waiting for their ends', async () => {
    const { connection, servers } = await places[name]!();
    const patient = { disconnectTimeout: 60_000, socketTimeout: 60_000 };
    const redisOptions = name === 'cluster' ? { redisOptions: patient } : patient;
    const cache = await open({ ...connection, redisOptions });
    await cache.lock('held').acquire();
    const client = cache.getClient();
    const streams = (client instanceof Cluster ? client.nodes() : [client]).map(({ stream }) => stream);
    for (const server of servers) server.pause();
    await cache.close();
    expect(streams.map(({ destroyed }) => destroyed)).toEqual(streams.map(() => true));
    for (const server of servers) server.resume();
  });

  it('waits no longer than commandTimeout for locks that cannot be released', async () => {
    const { connection, servers } = await places[name]!();
    const cache = await open({ ...connection, commandTimeout: `${longMs}ms` });
    await cache.lock('held').acquire();
    for (const server of servers) server.pause();
    const acquiring = Promise.allSettled([cache.lock('other').acquire({ blocking: false })]);
    const start = performance.now();
    await cache.close();
    expect(performance.now() - start).toBeLessThan(1.9 * longMs);
    await acquiring;
    for (const server of servers) server.resume();
  });
});

describe('close()', () => {
  it('ends when the network swallows everything', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const proxy = keep(await startProxy(server));
    const cache = await open({ host: proxy.host, port: proxy.port }, { tracking: true });
    const { outcomes } = await useAll(cache);
    proxy.blackHole();
    expect(await ends(cache.close())).toBe(true);
    await outcomes;
  });

  it('ends while connections are being opened', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const proxy = keep(await startProxy(server));
    proxy.blackHole();
    const cache = await open({ host: proxy.host, port: proxy.port });
    const calls = Promise.allSettled([cache.get('a'), cache.blpop(['list'], null)]);
    expect(await ends(cache.close())).toBe(true);
    await calls;
  });

  it('ends while they are being restored', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const proxy = keep(await startProxy(server));
    const cache = await open({ host: proxy.host, port: proxy.port }, { tracking: true });
    const { outcomes } = await useAll(cache);
    await proxy.refuse();
    await waitFor(
      () =>
        cache.get('a').then(
          () => false,
          (error) => error instanceof ConnectionError,
        ),
      {
        what: 'an attempt to fail',
      },
    );
    expect(await ends(cache.close())).toBe(true);
    await outcomes;
  });

  it('ends if no Sentinel answers', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const proxy = keep(await startProxy(server));
    proxy.blackHole();
    const sentinels = [{ host: proxy.host, port: proxy.port }];
    const cache = await open({ type: 'sentinel', name: 'mymaster', sentinels, connectTimeout: '30s' });
    const calls = Promise.allSettled([cache.get('a'), cache.blpop(['list'], null)]);
    expect(await ends(cache.close())).toBe(true);
    await calls;
  });

  it('ends blocking calls that wait for a server to become a primary again', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const cache = await open({ host: server.host, port: server.port, commandTimeout: '5s' });
    await cache.blpop(['list'], '10ms');
    await server.cli('REPLICAOF', server.host, '1');
    const popping = cache.blpop(['list'], null).catch((error: unknown) => error);
    await waitFor(async () => /errorstat_READONLY/.test(await server.cli('INFO', 'errorstats')), {
      what: 'the call to be refused',
      every: 1,
    });
    await cache.close();
    await server.cli('REPLICAOF', 'NO', 'ONE');
    await server.cli('RPUSH', ':1:list', '1');
    expect(await popping).toBeInstanceOf(ConnectionError);
    expect(await server.cli('LLEN', ':1:list')).toBe('1');
  });

  it('may be called twice, and at the same time', async () => {
    const server = keep(await startServer({ engine: 'redis' }));
    const cache = await open({ host: server.host, port: server.port }, { tracking: true });
    const { outcomes } = await useAll(cache);
    server.pause();
    expect(await ends(Promise.all([cache.close(), cache.close()]).then(() => undefined))).toBe(true);
    expect(await ends(cache.close())).toBe(true);
    await outcomes;
    server.resume();
  });
});
