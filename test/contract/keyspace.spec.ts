import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type CachexService, ConfigError, type KeyFunction } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { topologies } from './topologies.js';
import { leftOf } from '../left-of.js';

/** The caches of one test, which differ only in their prefixes. */
describe.each(topologies.map(({ name }) => name))('on %s', (topology) => {
  let caches: CachexService[];
  const prefix = randomUUID();

  async function open(keyPrefix: string, keyFunction?: KeyFunction): Promise<CachexService> {
    const cache = await openCache({
      connection: inject('connections')[topology]!,
      keyPrefix,
      keyFunction,
      timeout: null,
    });
    caches.push(cache);
    return cache;
  }

  beforeEach(() => {
    caches = [];
  });
  afterEach(async () => {
    await Promise.all(caches.map((cache) => cache.clear()));
    await Promise.all(caches.map((cache) => cache.close()));
  });

  it('finds keys by pattern, as the user wrote them', async () => {
    const cache = await open(prefix);
    await cache.setMany({ 'user:1': 1, 'user:2': 1, 'user:22': 1, 'product:1': 1, 'user:*': 1 });
    expect((await cache.keys()).toSorted()).toEqual(['product:1', 'user:*', 'user:1', 'user:2', 'user:22']);
    expect((await cache.keys('user:?')).toSorted()).toEqual(['user:*', 'user:1', 'user:2']);
    expect(await cache.keys('user:[2-3]')).toEqual(['user:2']);
    expect(await cache.keys('user:\\*')).toEqual(['user:*']);
    expect(await cache.keys('nobody*')).toEqual([]);
  });

  it('keys returns every key once, iterKeys and scan return each at least once', async () => {
    const cache = await open(prefix);
    const names = Array.from({ length: 500 }, (_, index) => `key-${index}`).toSorted();
    await cache.setMany(names.map((name) => [name, 1] as const));
    expect((await cache.keys()).toSorted()).toEqual(names);

    const iterated = new Set<string>();
    for await (const key of cache.iterKeys('key-*', { itersize: 50 })) iterated.add(key);
    expect([...iterated].toSorted()).toEqual(names);

    const scanned = new Set<string>();
    let page = await cache.scan('0', { pattern: 'key-*', count: 50 });
    for (const key of page.keys) scanned.add(key);
    while (page.cursor !== '0') {
      page = await cache.scan(page.cursor, { pattern: 'key-*', count: 50 });
      for (const key of page.keys) scanned.add(key);
    }
    expect([...scanned].toSorted()).toEqual(names);
  });

  it('stops an iteration that is left early', async () => {
    const cache = await open(prefix);
    await cache.setMany(Array.from({ length: 100 }, (_, index) => [`key-${index}`, 1] as const));
    for await (const key of cache.iterKeys('*', { itersize: 10 })) {
      expect(key).toMatch(/^key-/);
      break;
    }
  });

  it('deletes by pattern and counts', async () => {
    const cache = await open(prefix);
    await cache.setMany({ 'user:1': 1, 'user:2': 1, 'product:1': 1 });
    expect(await cache.deletePattern('user:*')).toBe(2);
    expect(await cache.deletePattern('user:*')).toBe(0);
    expect(await cache.keys()).toEqual(['product:1']);
  });

  it('clear deletes the keys of this prefix and version, no others', async () => {
    const users = await open(`${prefix}users`);
    const others = await open(`${prefix}usersAbc`);
    const globbed = await open(`${prefix}users*[x]?`);
    await Promise.all([users, others, globbed].map((cache) => cache.set('a', 1)));
    await users.set('a', 1, { version: 2 });
    await globbed.set('b', 1);
    expect(await globbed.clear()).toBe(2);
    expect(await users.clear()).toBe(1);
    expect(await users.hasKey('a', { version: 2 })).toBe(true);
    expect(await others.hasKey('a')).toBe(true);
    expect(await users.clear({ version: 2 })).toBe(1);
  });

  it('clear and deletePattern leave locks, semaphores and tags alone, and keys does not list them', async () => {
    const cache = await open(prefix);
    const own = ['lock', 'sem', 'tag'].map((name) => `${prefix}:${name}:x`);
    await Promise.all(own.map((key) => raw(cache, 'SET', key, '1')));
    await cache.set('a', 1);
    expect(await cache.keys()).toEqual(['a']);
    expect(await cache.deletePattern('*')).toBe(1);
    expect(await cache.clear()).toBe(0);
    expect(await Promise.all(own.map((key) => raw(cache, 'EXISTS', key)))).toEqual([1, 1, 1]);
    await Promise.all(own.map((key) => raw(cache, 'DEL', key)));
    for (const version of ['lock', 'sem', 'tag', '', 'a:b', 1.5]) {
      await expect(cache.set('a', 1, { version })).rejects.toThrow(TypeError);
    }
  });

  it('versions are separate, per call and per view', async () => {
    const cache = await open(prefix);
    const second = cache.withVersion(2);
    await cache.set('{k}', 'one');
    await second.set('{k}', 'two');
    expect(await cache.get('{k}')).toBe('one');
    expect(await cache.get('{k}', { version: 2 })).toBe('two');
    expect(second.version).toBe(2);
    expect(await second.keys()).toEqual(['{k}']);
    expect(await second.withVersion('v3').keys()).toEqual([]);
    await second.clear();
    expect(await cache.keys()).toEqual(['{k}']);
  });

  it('incrVersion and decrVersion move a key with its TTL', async () => {
    const cache = await open(prefix);
    await cache.set('{k}', 'value', 50);
    expect(await cache.incrVersion('{k}')).toBe(2);
    expect(await cache.hasKey('{k}')).toBe(false);
    expect(await cache.ttl('{k}', { version: 2 })).toEqual(leftOf(50));
    expect(await cache.decrVersion('{k}', 3, { version: 2 })).toBe(-1);
    expect(await cache.get('{k}', { version: -1 })).toBe('value');
    await expect(cache.incrVersion('{k}')).rejects.toThrow('RENAME "{k}"');
    await expect(cache.incrVersion('{k}', 0.5)).rejects.toThrow(TypeError);
    for (const version of ['beta', '007', ' ', '0x10']) {
      await expect(cache.incrVersion('{k}', 1, { version })).rejects.toThrow(TypeError);
    }
    await cache.clear({ version: -1 });
  });

  it('keys on the wire are prefix, version and key', async () => {
    const cache = await open(prefix);
    await cache.set('user:1', 'x', { version: 3 });
    expect(await raw(cache, 'EXISTS', `${prefix}:3:user:1`)).toBe(1);
    await cache.clear({ version: 3 });
  });

  it.each<[string, KeyFunction]>([
    [
      'keeps the key as it is',
      {
        make: (key, keyPrefix, version) => `${keyPrefix}/v${version}/${key}`,
        reverse: (wire) => {
          const [, version, ...key] = wire.split('/');
          return { key: key.join('/'), version: version!.slice(1) };
        },
      },
    ],
    [
      'has a pattern of its own',
      {
        make: (key, keyPrefix, version) => `${keyPrefix}|${key.split('').toReversed().join('')}|${version}`,
        reverse: (wire) => {
          const [, key, version] = wire.split('|');
          return { key: key!.split('').toReversed().join(''), version: version! };
        },
        pattern: (pattern, keyPrefix, version) => `${keyPrefix}|${pattern.split('').toReversed().join('')}|${version}`,
      },
    ],
  ])('a keyFunction that %s serves reading, searching and clearing', async (_, keyFunction) => {
    const cache = await open(prefix, keyFunction);
    await cache.setMany({ 'user:1': 1, 'user:2': 2 });
    await cache.set('user:1', 'other', { version: 2 });
    expect(await cache.get('user:2')).toBe(2);
    expect((await cache.keys('user:*')).toSorted()).toEqual(['user:1', 'user:2']);
    expect(await cache.clear()).toBe(2);
    expect(await cache.keys('*', { version: 2 })).toEqual(['user:1']);
    await cache.clear({ version: 2 });
  });

  it('a keyFunction that puts keys beside locks, semaphores and tags cannot reach them', async () => {
    const cache = await open(prefix, {
      make: (key, keyPrefix) => `${keyPrefix}:${key}`,
      reverse: (wire) => ({ key: wire.slice(prefix.length + 1), version: 1 }),
    });
    const [lock, slot] = [cache.lock('stock'), cache.semaphore('stock', 1)];
    await Promise.all([lock.acquire(), slot.acquire()]);
    await cache.set('tagged', 'value', { tags: ['red'] });
    await cache.set('locksmith', 1);
    expect((await cache.keys()).toSorted()).toEqual(['locksmith', 'tagged']);
    expect((await cache.scan('0', { pattern: '*lock:*', count: 1000 })).keys).toEqual([]);
    for (const key of ['lock:{1:stock}', 'sem:{1:stock}', 'tag:red']) {
      await expect(cache.get(key)).rejects.toThrow(TypeError);
    }
    expect(await cache.deletePattern('*')).toBe(2);
    expect([await lock.owned(), await slot.owned()]).toEqual([true, true]);
    await Promise.all([lock.release(), slot.release()]);
  });

  it('a keyFunction that throws is a ConfigError in any outage; keys that it does not know are not listed', async () => {
    const [make, reverse] = [(key: string) => `${prefix}!${key}`, () => undefined];
    const thrower = (): never => {
      throw new Error('no such tenant');
    };
    const unable = await open(prefix, { make: thrower, reverse });
    await expect(unable.get('a')).rejects.toThrow('GET "a": keyFunction.make threw: no such tenant');
    await expect(unable.get('a')).rejects.toThrow(ConfigError);
    const illFormed = await open(prefix, { make: () => '\ud800', reverse });
    await expect(illFormed.get('a')).rejects.toThrow(TypeError);
    const blind = await open(prefix, { make, reverse: thrower });
    await blind.set('a', 1);
    await expect(blind.keys()).rejects.toThrow('keyFunction.reverse threw: no such tenant');
    caches = [await open(prefix, { make, reverse })];
    expect(await caches[0]!.keys()).toEqual([]);
    await blind.delete('a');
    await Promise.all([unable.close(), illFormed.close(), blind.close()]);
  });

  it.each([
    ['hscanIter', { match: 'field-1*', count: 20 }, 111],
    ['hscanIter', { count: 20 }, 300],
  ] as const)('%s with %j goes through a hash', async (_, options, count) => {
    const cache = await open(prefix);
    const fields = new Map(
      Array.from({ length: 300 }, (__, index): [string, unknown] => [`field-${index}`, { index }]),
    );
    await cache.hset('hash', fields);
    const found = new Map<string, unknown>();
    for await (const [field, value] of cache.hscanIter('hash', options)) found.set(field, value);
    expect(found.size).toBe(count);
    for (const [field, value] of found) expect(value).toEqual(fields.get(field));
  });

  it('sscanIter iterates over a set', async () => {
    const cache = await open(prefix);
    await cache.sadd('set', ...Array.from({ length: 300 }, (_, index) => ({ index })));
    const found = new Set<number>();
    for await (const member of cache.sscanIter<{ index: number }>('set', { count: 20 })) found.add(member.index);
    expect(found.size).toBe(300);
  });

  it('two caches see each other’s values, and a closed one fails', async () => {
    const [first, second] = [await open(prefix), await open(prefix)];
    await first.set('shared', { a: 1 });
    expect(await second.get('shared')).toEqual({ a: 1 });
    const third = await openCache({ connection: inject('connections')[topology]!, keyPrefix: prefix });
    await third.close();
    await third.close();
    await expect(third.get('shared')).rejects.toMatchObject({ code: 'CACHEX_CONNECTION' });
    await expect(third.pipeline().get('shared').execute()).rejects.toMatchObject({ code: 'CACHEX_CONNECTION' });
  });
});
