import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import { type CachexService, ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { RedisServer } from '../servers/server.js';
import { startAll, stopAll } from '../servers/start-all.js';
import { waitFor } from '../servers/wait-for.js';

let cluster: RedisCluster;
let proxies: Proxy[];
beforeAll(async () => {
  cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
  proxies = await startAll(cluster.nodes.map((node) => startProxy(node)));
});
afterAll(() => stopAll([...proxies, cluster]));

const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });

function open(options: object = {}): Promise<CachexService> {
  const natMap = Object.fromEntries(
    cluster.nodes.map(({ host, port }, n) => [`${host}:${port}`, addressOf(proxies[n]!)]),
  );
  const connection = { type: 'cluster', nodes: proxies.map(addressOf), natMap, commandTimeout: '300ms', ...options };
  return openCache({ connection, timeout: null } as never, new QuietLogger('Cachex'));
}

const slot = hashSlot(':1:{t}');
const script = (cache: CachexService) => cache.registerScript('add', `return redis.call('INCR', KEYS[1])`);

/** Every kind of write. */
const writes: Readonly<Record<string, (cache: CachexService) => Promise<unknown>>> = {
  set: (cache) => cache.set('{t}n', 1),
  incr: (cache) => cache.incr('{t}n'),
  'incr with a timeout': (cache) => cache.incr('{t}n', 1, { timeout: 60 }),
  delete: (cache) => cache.delete('{t}n'),
  setMany: (cache) => cache.setMany({ '{t}n': 1, '{t}m': 2 }),
  deleteMany: (cache) => cache.deleteMany(['{t}n', '{t}m']),
  'a script': (cache) => cache.evalScript(script(cache), ['{t}n']),
  'a pipeline': (cache) => cache.pipeline().set('{t}n', 1).get('{t}n').incr('{t}n').execute(),
  'a transaction': (cache) => cache.pipeline({ transaction: true }).set('{t}n', 1).incr('{t}n').execute(),
  blpop: (cache) => cache.blpop(['{t}list'], '50ms'),
};

