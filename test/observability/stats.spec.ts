import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, WrongTypeError } from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { keepFor } from '../raw.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { keep, openTracked } from '../tracking/tracked.js';

const minute = { timeout: 60, grace: 60 };
const graceMs = 60_000;

describe('stats', () => {
  let cache: CachexService;
  beforeEach(async () => {
    cache = await openCache({ connection: 'memory://' }, new QuietLogger('Cachex'));
    await cache.setMany({ a: 1, nothing: null });
    return () => cache.close();
  });

  it('start at zero', async () => {
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 0, stale: 0, errors: 0, evictions: 0 });
  });

  it.each<[string, () => Promise<unknown>, number, number]>([
    ['get of a value', () => cache.get('a'), 1, 0],
    ['get of a stored null', () => cache.get('nothing', { default: 1 }), 1, 0],
    ['get of what is not there', () => cache.get('b'), 0, 1],
    ['get that gives the default', () => cache.get('b', { default: 1 }), 0, 1],
    ['getMany, key by key', () => cache.getMany(['a', 'b', 'nothing', 'c', 'd']), 2, 3],
    ['getMany of nothing', () => cache.getMany([]), 0, 0],
    ['getOrSet of a value', () => cache.getOrSet('a', 2), 1, 0],
    ['getOrSet that makes it', () => cache.getOrSet('b', 2), 0, 1],
    ['getOrSet under a lock, which reads twice', () => cache.getOrSet('b', 2, { lock: true }), 0, 1],
    ['getOrSetMany, key by key', () => cache.getOrSetMany(['a', 'b', 'c', 'a'], () => [1, 2]), 1, 2],
    ['a pipeline', () => cache.pipeline().get('a').get('b').set('c', 1).execute(), 1, 1],
    ['a transaction', () => cache.pipeline({ transaction: true }).get('a').get('b').execute(), 1, 1],
    ['a view', () => cache.withVersion(2).get('a'), 0, 1],
    ['other commands, as they look for no value', () => other(cache), 0, 0],
  ])('count %s', async (_, call, hits, misses) => {
    await call();
    expect(await cache.stats()).toMatchObject({ hits, misses, errors: 0 });
  });

  it('count each caller of getOrSet, although the value is made once', async () => {
    await Promise.all([1, 2, 3].map(() => cache.getOrSet('b', () => 2)));
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 3 });
  });

  it('count a caller once that must look again because of an invalidated tag', async () => {
    const value = deferred<number>();
    const options = { tags: ['x'] };
    const begun = deferred<void>();
    const make = (): Promise<number> => {
      begun.resolve();
      return value.promise;
    };
    const first = cache.getOrSet('b', make, options);
    await begun.promise;
    const second = cache.getOrSet('b', () => 2, options);
    await cache.invalidateTags(['x']);
    value.resolve(1);
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 2 });
  });

  it('count an invalidated entry as a miss, and the stamps of its tags not at all', async () => {
    await cache.set('tagged', 1, { tags: ['x'] });
    await cache.get('tagged');
    await cache.invalidateTags(['x']);
    await cache.getMany(['tagged']);
    expect(await cache.stats()).toMatchObject({ hits: 1, misses: 1 });
  });

  it('count a value that is due for early recomputation as a miss', async () => {
    const stampede = { buffer: 60, beta: 1e9, delta: 1e9 };
    await cache.set('early', 1, { timeout: 1, stampede });
    expect(await cache.get('early', { stampede })).toBeUndefined();
    expect(await cache.getOrSet('early', 2, { timeout: 1, stampede })).toBe(2);
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 2, stale: 0 });
  });

  it('count a returned stale copy', async () => {
    await cache.getOrSet('a2', 1, minute);
    await keepFor(cache, 'a2', graceMs);
    const failing = (): never => {
      throw new Error('no database');
    };
    expect(await cache.getOrSet('a2', failing, minute)).toBe(1);
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 2, stale: 1 });
  });

  it('count a failure as an error, neither hit nor miss', async () => {
    await cache.hset('hash', 'field', 1);
    await expect(cache.get('hash')).rejects.toThrow(WrongTypeError);
    await expect(cache.set('key', () => 1)).rejects.toThrow();
    await cache.pipeline().get('hash').incr('a').execute({ throwOnError: false });
    expect(await cache.stats()).toMatchObject({ hits: 0, misses: 0, errors: 3 });
  });

  it('count an unreadable value as a miss, if that is no error', async () => {
    const lenient = await openCache({ connection: 'memory://', ignoreExceptions: true });
    await lenient['executor'].pool.send({ name: 'SET', args: [':1:key', Buffer.from([0xc7, 1, 2])], access: 'write' });
    expect(await lenient.get('key', { default: 'none' })).toBe('none');
    expect(await lenient.getOrSet('key', 'made')).toBe('made');
    expect(await lenient.stats()).toMatchObject({ hits: 0, misses: 2, errors: 0 });
    await lenient.close();
  });

  it('show how many keys the embedded engine has evicted, and the memory of the others', async () => {
    const small = await openCache({ connection: { type: 'memory', maxEntries: 2 } });
    await small.setMany({ a: 1, b: 2, c: 3 });
    const { evictions, bytes } = await small.stats();
    expect(evictions).toBe(1);
    expect(bytes).toBeGreaterThan(0);
    await small.close();
    expect(await small.stats()).toMatchObject({ hits: 0, evictions: undefined });
  });
});

