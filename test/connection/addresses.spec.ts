import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import { slotRanges, writeOwners } from '../../lib/connection/driver/slots-reply.js';
import type { CachexService } from '../../lib/index.js';
import { addressOf, clusterOf } from '../faults/faults.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import { startAll, stopAll } from '../servers/start-all.js';

const keys = Array.from({ length: 30 }, (_, n) => `key:${n}`);

describe('a node’s list of slots', () => {
  it('is read with the host that was asked if it names none', () => {
    const reply = [
      [0, 5, [null, 1, 'a', []], ['', 2, 'b', []]],
      [6, 9, ['?', 3, 'c', ['ip', '10.0.0.3']], ['?', 4, 'd', []], ['name', 5]],
    ] as const;
    expect(slotRanges(reply, 'asked')).toEqual([
      {
        start: 0,
        end: 5,
        servers: [
          { host: 'asked', port: 1 },
          { host: 'asked', port: 2 },
        ],
      },
      {
        start: 6,
        end: 9,
        servers: [
          { host: '10.0.0.3', port: 3 },
          { host: 'asked', port: 4 },
          { host: 'name', port: 5 },
        ],
      },
    ]);
  });
});

describe('a list that is none of slots', () => {
  it.each([
    [1],
    [[1]],
    [[[0, 5]]],
    [[[0, 2_000_000_000, ['a', 1]]]],
    [[[-5, 5, ['a', 1]]]],
    [[['a', 'b', ['a', 1]]]],
    [[[0, 5, null]]],
    [[[0, 5, [1, 1]]]],
    [[[0, 5, ['a', 'b']]]],
    [[[0, 5, ['a', 65_536]]]],
  ])('is refused: %j', (reply) => {
    expect(() => slotRanges(reply, 'asked')).toThrow(/unexpected shape/);
  });
});

describe('the owner of a slot that a node does not name', () => {
  it('is the last one that was known, as long as it is named for others', () => {
    const at = (host: string, start: number, end: number) => ({ start, end, places: [{ host, port: 1 }] });
    const slots: string[][] = [];
    writeOwners(slots, [at('a', 0, 1), at('b', 3, 4)]);
    writeOwners(slots, [at('a', 0, 0)]);
    expect(Object.entries(slots)).toEqual([
      ['0', ['a:1']],
      ['1', ['a:1']],
    ]);
  });
});

describe.each(['unknown-endpoint', 'hostname'])('nodes that are named by %s', (type) => {
  let cluster: RedisCluster;
  let cache: CachexService;
  beforeAll(async () => {
    const config = { 'cluster-preferred-endpoint-type': type };
    cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0, config });
    cache = await openCache({ connection: clusterOf(cluster) } as never, new QuietLogger('Cachex'));
  });
  afterAll(async () => {
    await cache.close();
    await cluster.stop();
  });

  it('are found at the host that was asked', async () => {
    await cache.setMany(keys.map((key) => [key, 1] as const));
    expect((await cache.getMany(keys)).size).toBe(keys.length);
    await cache.rpush('list', 'x');
    expect(await cache.blpop(['list'], '1s')).toEqual(['list', 'x']);
    expect((await cache.keys('key:*')).length).toBe(keys.length);
  });

  it('and followed, as they name each other in MOVED and ASK', async () => {
    const slot = hashSlot(':1:{moving}');
    await cache.setMany({ '{moving}a': 1, '{moving}b': 2 });
    const to = (await cluster.primaries()).find((node) => node.port !== cluster.nodes[0]!.port)!;
    const from = await cluster.slotOwner(slot);
    const target = from === to ? cluster.nodes[0]! : to;
    await cluster.setMigrating(slot, target);
    await cluster.migrateKeys(slot, target, [':1:{moving}a']);
    expect([...(await cache.getMany(['{moving}a', '{moving}b'])).values()]).toEqual([1, 2]);
    expect(await cache.pipeline({ transaction: true }).incr('{moving}a').execute()).toEqual([2]);
    await cluster.migrateKeys(slot, target);
    await cluster.finishMigration(slot, target);
    expect(await cache.incr('{moving}b')).toBe(3);
    expect(await cache.pipeline({ transaction: true }).incr('{moving}a').execute()).toEqual([3]);
  });
});

describe('a cluster whose addresses have all changed', () => {
  let cluster: RedisCluster;
  let old: Proxy[];
  let now: Proxy[];
  beforeAll(async () => {
    cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
    old = await startAll(cluster.nodes.map((node) => startProxy(node)));
    now = await startAll(cluster.nodes.map((node) => startProxy(node)));
  });
  afterEach(() => Promise.all(old.map((proxy) => proxy.pass())));
  afterAll(() => stopAll([...old, ...now, cluster]));

  it('is found soon if one of the given addresses leads to it, although the old ones are silent', async () => {
    let proxies = old;
    const ports = cluster.nodes.map(({ port }) => port);
    const natMap = (announced: string) => {
      const index = ports.indexOf(Number(announced.split(':').at(-1)));
      return index === -1 ? null : addressOf(proxies[index]!);
    };
    const nodes = [...old, now[0]!].map(addressOf);
    const connection = { type: 'cluster', nodes, natMap, commandTimeout: '2s', connectTimeout: '10s' };
    const cache = await openCache({ connection } as never, new QuietLogger('Cachex'));
    await cache.setMany(keys.map((key) => [key, 1] as const));
    for (const proxy of old) proxy.blackHole();
    proxies = now;
    const start = performance.now();
    await expect.poll(() => cache.set('key:0', 2).catch(() => false), { timeout: 60_000, interval: 10 }).toBe(true);
    // The first time, one call must be late.
    expect(performance.now() - start).toBeLessThan(2_000 + 5_000);
    expect((await cache.getMany(keys)).size).toBe(keys.length);
    await cache.close();
  }, 60_000);
});
