import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterEach, describe, expect, it } from 'vitest';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';
import { keptMs } from '../raw.js';

/** The methods used here, which both versions of Keyv have. */
interface AnyKeyv {
  namespace?: string | undefined;
  get(key: string): Promise<unknown>;
  get(keys: string[]): Promise<unknown[]>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<unknown>;
  has(key: string): Promise<boolean>;
  hasMany(keys: string[]): Promise<boolean[]>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: string[]): Promise<unknown>;
  clear(): Promise<void>;
  disconnect(): Promise<void>;
}

async function entriesOf(keyv: Keyv | Keyv6): Promise<unknown[]> {
  const entries = keyv instanceof Keyv ? keyv.iterator?.({}) : keyv.iterator();
  const found: unknown[] = [];
  for await (const entry of entries ?? []) found.push(entry);
  return found.toSorted();
}

onEveryTopology((t) => {
  describe.each([
    ['5', (options: object) => new Keyv(options)],
    ['6', (options: object) => new Keyv6(options)],
  ])('Keyv %s', (version, create) => {
    const open = (namespace?: string, more: object = {}) =>
      create({ store: new CachexKeyv(t.cache, { version: `keyv-${version}` }), namespace, ...more });
    afterEach(async () => void (await t.cache.clear({ version: `keyv-${version}` })));

    const asAny = (keyv: Keyv | Keyv6) => keyv as unknown as AnyKeyv;

    it('reads, writes and deletes many at a time', async () => {
      const keyv = asAny(open('users'));
      await keyv.setMany([
        { key: 'a', value: 1 },
        { key: 'b', value: { deep: ['x'] }, ttl: 60_000 },
      ]);
      expect(await keyv.get(['b', 'none', 'a'])).toEqual([{ deep: ['x'] }, undefined, 1]);
      expect(await keyv.hasMany(['a', 'none'])).toEqual([true, false]);
      await keyv.deleteMany(['a', 'b']);
      expect([await keyv.has('a'), await keyv.get('b')]).toEqual([false, undefined]);
    });

    it('lets the server expire entries with a ttl, in milliseconds, and no others', async () => {
      const keyv = asAny(open('users', { useKeyPrefix: false }));
      await keyv.set('with', 1, 90_000.5);
      await keyv.set('without', 1);
      await keyv.setMany([{ key: 'many', value: 1, ttl: 50_000 }]);
      const cache = t.cache.withVersion(`keyv-${version}`);
      expect(await keptMs(cache, 'users:with')).toBeGreaterThan(60_000);
      expect(await keptMs(cache, 'users:with')).toBeLessThanOrEqual(90_001);
      expect(await keptMs(cache, 'users:many')).toBeLessThanOrEqual(50_000);
      expect(await keptMs(cache, 'users:without')).toBe(-1);
    });

    it('separates namespaces, whatever their names, and entries without one', async () => {
      const names = ['a', 'a:b', 'a*', 'a%3Ab', undefined];
      const keyvs = names.map((name) => asAny(open(name)));
      for (const [index, keyv] of keyvs.entries()) {
        await keyv.set('key', index);
        await keyv.set('b:key', `b ${index}`);
      }
      for (const [index, keyv] of keyvs.entries()) {
        expect([await keyv.get('key'), await keyv.get('b:key')]).toEqual([index, `b ${index}`]);
      }
      await keyvs[2]!.clear();
      expect(await Promise.all(keyvs.map((keyv) => keyv.get('key')))).toEqual([0, 1, undefined, 3, 4]);
      await keyvs[4]!.clear();
      expect(await Promise.all(keyvs.map((keyv) => keyv.get('key')))).toEqual([0, 1, undefined, 3, undefined]);
    });

    it('iterates over the entries of a namespace, however many', async () => {
      const keyv = open('many');
      const entries = Array.from({ length: 1200 }, (_, index) => ({ key: `k:${index}`, value: index }));
      await asAny(keyv).setMany(entries);
      await asAny(open('others')).set('k', 0);
      expect(await entriesOf(keyv)).toEqual(entries.map(({ key, value }) => [key, value]).toSorted());
    });

    it('does not touch the application’s entries, nor the application Keyv’s', async () => {
      const keyv = asAny(open());
      await Promise.all([keyv.set('mine', 1), t.cache.set('yours', 2)]);
      await keyv.clear();
      expect(await t.cache.get('yours')).toBe(2);
      await keyv.set('mine', 1);
      await t.cache.clear();
      expect(await keyv.get('mine')).toBe(1);
    });

    it('stays open when Keyv is disconnected', async () => {
      const keyv = asAny(open());
      await keyv.disconnect();
      expect(await keyv.set('key', 1)).toBe(true);
    });

    it('keeps types where Keyv does not serialize', async () => {
      const value = { at: new Date(0), ids: new Set([1]), big: 2n };
      const plain = version === '5' ? { serialize: undefined, deserialize: undefined } : { serialization: false };
      const keyv = asAny(open('typed', plain));
      await keyv.set('key', value, 60_000);
      expect(await keyv.get('key')).toEqual(value);
      expect(await keyv.get(['key'])).toEqual([value]);
    });
  });
});

describe('CachexKeyv', () => {
  it('accepts only a cache and known options', async () => {
    const cache = await openCache({ connection: 'memory://' });
    expect(() => new CachexKeyv('redis://localhost' as never)).toThrow('must be given a CachexService, as injected');
    expect(() => new CachexKeyv(cache, { ttl: 5 } as never)).toThrow('The options of CachexKeyv');
    await cache.close();
  });

  it('keeps entries forever if Redis cannot represent their expiry', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const keyv = new Keyv({ store: new CachexKeyv(cache) });
    for (const ttl of [1e14, Number.MAX_SAFE_INTEGER, 1e300, Infinity]) {
      expect(await keyv.set('key', String(ttl), ttl)).toBe(true);
      expect(await keyv.get('key')).toBe(String(ttl));
    }
    await cache.close();
  });

  it('uses only Keyv’s times, whatever the module’s timeout and stampede are', async () => {
    const cache = await openCache({ connection: 'memory://', timeout: 1, stampede: { beta: 1e9 } });
    const keyv = new Keyv({ store: new CachexKeyv(cache) });
    await keyv.set('forever', 1);
    await keyv.set('minute', { a: 1 }, 60_000);
    for (let look = 0; look < 20; look++) expect(await keyv.get('minute')).toEqual({ a: 1 });
    expect(await cache.ttl('keyv:keyv:forever', { version: 'keyv' })).toBe(-1);
    await cache.close();
  });

  it('continues without the cache under ignoreExceptions, and otherwise reports errors to Keyv', async () => {
    const closed = async (ignoreExceptions: boolean) => {
      const cache = await openCache({ connection: 'memory://', ignoreExceptions, logIgnoredExceptions: false });
      await cache.close();
      return new Keyv({ store: new CachexKeyv(cache), throwOnErrors: true, emitErrors: false });
    };
    expect(await (await closed(true)).get('key')).toBeUndefined();
    await expect((await closed(false)).get('key')).rejects.toThrow('closed');
  });
});