describe('a call given up on a cluster is not sent later', () => {
  let owner: RedisServer;
  let proxy: Proxy;
  beforeEach(async () => {
    owner = await cluster.slotOwner(slot);
    proxy = proxies[cluster.nodes.indexOf(owner)]!;
    await owner.cli('DEL', ':1:{t}n', ':1:{t}m', ':1:{t}list');
    await owner.cli('RPUSH', ':1:{t}list', '"x"');
  });

  const valueAndList = async () => [await owner.cli('GET', ':1:{t}n'), await owner.cli('LLEN', ':1:{t}list')];
  const reached = (cache: CachexService) =>
    waitFor(async () => (await cache.hasKey('{t}other').catch(() => undefined)) === false, { what: 'the node again' });

  it('while the connection to a node is being opened', async () => {
    const cache = await open();
    await reached(cache);
    proxy.blackHole();
    proxy.dropConnections();
    const calls = Object.values(writes).map((call) => call(cache));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    await owner.cli('SET', ':1:{t}n', '77');
    await proxy.pass();
    await reached(cache);
    expect(await valueAndList()).toEqual(['77', '1']);
    await cache.close();
  });

  it('while none of the nodes can be reached, from the start', async () => {
    for (const each of proxies) each.blackHole();
    const cache = await open();
    const outcomes = await Promise.allSettled(Object.values(writes).map((call) => call(cache)));
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    await owner.cli('SET', ':1:{t}n', '77');
    for (const each of proxies) await each.pass();
    await reached(cache);
    expect(await valueAndList()).toEqual(['77', '1']);
    await cache.close();
  });

  it('because the cache was closed meanwhile', async () => {
    const cache = await open({ commandTimeout: '5s' });
    await reached(cache);
    proxy.blackHole();
    proxy.dropConnections();
    const calls = Promise.allSettled(Object.values(writes).map((call) => call(cache)));
    await cache.close();
    expect((await calls).map(({ status }) => status)).toEqual(Object.keys(writes).map(() => 'rejected'));
    await owner.cli('SET', ':1:{t}n', '77');
    await proxy.pass();
    const next = await open();
    await reached(next);
    expect(await valueAndList()).toEqual(['77', '1']);
    await next.close();
  });

  it('because no node served the slot', async () => {
    const cache = await open();
    await reached(cache);
    for (const node of cluster.nodes) await node.cli('CLUSTER', 'DELSLOTS', String(slot));
    const outcomes = await Promise.allSettled(Object.values(writes).map((call) => call(cache)));
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    await owner.cli('CLUSTER', 'ADDSLOTS', String(slot));
    await cluster.settled();
    await owner.cli('SET', ':1:{t}n', '77');
    await reached(cache);
    // The driver's own queues continue every 100 ms.
    await sleep(3 * 100);
    expect(await valueAndList()).toEqual(['77', '1']);
    await cache.close();
  });

  it('because its keys were on two nodes', async () => {
    const cache = await open();
    await reached(cache);
    const to = (await cluster.primaries()).find((node) => node !== owner)!;
    await owner.cli('MSET', ':1:{t}n', '1', ':1:{t}m', '2');
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, [':1:{t}n']);
    const both = cache.registerScript('both', `return redis.call('DEL', unpack(KEYS))`);
    const outcomes = await Promise.allSettled([
      cache.rename('{t}n', '{t}m'),
      cache.evalScript(both, ['{t}n', '{t}m']),
      cache.pipeline().evalScript(both, ['{t}n', '{t}m']).execute(),
      cache.pipeline({ transaction: true }).set('{t}n', 1).set('{t}m', 1).execute(),
      cache.blpop(['{t}n', '{t}m'], '50ms'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    await to.cli('MSET', ':1:{t}n', '77', ':1:{t}m', '78');
    await reached(cache);
    await sleep(3 * 100);
    expect((await to.cli('MGET', ':1:{t}n', ':1:{t}m')).split('\n')).toEqual(['77', '78']);
    await cluster.moveSlot(slot, owner);
    await cache.close();
  });
});

describe('a command that has failed at one node of a cluster', () => {
  const isGone = (cache: CachexService) =>
    waitFor(
      () =>
        cache.get('{t}n').then(
          () => false,
          (error) => error instanceof ConnectionError,
        ),
      {
        what: 'an attempt to fail',
      },
    );
  let failing: Proxy;
  let other: Proxy;
  let otherNode: RedisServer;
  beforeEach(async () => {
    const owner = await cluster.slotOwner(slot);
    otherNode = (await cluster.primaries()).find((node) => node !== owner)!;
    [failing, other] = [owner, otherNode].map((node) => proxies[cluster.nodes.indexOf(node)]!) as [Proxy, Proxy];
  });
  afterEach(async () => {
    for (const each of proxies) await each.pass();
    for (const node of cluster.nodes) await node.cli('FLUSHDB');
  });

  it('is not executed anywhere any more', async () => {
    const cache = await open({ commandTimeout: '1s' });
    // With more time than this takes on a busy machine.
    const filling = await open({ commandTimeout: '30s' });
    await filling.setMany(Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, index])));
    await filling.close();
    const size = async () => Number(await otherNode.cli('DBSIZE'));
    const before = await size();
    for (const each of proxies) each.delay(20);
    const deleting = cache.deletePattern('k*', { itersize: 10 });
    deleting.catch(() => undefined);
    await waitFor(async () => (await size()) < before, { what: 'the first page to be deleted', every: 1 });
    await failing.refuse();
    await expect(deleting).rejects.toBeInstanceOf(ConnectionError);
    const after = await size();
    expect(after).toBeGreaterThan(0);
    await sleep(10 * 20);
    expect(await size()).toBe(after);
    await cache.close();
  });

  it('does not flush another node that is reached later', async () => {
    const cache = await open();
    await waitFor(async () => (await cache.keys().catch(() => undefined)) !== undefined, { what: 'the nodes' });
    await failing.refuse();
    await isGone(cache);
    other.blackHole();
    other.dropConnections();
    await expect(cache.flushDb()).rejects.toBeInstanceOf(ConnectionError);
    await otherNode.cli('CONFIG', 'RESETSTAT');
    await other.pass();
    const reached = async () => {
      const node = (await cache['executor'].pool.primaries()).find(({ address }) => address.endsWith(`:${other.port}`));
      return (await node?.send({ name: 'PING', args: [], access: 'read' })) !== undefined;
    };
    await waitFor(reached, { what: 'the other node again' });
    expect(await otherNode.cli('INFO', 'commandstats')).not.toContain('flushdb');
    await cache.close();
  });
});
