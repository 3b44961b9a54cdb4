import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableValues } from '../codec/values.js';
import { matchGlob } from '../../lib/embedded/protocol/glob.js';
import { onEveryTopology } from './contract.js';

/** Keys with every character that is special to Redis, globs, clusters or this library. */
const odd = fc.constantFrom(
  ':',
  '{',
  '}',
  '*',
  '?',
  '[',
  ']',
  '\\',
  '^',
  '-',
  ' ',
  '\n',
  '\0',
  'ü',
  '漢',
  '🎈',
  'a',
  '1',
);
const keys = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.array(odd, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
);
const runs = { numRuns: 60 };

onEveryTopology((t) => {
  describe('whatever the value and the key', () => {
    it('comes back unchanged: string, hash, list, set, sorted set', async () => {
      await fc.assert(
        fc.asyncProperty(keys, storableValues(), async (name, value) => {
          const key = t.key(name);
          await t.cache
            .pipeline()
            .set(key, value)
            .hset(`${key}h`, name, value)
            .rpush(`${key}l`, value)
            .sadd(`${key}s`, value)
            .zadd(`${key}z`, [[value, 1]])
            .execute();
          expect(await t.cache.get(key)).toStrictEqual(value);
          expect(await t.cache.hgetall(`${key}h`)).toStrictEqual(new Map([[name, value]]));
          expect(await t.cache.lindex(`${key}l`, 0)).toEqual(value);
          expect(await t.cache.sismember(`${key}s`, value)).toBe(true);
          expect(await t.cache.zscore(`${key}z`, value)).toBe(1);
          await t.cache.deleteMany(['', 'h', 'l', 's', 'z'].map((suffix) => key + suffix));
        }),
        runs,
      );
    });

    it('getMany returns what setMany stored', async () => {
      await fc.assert(
        fc.asyncProperty(fc.dictionary(keys, storableValues(), { maxKeys: 8 }), async (dictionary) => {
          const mapping = new Map(Object.entries(dictionary).map(([name, value]) => [t.key(name), value]));
          expect(await t.cache.setMany(mapping)).toEqual([]);
          expect(await t.cache.getMany([...mapping.keys()])).toStrictEqual(mapping);
          expect(await t.cache.deleteMany([...mapping.keys()])).toBe(mapping.size);
        }),
        runs,
      );
    });
  });

  it('whatever the pattern, keys finds exactly the matching keys', async () => {
    const names = fc.uniqueArray(keys, { minLength: 1, maxLength: 6 });
    const patterns = fc.array(fc.oneof(odd, fc.constantFrom('*', '?', '[a-z]', '[^a]', '\\*')), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(names, patterns, async (all, parts) => {
        const view = t.cache.withVersion(`properties-${Math.random()}`);
        await view.setMany(all.map((name) => [name, 1] as const));
        const pattern = parts.join('');
        const expected = all.filter((name) => matchGlob(pattern, name));
        expect((await view.keys(pattern)).toSorted()).toEqual(expected.toSorted());
        expect(await view.deletePattern(pattern)).toBe(expected.length);
        expect(await view.clear()).toBe(all.length - expected.length);
      }),
      runs,
    );
  });
});
