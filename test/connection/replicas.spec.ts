import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CachexOptions, CachexService } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { isInSync, startReplica } from '../servers/replication.js';
import { startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { startAll, stopAll } from '../servers/start-all.js';
import { waitFor } from '../servers/wait-for.js';

interface Deployment {
  readonly connection: NonNullable<CachexOptions['connection']>;
  readonly primaries: readonly RedisServer[];
  readonly replicas: readonly RedisServer[];
  stop(): Promise<void>;
}

const addressOf = ({ host, port }: RedisServer) => ({ host, port });

async function standalone(): Promise<Deployment> {
  const primary = await startServer({ engine: 'redis' });
  const replicas = await startAll([startReplica(primary), startReplica(primary)]);
  const connection = { ...addressOf(primary), replicas: replicas.map(addressOf) };
  return { connection, primaries: [primary], replicas, stop: () => stopAll([primary, ...replicas]) };
}

async function sentinel(): Promise<Deployment> {
  const deployment = await startSentinel({ engine: 'redis' });
  const { name, sentinels } = deployment;
  return {
    connection: { type: 'sentinel', name, sentinels: sentinels.map(addressOf), readFrom: 'replica' },
    primaries: [await deployment.primary()],
    replicas: [await deployment.replica()],
    stop: () => deployment.stop(),
  };
}

async function cluster(): Promise<Deployment> {
  const nodes = await startCluster({ engine: 'valkey', primaries: 2, config: { 'repl-ping-replica-period': '1' } });
  // Nodes do not list a replica that has never received a command.
  const ping = { what: 'every node to name every replica', timeout: 20_000 };
  await waitFor(async () => {
    const views = await Promise.all(nodes.nodes.map((node) => node.cli('CLUSTER', 'SLOTS')));
    return views.every((view) => nodes.nodes.every(({ port }) => view.includes(String(port))));
  }, ping);
  return {
    connection: {
      type: 'cluster',
      nodes: nodes.nodes.map(addressOf),
      readFrom: 'replica',
      redisOptions: { slotsRefreshInterval: 500 },
    },
    primaries: await nodes.primaries(),
    replicas: await nodes.replicas(),
    stop: () => nodes.stop(),
  };
}

async function callsOf(name: string, servers: readonly RedisServer[]): Promise<number[]> {
  const stats = await Promise.all(servers.map((server) => server.cli('INFO', 'commandstats')));
  return stats.map((each) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(each)?.[1] ?? 0));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const keys = Array.from({ length: 40 }, (_, n) => `key:${n}`);

describe.each(Object.entries({ standalone, sentinel, cluster }))('replicas of a %s', (_, start) => {
  let deployment: Deployment;
  let cache: CachexService;

  beforeAll(async () => {
    deployment = await start();
  });
  afterAll(async () => {
    await deployment.stop();
  });
  beforeEach(async () => {
    const connection = { ...(deployment.connection as object), commandTimeout: '2s' };
    cache = await openCache({ connection }, new QuietLogger('Cachex'));
    await cache.setMany(keys.map((key) => [key, key] as const));
    await Promise.all(deployment.primaries.map((primary) => primary.cli('WAIT', '1', '5000')));
    // Connections to replicas open in the background.
    await waitFor(
      async () => {
        await resetStats();
        await expectAll();
        return sum(await callsOf('get', deployment.primaries)) === 0;
      },
      { what: 'replicas to answer the reads' },
    );
    await resetStats();
  });
  afterEach(async () => {
    await cache.close();
  });

  const servers = () => [...deployment.primaries, ...deployment.replicas].filter((server) => server.isRunning);
  const resetStats = () => Promise.all(servers().map((server) => server.cli('CONFIG', 'RESETSTAT')));
  const expectAll = async () => expect(await Promise.all(keys.map((key) => cache.get(key)))).toEqual(keys);

  it('answer reads, all of them', async () => {
    await expectAll();
    const reads = await callsOf('get', deployment.replicas);
    expect(sum(reads)).toBe(keys.length);
    expect(Math.min(...reads)).toBeGreaterThan(0);
    expect((await cache.getMany(keys)).size).toBe(keys.length);
    expect(await cache.pipeline().get(keys[0]!).hasKey(keys[0]!).execute()).toEqual([keys[0], true]);
    expect(sum(await callsOf('get', deployment.primaries)) + sum(await callsOf('mget', deployment.primaries))).toBe(0);
  });

  it('get no writes, no transactions and no scripts', async () => {
    const pipe = cache.pipeline().set('{k}a', 1).get('{k}a').incr('{k}a');
    expect(await pipe.execute()).toEqual([true, 1, 2]);
    expect(await cache.pipeline({ transaction: true }).get('{k}a').hasKey('{k}a').execute()).toEqual([2, true]);
    expect(await cache.incr('{k}b', 1, { initial: 10 })).toBe(11);
    expect(await cache.evalScript(cache.registerScript('read', `return redis.call('GET', KEYS[1])`), ['{k}a'])).toBe(
      '2',
    );
    await cache.rpush('list', 'x');
    expect(await cache.blpop(['list'], '5s')).toEqual(['list', 'x']);
  });

  it('are not asked for what a write has to know of an entry with many tags', async () => {
    const tags = Array.from({ length: 30 }, (_, index) => `a tag of some length, number ${index}`);
    await cache.getOrSet('{k}tagged', () => 1, { timeout: '1m', grace: '1h', tags });
    expect(await cache.touch('{k}tagged', '2m')).toBe(true);
    expect(sum(await callsOf('getrange', deployment.replicas))).toBe(0);
  });

  it('are read through getClient({ write: false })', async () => {
    if ((deployment.connection as { type?: string }).type === 'cluster') return;
    const client = cache.getClient({ write: false });
    expect(await client.info('replication')).toContain('role:slave');
    expect(await cache.getClient().info('replication')).toContain('role:master');
  });

  it('are skipped while they are away, and used again when they are back', async () => {
    const [replica] = deployment.replicas as [RedisServer];
    await replica.kill();
    for (let round = 0; round < 5; round++) {
      await expectAll();
      expect((await cache.getMany(keys)).size).toBe(keys.length);
    }
    await replica.restart();
    await resetStats();
    await waitFor(
      async () => {
        await expectAll();
        return sum(await callsOf('get', [replica])) > 0;
      },
      { what: 'the replica to answer reads again', timeout: 20_000, every: 200 },
    );
  });

  it('are skipped while they have no data', async () => {
    const [replica] = deployment.replicas as [RedisServer];
    await replica.cli('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
    await replica.cli('CONFIG', 'SET', 'masteruser', 'nobody', 'masterauth', 'wrong');
    await Promise.all(deployment.primaries.map((primary) => primary.cli('CLIENT', 'KILL', 'TYPE', 'replica')));
    await waitFor(async () => (await replica.cli('INFO', 'replication')).includes('master_link_status:down'), {
      what: 'the replica to lose its primary',
    });
    for (let round = 0; round < 5; round++) {
      await expectAll();
      expect((await cache.getMany(keys)).size).toBe(keys.length);
    }
    await replica.cli('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    await replica.cli('CONFIG', 'SET', 'masteruser', '', 'masterauth', '');
    await waitFor(() => isInSync(replica), { what: 'the replica to follow its primary again' });
  });

  it('are skipped while they are silent, and for a while afterwards', async () => {
    const [replica] = deployment.replicas as [RedisServer];
    replica.pause();
    try {
      await expectAll();
      expect((await cache.getMany(keys)).size).toBe(keys.length);
    } finally {
      replica.resume();
    }
  });

  it('answer reads while the primary is away', async () => {
    await deployment.primaries[0]!.kill();
    for (let round = 0; round < 5; round++) await expectAll();
  });
});
