import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { engines, isHere } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { isKept, keep, openTracked } from './tracked.js';

describe.each(engines)('writes under tracking on %s', (engine) => {
  let server: RedisServer;
  let cache: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine });
    cache = await openTracked({ connection: server.url });
    await cache.set('dumped', 7);
  });
  afterAll(async () => {
    await cache.close();
    await server.stop();
  });

  it.each<[string, (key: string) => Promise<unknown>, unknown]>([
    ['getdel', (key) => cache.getdel(key), undefined],
    ['getex', (key) => cache.getex(key, '1m'), 1],
    ['setIfEqual', (key) => cache.setIfEqual(key, 2, 1), 2],
    ['deleteIfEqual', (key) => cache.deleteIfEqual(key, 1), undefined],
    ['incrbyfloat', (key) => cache.incrbyfloat(key, 0.5), 1.5],
    ['append', (key) => cache.append(key, '7'), 17],
    ['setrange', (key) => cache.setrange(key, 0, '8'), 8],
    ['setbit', (key) => cache.setbit(key, 7, 0), 0],
    ['bitfield', (key) => cache.bitfield(key, [{ incrby: 'u8', offset: 0, by: 4 }]), 5],
    ['bitop', (key) => cache.bitop('OR', key, ['nothing']), undefined],
    ['geosearchstore', (key) => cache.geosearchstore(key, 'nothing', { from: { member: 1 }, radius: 1 }), undefined],
    ['restore', (key) => cache.dump('dumped').then((data) => cache.restore(key, data!, { replace: true })), 7],
    ['copy', (key) => cache.set('source', 9).then(() => cache.copy('source', key, { replace: true })), 9],
  ])('%s is seen by who reads next', async (name, write, after) => {
    await cache.set(name, 1);
    await keep(cache, name);
    await write(name);
    expect(await cache.get(name)).toBe(after);
  });

  it('a HyperLogLog is counted by the server, whoever adds to it', async () => {
    const other = await openCache({ connection: server.url });
    await cache.pfadd('visitors', 'ada');
    expect(await cache.pfcount('visitors')).toBe(1);
    expect(isKept(cache, 'visitors')).toBe(false);
    await other.pfadd('visitors', 'grace');
    expect(await cache.pfcount('visitors')).toBe(2);
    await other.close();
  });

  it('a copy of an entry with tags is invalidated with them', async () => {
    await cache.set('tagged', 'a', { tags: ['t'] });
    await cache.copy('tagged', 'copied');
    await keep(cache, 'copied');
    await cache.invalidateTags(['t']);
    expect(await cache.get('copied')).toBeUndefined();
  });

  it('hashes are not kept, so that fields end when the server says so', async () => {
    await cache.hset('hash', 'f', 1);
    expect(await cache.hget('hash', 'f')).toBe(1);
    expect(isKept(cache, 'hash')).toBe(false);
  });
});

describe.runIf(isHere('newest-redis'))('hexpire under tracking', () => {
  it('ends a field at once', async () => {
    const server = await startServer({ engine: 'newest-redis' });
    const cache = await openTracked({ connection: server.url });
    await cache.hset('hash', { f: 1, g: 2 });
    expect(await cache.hgetall('hash')).toEqual(new Map(Object.entries({ f: 1, g: 2 })));
    expect(await cache.hexpire('hash', 0, 'f')).toEqual([true]);
    expect(await cache.hgetall('hash')).toEqual(new Map([['g', 2]]));
    await cache.close();
    await server.stop();
  });
});
