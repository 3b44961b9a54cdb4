import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CachexOptions, type ClusterConnection, ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import { startAll, stopAll } from '../servers/start-all.js';

let cluster: RedisCluster;
let proxies: Proxy[];
beforeAll(async () => {
  cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
  proxies = await startAll(cluster.nodes.map((node) => startProxy(node)));
});
afterAll(async () => {
  await stopAll([...proxies, cluster]);
});

const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });
const announced = (index: number): string => `127.0.0.1:${cluster.nodes[index]!.port}`;

const asObject = () => Object.fromEntries(proxies.map((proxy, index) => [announced(index), addressOf(proxy)]));
const asFunction = () => (key: string) => asObject()[key] ?? null;

describe.each([
  ['an object', asObject],
  ['a function', asFunction],
])('natMap as %s', (_, natMap) => {
  const open = (options: object = {}) => {
    const connection = { type: 'cluster', nodes: proxies.map(addressOf), natMap: natMap(), ...options } as const;
    return openCache({ connection } as CachexOptions, new QuietLogger('Cachex'));
  };

  it('leads every connection to a reachable address', async () => {
    const cache = await open({ connect: 'eager' });
    const keys = Array.from({ length: 60 }, (__, n) => `key:${n}`);
    await cache.setMany(keys.map((key) => [key, 1] as const));
    const waiting = cache.blpop(['list'], '10s');
    await cache.rpush('list', 'x');
    expect(await waiting).toEqual(['list', 'x']);
    expect(await cache.pipeline({ transaction: true }).incr('{k}').incr('{k}').execute()).toEqual([1, 2]);
    // The driver asks for slots on a short-lived connection, so the test counts only its own.
    for (const node of cluster.nodes) {
      const clients = (await node.cli('CLIENT', 'LIST')).split('\n').filter((line) => /user=default/.test(line));
      const byProxy = proxies[cluster.nodes.indexOf(node)]!.connections;
      expect(clients.length).toBeGreaterThan(0);
      expect(byProxy).toBeGreaterThanOrEqual(clients.length);
    }
    expect(await cache.clear()).toBe(61);
    await cache.close();
  });

  it('still applies to a slot that has moved', async () => {
    const cache = await open({ connect: 'eager' });
    await cache.set('moved', 1);
    const slot = Number(await cluster.cli('CLUSTER', 'KEYSLOT', ':1:moved'));
    const from = await cluster.slotOwner(slot);
    const to = cluster.nodes.find((node) => node !== from)!;
    await cluster.moveSlot(slot, to);
    expect(await cache.incr('moved')).toBe(2);
    expect(await cache.pipeline({ transaction: true }).incr('moved').execute()).toEqual([3]);
    expect(await cache.keys('moved')).toEqual(['moved']);
    await cluster.moveSlot(slot, from);
    expect(await cache.deleteMany(['moved', 'missing'])).toBe(1);
    await cache.close();
  });

  it('is the only way if nobody listens at the announced addresses', async () => {
    await Promise.all(proxies.map((proxy) => proxy.refuse()));
    const cache = await open({ commandTimeout: '1s' });
    await expect(cache.get('key')).rejects.toThrow(ConnectionError);
    await Promise.all(proxies.map((proxy) => proxy.pass()));
    await expect.poll(() => cache.get('key').catch(() => 'away'), { timeout: 20_000 }).toBeUndefined();
    await cache.close();
  });
});

it('a natMap that leads every node to the same one makes calls fail with an explanation', async () => {
  const natMap = () => addressOf(cluster.nodes[0]!);
  const connection: ClusterConnection = { type: 'cluster', nodes: [announced(0)], natMap, connect: 'eager' };
  const cache = await openCache({ connection }, new QuietLogger('Cachex'));
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => cache.set(`k${n}`, n).catch(String)));
  expect(outcomes).toContainEqual(
    expect.stringMatching(
      /^ConnectionError: SET "k\d+": the cluster of .* kept redirecting the call from node to node.*: MOVED \d+/,
    ),
  );
  await cache.close();
});
