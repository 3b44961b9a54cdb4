import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import {
  type CachexService,
  CommandTimeoutError,
  ConnectionError,
  CrossSlotError,
  KeyNotFoundError,
} from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { RedisServer } from '../servers/server.js';
import { leftOf } from '../left-of.js';

let cluster: RedisCluster;
let cache: CachexService;
beforeAll(async () => {
  cluster = await startCluster({ engine: 'redis', replicasPerPrimary: 0 });
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const connection = { type: 'cluster', nodes, commandTimeout: '2s' } as const;
  cache = await openCache({ connection, keyPrefix: 'slots' }, new QuietLogger('Cachex'));
});
afterAll(async () => {
  await cache.close();
  await cluster.stop();
});
beforeEach(async () => {
  await cache.flushDb();
});

/** Keys in slots all over the cluster. */
const spread = (count: number, name = 'key'): string[] => Array.from({ length: count }, (_, n) => `${name}:${n}`);
const slotOf = (key: string, version = 1): number => hashSlot(`slots:${version}:${key}`);

/** The number of commands that the nodes have executed, by name. */
async function callsOf(name: string): Promise<number[]> {
  const stats = await Promise.all(cluster.nodes.map((node) => node.cli('INFO', 'commandstats')));
  return stats.map((each) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(each)?.[1] ?? 0));
}

describe('many keys of many slots', () => {
  it('are written, read in the order asked, and deleted', async () => {
    const keys = spread(500);
    expect(await cache.setMany(keys.map((key, n) => [key, n] as const))).toEqual([]);
    const asked = [...keys.toReversed(), 'missing', keys[0]!];
    expect([...(await cache.getMany(asked))]).toEqual(keys.map((key, n) => [key, n]).toReversed());
    expect(await cache.deleteMany([...keys.slice(0, 100), 'missing'])).toBe(100);
    expect((await cache.getMany(keys)).size).toBe(400);
    expect(await cache.setMany(Object.fromEntries(keys.map((key) => [key, 1])), 0)).toEqual([]);
    expect((await cache.getMany(keys)).size).toBe(0);
  });

  it('take one MGET and one UNLINK per slot', async () => {
    const keys = ['a', 'b', 'c'].flatMap((name) => spread(200, `{${name}}`));
    await cache.setMany(keys.map((key) => [key, 1] as const));
    await Promise.all(cluster.nodes.map((node) => node.cli('CONFIG', 'RESETSTAT')));
    expect((await cache.getMany(keys)).size).toBe(600);
    expect(await cache.deleteMany(keys)).toBe(600);
    for (const name of ['mget', 'unlink']) {
      const calls = await callsOf(name);
      expect(calls.reduce((sum, each) => sum + each)).toBe(3);
    }
  });

  it('are found on every primary, each once, and deleted by pattern', async () => {
    const keys = spread(300).toSorted();
    await cache.setMany([...keys, 'other'].map((key) => [key, 1] as const));
    expect((await cache.keys('key:*')).toSorted()).toEqual(keys);

    const iterated: string[] = [];
    for await (const key of cache.iterKeys('key:*', { itersize: 7 })) iterated.push(key);
    expect([...new Set(iterated)].toSorted()).toEqual(keys);

    expect(await cache.deletePattern('key:*', { itersize: 50 })).toBe(300);
    expect(await cache.clear()).toBe(1);
  });

  it('are counted on their own nodes', async () => {
    const keys = spread(20);
    await cache.setMany(keys.map((key) => [key, 1] as const));
    await Promise.all(cluster.nodes.map((node) => node.cli('CONFIG', 'RESETSTAT')));
    expect(await cache.exists(...keys, 'missing')).toBe(20);
    const errors = await Promise.all(cluster.nodes.map((node) => node.cli('INFO', 'errorstats')));
    expect(errors.join()).not.toContain('MOVED');
  });

  it('are in one pipeline, with the answers in the order queued', async () => {
    const keys = spread(300);
    const pipe = cache.pipeline();
    for (const [n, key] of keys.entries()) pipe.set(key, n).incr(key);
    expect(await pipe.execute()).toEqual(keys.flatMap((_, n) => [true, n + 1]));
  });
});

