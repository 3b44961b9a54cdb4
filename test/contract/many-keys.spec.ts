import { describe, expect, it } from 'vitest';
import { SerializerError } from '../../lib/index.js';
import { onEveryTopology } from './contract.js';
import { leftOf } from '../left-of.js';

onEveryTopology((t) => {
  describe('getMany', () => {
    it('returns the existing keys, in the given order', async () => {
      await t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: null, [t.key('c')]: { d: 1 } });
      const found = await t.cache.getMany([t.key('c'), t.key('missing'), t.key('b'), t.key('a')]);
      expect([...found]).toEqual([
        [t.key('c'), { d: 1 }],
        [t.key('b'), null],
        [t.key('a'), 1],
      ]);
    });

    it('has read its arguments when it returns', async () => {
      await t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: 2 });
      const keys = [t.key('a'), t.key('b')];
      const found = t.cache.getMany(keys);
      keys.length = 0;
      expect((await found).size).toBe(2);
    });

    it('returns an empty Map for no keys', async () => {
      expect(await t.cache.getMany([])).toEqual(new Map());
    });

    it('accepts a version', async () => {
      await t.cache.set(t.key(), 2, { version: 2 });
      expect(await t.cache.getMany([t.key()])).toEqual(new Map());
      expect(await t.cache.getMany([t.key()], { version: 2 })).toEqual(new Map([[t.key(), 2]]));
    });

    it('refuses an empty key, and anything but a list of keys', async () => {
      await expect(t.cache.getMany([t.key(), ''])).rejects.toThrow(TypeError);
      for (const keys of ['key', undefined, new Set(['key'])] as unknown as string[][]) {
        await expect(t.cache.getMany(keys)).rejects.toThrow(/^Keys must be an array/);
        await expect(t.cache.deleteMany(keys)).rejects.toThrow(/^Keys must be an array/);
        await expect(t.cache.sunion(keys)).rejects.toThrow(/^Keys must be an array/);
      }
    });
  });

  describe('setMany', () => {
    it.each([
      ['an object', () => ({ [t.key('a')]: 1, [t.key('b')]: 'two' })],
      [
        'a Map',
        () =>
          new Map<string, unknown>([
            [t.key('a'), 1],
            [t.key('b'), 'two'],
          ]),
      ],
      ['pairs', (): [string, unknown][] => ['a', 'b'].map((name) => [t.key(name), name === 'a' ? 1 : 'two'])],
    ])('takes %s and gives the keys that failed: none', async (_, mapping) => {
      expect(await t.cache.setMany(mapping(), 60)).toEqual([]);
      expect(await t.cache.get(t.key('b'))).toBe('two');
      expect(await t.cache.ttl(t.key('a'))).toEqual(leftOf(60));
    });

    it('uses the module’s timeout, none, or one that is over', async () => {
      await t.cache.setMany({ [t.key('a')]: 1 });
      expect(await t.cache.ttl(t.key('a'))).toEqual(leftOf(300));
      await t.cache.setMany({ [t.key('a')]: 1 }, { timeout: null });
      expect(await t.cache.ttl(t.key('a'))).toBe(-1);
      expect(await t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: 1 }, 0)).toEqual([]);
      expect(await t.cache.hasKey(t.key('a'))).toBe(false);
      expect(await t.cache.setMany({})).toEqual([]);
    });

    it('writes nothing if one value cannot be stored', async () => {
      await expect(t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: undefined })).rejects.toThrow(SerializerError);
      expect(await t.cache.hasKey(t.key('a'))).toBe(false);
      await expect(t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: undefined }, 0)).rejects.toThrow(SerializerError);
    });
  });

  it('deleteMany counts the existing keys', async () => {
    await t.cache.setMany({ [t.key('a')]: 1, [t.key('b')]: 2 });
    expect(await t.cache.deleteMany([t.key('a'), t.key('b'), t.key('c')])).toBe(2);
    expect(await t.cache.deleteMany([])).toBe(0);
  });

  it('20,000 keys are written, read and deleted', async () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => t.key(`many-${index}`));
    expect(await t.cache.setMany(new Map(keys.map((key, index) => [key, index])))).toEqual([]);
    const found = await t.cache.getMany<number>(keys);
    expect([...found.values()]).toEqual(keys.map((_, index) => index));
    expect(await t.cache.deleteMany(keys)).toBe(20_000);
  });
});