describe('stats of a cache on a server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterAll(() => server.stop());

  it('show what the server has evicted, and its memory', async () => {
    const cache = await openCache({ connection: server.url });
    await cache.set('key', 'x'.repeat(1000));
    await server.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    await cache.set('key', 1).catch(() => undefined);
    const { evictions, bytes } = await cache.stats();
    expect(evictions).toBe(1);
    expect(bytes).toBeGreaterThan(100_000);
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    await cache.close();
  });

  it('count answers from local copies, and all look-ups', async () => {
    const cache = await openTracked({ connection: server.url, keyPrefix: 'copies' });
    await cache.setMany({ a: 1, b: 2 });
    await keep(cache, 'a');
    const before = await cache.stats();
    await cache.get('a');
    await cache.getMany(['a', 'b', 'c']);
    await cache.getOrSet('a', 3);
    const { hits, misses, local } = await cache.stats();
    expect(hits - before.hits).toBe(4);
    expect(misses - before.misses).toBe(1);
    expect(local!.hits - before.local!.hits).toBe(3);
    expect(local).toMatchObject({ entries: 2, evictions: 0 });
    expect(local!.bytes).toBeGreaterThan(0);
    await cache.close();
  });

  it('continue without it, and ignored errors still count', async () => {
    const options = { connection: { host: '127.0.0.1', port: 1 }, ignoreExceptions: true };
    const cache = await openCache(options, new QuietLogger('Cachex'));
    await cache.get('key');
    await cache.getOrSet('key', 1);
    const stats = await cache.stats();
    expect(stats).toMatchObject({ hits: 0, misses: 0, evictions: undefined, bytes: undefined });
    // After a failed read, getOrSet does not try to store its value.
    expect(stats.errors).toBe(2);
    await cache.close();
  });

  it('leave out what the user may not read', async () => {
    await server.cli('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '+@all', '-info');
    const cache = await openCache({ connection: { url: server.url, username: 'app', password: 'secret' } });
    expect(await cache.stats()).toMatchObject({ evictions: undefined, bytes: undefined, errors: 0 });
    await cache.close();
  });
});

onEveryTopology((t) => {
  it('count key by key, whatever the number of servers', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `${t.key()}:${index}`);
    const { hits, misses } = await t.cache.stats();
    const spread = keys.map((key) => key.replaceAll(/[{}]/g, ''));
    await t.cache.setMany(Object.fromEntries(spread.slice(0, 5).map((key) => [key, 1])));
    await t.cache.getMany(spread);
    const after = await t.cache.stats();
    expect([after.hits - hits, after.misses - misses]).toEqual([5, 15]);
    expect(after.bytes).toBeGreaterThan(0);
  });
});

async function other(cache: CachexService): Promise<void> {
  await cache.hasKey('a');
  await cache.ttl('b');
  await cache.set('a', 2, { get: true });
  await cache.hget('h', 'f');
  await cache.lock('l').using(() => cache.incr('n'));
}