describe('a command, script or transaction over several slots', () => {
  const [a, b] = spread(2) as [string, string];
  const script = () => cache.registerScript('pair', 'return #KEYS');

  it.each<[string, () => Promise<unknown>]>([
    ['SINTER', () => cache.sinter([a, b])],
    ['SUNIONSTORE', () => cache.sunionstore(a, [b])],
    ['RENAME', () => cache.rename(a, b)],
    ['SMOVE', () => cache.smove(a, b, 1)],
    ['LMOVE', () => cache.lmove(a, b, 'LEFT', 'LEFT')],
    ['BLPOP', () => cache.blpop([a, b], 1)],
    ['Script pair', () => cache.evalScript(script(), [a, b])],
    ['A transaction', () => cache.pipeline({ transaction: true }).set(a, 1).set(b, 1).execute()],
  ])('%s is refused before anything is sent', async (name, call) => {
    await Promise.all(cluster.nodes.map((node) => node.cli('CONFIG', 'RESETSTAT')));
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CrossSlotError);
    expect((error as Error).message).toMatch(new RegExp(`^${name} .*"key:0" and "key:1" .*hash tag.*\\{user:1\\}:a`));
    for (const command of ['sinter', 'set', 'eval', 'evalsha', 'multi']) {
      expect(await callsOf(command)).toEqual([0, 0, 0]);
    }
  });

  it('names the versions if they differ', async () => {
    await expect(cache.rename(a, a, { versionDst: 2 })).rejects.toThrow(
      /"key:0" of version 1 and "key:0" of version 2/,
    );
  });

  it('works if a hash tag brings the keys together', async () => {
    await cache.sadd('{t}a', 1, 2);
    await cache.sadd('{t}b', 2, 3);
    expect(await cache.sinter(['{t}a', '{t}b'])).toEqual([2]);
    expect(await cache.pipeline({ transaction: true }).scard('{t}a').scard('{t}b').execute()).toEqual([2, 2]);
    expect(await cache.evalScript(script(), ['{t}a', '{t}b'])).toBe(2);
  });
});

describe('incrVersion', () => {
  it.each(['{tag}key', 'key'])('of %s moves value and TTL', async (key) => {
    await cache.set(key, { a: 1 }, 50);
    await cache.set(key, 'overwritten', { version: 2 });
    expect(await cache.incrVersion(key)).toBe(2);
    expect(await cache.get(key, { version: 2 })).toEqual({ a: 1 });
    expect(await cache.ttl(key, { version: 2 })).toEqual(leftOf(50));
    expect(await cache.hasKey(key)).toBe(false);
    await cache.persist(key, { version: 2 });
    expect(await cache.decrVersion(key, 1, { version: 2 })).toBe(1);
    expect(await cache.ttl(key)).toBe(-1);
    await expect(cache.incrVersion('missing')).rejects.toThrow(KeyNotFoundError);
  });
});

describe('while a slot moves', () => {
  let from: RedisServer;
  let to: RedisServer;
  let slot: number;
  const keys = spread(50, '{moving}');

  beforeEach(async () => {
    slot = slotOf('{moving}');
    await cache.setMany(keys.map((key, n) => [key, n] as const));
    from = await cluster.slotOwner(slot);
    to = (await cluster.primaries()).find((node) => node !== from)!;
  });

  const wire = (names: readonly string[]): string[] => names.map((name) => `slots:1:${name}`);

  it('commands follow MOVED to its new node', async () => {
    await cluster.moveSlot(slot, to);
    expect(await cache.get(keys[7]!)).toBe(7);
    await cluster.moveSlot(slot, from);
    expect(await cache.pipeline().get(keys[1]!).incr(keys[2]!).set('elsewhere', 1).execute()).toEqual([1, 3, true]);
    await cluster.moveSlot(slot, to);
    expect(await cache.pipeline({ transaction: true }).get(keys[3]!).incr(keys[3]!).execute()).toEqual([3, 4]);
    await cluster.moveSlot(slot, from);
    expect((await cache.getMany(keys)).size).toBe(50);
    await cluster.moveSlot(slot, to);
    expect(await cache.evalScript(cache.registerScript('get', `return redis.call('GET', KEYS[1])`), [keys[9]!])).toBe(
      '9',
    );
    await cluster.moveSlot(slot, from);
    expect(await cache.deletePattern('{moving}*')).toBe(50);
  });

  it('commands follow ASK to the keys that have moved already', async () => {
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(keys.slice(0, 10)));
    expect(await Promise.all(keys.slice(0, 20).map((key) => cache.get(key)))).toEqual(
      keys.slice(0, 20).map((_, n) => n),
    );
    const pipe = cache.pipeline();
    for (const key of keys) pipe.incr(key);
    expect(await pipe.execute()).toEqual(keys.map((_, n) => n + 1));
    expect(await cache.set('{moving}new', 1)).toBe(true);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    expect(await cache.get('{moving}new')).toBe(1);
  });

  it('a command with keys of both nodes waits until the slot has moved', async () => {
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(keys.slice(0, 10)));
    const many = cache.getMany(keys);
    const transaction = cache.pipeline({ transaction: true }).incr(keys[0]!).incr(keys[20]!).execute();
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    expect((await many).size).toBe(50);
    expect(await transaction).toEqual([1, 21]);
  });

  it('transactions follow ASK to keys that have all moved, and to new ones', async () => {
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(keys.slice(0, 10)));
    const transaction = () => cache.pipeline({ transaction: true });
    expect(await transaction().incr(keys[3]!).get(keys[3]!).execute()).toEqual([4, 4]);
    expect(await transaction().incr(keys[4]!).incr(keys[5]!).execute()).toEqual([5, 6]);
    expect(await transaction().set('{moving}new', 1).incr('{moving}new').execute()).toEqual([true, 2]);
    expect(await transaction().incr(keys[20]!).incr(keys[21]!).execute()).toEqual([21, 22]);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    expect((await cache.getMany([keys[3]!, '{moving}new', keys[20]!])).size).toBe(3);
  });

  it('keys of both nodes are read, deleted and counted one by one', async () => {
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(keys.slice(0, 10)));
    expect([...(await cache.getMany([...keys, '{moving}missing']))]).toEqual(keys.map((key, n) => [key, n]));
    await cache.hset('{moving}hash', 'field', 1);
    expect((await cache.getMany([keys[0]!, keys[20]!])).size).toBe(2);
    expect(await cache.setMany([keys[0]!, keys[20]!, '{moving}new'].map((key) => [key, 'x'] as const))).toEqual([]);
    expect(await cache.pipeline().get(keys[0]!).get(keys[20]!).get('{moving}new').execute()).toEqual(['x', 'x', 'x']);
    expect(await cache.deleteMany([keys[0]!, keys[1]!, keys[20]!, keys[21]!, '{moving}missing'])).toBe(4);
    expect(await cache.deletePattern('{moving}*')).toBe(48);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
  });

  it('values of getOrSetMany are stored key by key', async () => {
    const missing = spread(20, '{moving}:made');
    const load = async (): Promise<string[]> => {
      await cluster.setMigrating(slot, to);
      await cluster.migrateKeys(slot, to, wire(missing.slice(0, 10)));
      return missing;
    };
    expect((await cache.getOrSetMany(missing, load)).size).toBe(20);
    expect((await cache.getMany(missing)).size).toBe(20);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
  });

  it('scripts and commands of several keys follow them, or report the reason', async () => {
    await cache.sadd('{moving}a', 1);
    await cache.sadd('{moving}b', 2);
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(['{moving}a']));
    await expect(cache.sunion(['{moving}a', '{moving}b'])).rejects.toThrow(
      /no node of the cluster .* accepted the call in time: TRYAGAIN/,
    );
    await cluster.migrateKeys(slot, to, wire(['{moving}b']));
    expect(await cache.sunion(['{moving}a', '{moving}b'])).toHaveLength(2);
    const both = cache.registerScript('both', `return redis.call('SCARD', KEYS[1]) + redis.call('SCARD', KEYS[2])`);
    expect(await cache.evalScript(both, ['{moving}a', '{moving}b'])).toBe(2);
    expect(await cache.pipeline().evalScript(both, ['{moving}a', '{moving}b']).scard('{moving}a').execute()).toEqual([
      2, 1,
    ]);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
  });

  it('a blocking call waits at the node that the slot is moving to', async () => {
    await cluster.setMigrating(slot, to);
    const popped = cache.blpop<string>(['{moving}list'], '10s');
    await expect.poll(async () => to.cli('CLIENT', 'LIST')).toContain('cmd=blpop');
    await cache.rpush('{moving}list', 'x');
    expect(await popped).toEqual(['{moving}list', 'x']);
    expect(await cache.blpop(['{moving}list'], '50ms')).toBeUndefined();
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
  });

  it('a command that waits for longer than commandTimeout fails, and did nothing', async () => {
    await cluster.setMigrating(slot, to);
    await cluster.migrateKeys(slot, to, wire(keys.slice(0, 1)));
    const failed = cache.pipeline({ transaction: true }).incr(keys[0]!).incr(keys[20]!).execute();
    const error = await failed.catch((thrown: unknown) => thrown);
    expect([ConnectionError, CommandTimeoutError]).toContain((error as Error).constructor);
    await cluster.migrateKeys(slot, to);
    await cluster.finishMigration(slot, to);
    // The last attempt may be on its way to a server that is busy for longer.
    expect(await cache.get(keys[20]!)).toBeOneOf(error instanceof ConnectionError ? [20] : [20, 21]);
  });

  it('a blocking call continues on its new node', async () => {
    const popped = cache.blpop<string>(['{moving}list'], '10s');
    await expect.poll(async () => from.cli('CLIENT', 'LIST')).toContain('cmd=blpop');
    await cluster.moveSlot(slot, to);
    await expect.poll(async () => to.cli('CLIENT', 'LIST')).toContain('cmd=blpop');
    await cache.rpush('{moving}list', 'x');
    expect(await popped).toEqual(['{moving}list', 'x']);
  });

  it('pipelines under way lose nothing and answer in order', async () => {
    let isMoving = true;
    const moved = (async () => {
      for (const target of [to, from, to]) await cluster.moveSlot(slot, target);
      isMoving = false;
    })();
    for (let round = 1; isMoving; round++) {
      const pipe = cache.pipeline();
      for (const key of keys) pipe.incr(key);
      pipe.incr('other');
      expect(await pipe.execute()).toEqual([...keys.map((_, n) => n + round), round]);
    }
    await moved;
  });
});

it('a slot that nobody owns, from the start, is told of, or takes nothing from the others', async () => {
  const onAll = (...args: string[]) => Promise.all(cluster.nodes.map((node) => node.cli(...args)));
  const connection = { nodes: cluster.nodes.map(({ host, port }) => ({ host, port })) };
  const open = (options: object = {}) =>
    openCache({ connection: { ...connection, ...options }, keyPrefix: 'slots' }, new QuietLogger('Cachex'));
  const owner = await cluster.slotOwner(0);
  await onAll('CLUSTER', 'DELSLOTS', '0');
  await expect(open({ connect: 'eager', connectTimeout: '1s' })).rejects.toThrow('CLUSTERDOWN');

  await onAll('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
  await cluster.settled();
  const late = await open();
  const keys = spread(30).toSorted();
  await late.setMany(keys.map((key) => [key, 1] as const));
  expect((await late.keys()).toSorted()).toEqual(keys);
  expect(await late.clear()).toBe(keys.length);
  await late.close();
  await owner.cli('CLUSTER', 'ADDSLOTS', '0');
  await cluster.settled();
});

it('a user needs no right to CLUSTER INFO', async () => {
  const rights = ['on', '>secret', '~*', '+@all', '-cluster', '+cluster|slots'];
  await Promise.all(cluster.nodes.map((node) => node.cli('ACL', 'SETUSER', 'few', ...rights)));
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const few = await openCache({ connection: { nodes, username: 'few', password: 'secret', connect: 'eager' } });
  expect(await few.set('key', 1)).toBe(true);
  await few.close();
});
