import { describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';
import { from } from './since.js';
import { leftOf } from '../left-of.js';

const withExpiry = { redis: '7.4', valkey: '9.0' };
const withSetting = { redis: '8.0', valkey: '9.0' };
const withTaking = { redis: '8.0', valkey: '9.1' };

contract((t) => {
  describe('hexpire and its like', () => {
    it(
      'change the expiry of fields, with a result for each',
      from(withExpiry, t, async () => {
        await t.cache.hset(t.key(), { a: 1, b: 2, c: 3 });
        expect(await t.on.hexpire(t.key(), '1m', 'a', 'none')).toEqual([true, false]);
        expect(await t.on.hpexpire(t.key(), 90_000, 'b')).toEqual([true]);
        expect(await t.on.httl(t.key(), 'a', 'b', 'c', 'none')).toEqual([leftOf(60), leftOf(90), -1, -2]);
        const [ms] = await t.on.hpttl(t.key(), 'a');
        expect(ms).toBeGreaterThan(55_000);
        expect(ms).toBeLessThanOrEqual(60_000);
        expect(await t.on.hgetall(t.key())).toEqual(new Map(Object.entries({ a: 1, b: 2, c: 3 })));
      }),
    );

    it(
      'accept instants',
      from(withExpiry, t, async () => {
        const inAMinute = Math.ceil(Date.now() / 1000) + 60;
        await t.cache.hset(t.key(), { a: 1, b: 2, c: 3, d: 4 });
        expect(await t.on.hexpireat(t.key(), inAMinute, 'a')).toEqual([true]);
        expect(await t.on.hexpireat(t.key(), new Date(inAMinute * 1000), 'b')).toEqual([true]);
        expect(await t.on.hpexpireat(t.key(), inAMinute * 1000, 'c')).toEqual([true]);
        expect(await t.on.hexpiretime(t.key(), 'a', 'b', 'c', 'd', 'none')).toEqual([
          ...[inAMinute, inAMinute, inAMinute],
          -1,
          -2,
        ]);
        expect(await t.on.hexpireat(t.key(), new Date(0), 'a')).toEqual([true]);
        expect((await t.on.hkeys(t.key())).toSorted()).toEqual(['b', 'c', 'd']);
      }),
    );

    it(
      'obey conditions, with the fields as an array',
      from(withExpiry, t, async () => {
        await t.cache.hset(t.key(), { a: 1, b: 2 });
        expect(await t.on.hexpire(t.key(), 60, ['a'], { nx: true })).toEqual([true]);
        expect(await t.on.hexpire(t.key(), 90, ['a', 'b'], { nx: true })).toEqual([false, true]);
        expect(await t.on.hexpire(t.key(), 100, ['a', 'b'], { gt: true })).toEqual([true, true]);
        expect(await t.on.hexpire(t.key(), 50, ['a'], { gt: true })).toEqual([false]);
        expect(await t.on.hexpire(t.key(), 50, ['a'], { lt: true })).toEqual([true]);
        expect(await t.on.hexpire(t.key(), 50, ['a'], { xx: true })).toEqual([true]);
        expect(await t.on.httl(t.key(), ['a', 'b'])).toEqual([leftOf(50), leftOf(100)]);
      }),
    );

    it(
      'end fields at once, or never',
      from(withExpiry, t, async () => {
        await t.cache.hset(t.key(), { a: 1, b: 2, c: 3 });
        expect(await t.on.hexpire(t.key(), 0, 'a', 'none')).toEqual([true, false]);
        expect(await t.on.hpexpire(t.key(), -5, 'b')).toEqual([true]);
        expect(await t.on.hkeys(t.key())).toEqual(['c']);
        await t.on.hexpire(t.key(), 60, 'c');
        expect(await t.on.hexpire(t.key(), null, 'c', 'none')).toEqual([true, false]);
        expect(await t.on.httl(t.key(), 'c')).toEqual([-1]);
        await t.on.hexpire(t.key(), 60, 'c');
        expect(await t.on.hpersist(t.key(), 'c', 'none')).toEqual([true, false]);
        expect(await t.on.hpersist(t.key(), 'c')).toEqual([false]);
      }),
    );

    it(
      'find no fields where there is no hash',
      from(withExpiry, t, async () => {
        expect(await t.on.hexpire(t.key(), 60, 'a', 'b')).toEqual([false, false]);
        expect(await t.on.httl(t.key(), 'a', 'b')).toEqual([-2, -2]);
        expect(await t.on.hexpiretime(t.key(), 'a')).toEqual([-2]);
        expect(await t.on.hpersist(t.key(), 'a')).toEqual([false]);
      }),
    );

    it(
      'accept a version, and refuse other types',
      from(withExpiry, t, async () => {
        await t.cache.withVersion(2).hset(t.key(), 'a', 1);
        expect(await t.on.hexpire(t.key(), 60, ['a'], { version: 2 })).toEqual([true]);
        expect(await t.on.httl(t.key(), ['a'], { version: 2 })).toEqual([leftOf(60)]);
        expect(await t.on.httl(t.key(), ['a'])).toEqual([-2]);
        await t.cache.set(t.key('text'), 'a');
        await expect(t.on.hexpire(t.key('text'), 60, 'a')).rejects.toThrow(WrongTypeError);
      }),
    );

    it('cost nothing without fields, and refuse wrong arguments', async () => {
      expect(await t.on.hexpire(t.key(), 60)).toEqual([]);
      expect(await t.on.httl(t.key(), [])).toEqual([]);
      expect(await t.on.hpersist(t.key())).toEqual([]);
      await expect(t.on.hexpire(t.key(), undefined as never, 'a')).rejects.toThrow(TypeError);
      await expect(t.on.hexpire(t.key(), '5 bananas', 'a')).rejects.toThrow(TypeError);
      await expect(t.on.hpexpire(t.key(), 1.5, 'a')).rejects.toThrow(TypeError);
      await expect(t.on.hexpire(t.key(), 60, 7 as never)).rejects.toThrow(TypeError);
      await expect(t.on.hexpire(t.key(), 60, ['a'], { nx: true, gt: true })).rejects.toThrow(TypeError);
      await expect(t.on.hexpire(t.key(), null, ['a'], { nx: true })).rejects.toThrow(TypeError);
    });
  });

  describe('hsetex', () => {
    it(
      'sets fields and their expiry',
      from(withSetting, t, async () => {
        expect(await t.on.hsetex(t.key(), { a: { n: 1 }, b: 2 }, '1m')).toBe(true);
        expect(await t.on.hgetall(t.key())).toEqual(new Map<string, unknown>(Object.entries({ a: { n: 1 }, b: 2 })));
        expect(await t.cache.httl(t.key(), 'a', 'b')).toEqual([leftOf(60), leftOf(60)]);
        expect(await t.on.hsetex(t.key(), { a: 1 })).toBe(true);
        expect(await t.on.hsetex(t.key(), [['b', 1]], null)).toBe(true);
        expect(await t.cache.httl(t.key(), 'a', 'b')).toEqual([leftOf(300), -1]);
      }),
    );

    it(
      'obeys fnx, fxx and keepTtl',
      from(withSetting, t, async () => {
        expect(await t.on.hsetex(t.key(), { a: 1 }, { fxx: true })).toBe(false);
        expect(await t.on.hsetex(t.key(), { a: 1 }, { fnx: true, timeout: 60 })).toBe(true);
        expect(await t.on.hsetex(t.key(), { a: 2, b: 2 }, { fnx: true })).toBe(false);
        expect(await t.on.hsetex(t.key(), { a: 3 }, { fxx: true, keepTtl: true })).toBe(true);
        expect(await t.on.hgetall(t.key())).toEqual(new Map([['a', 3]]));
        expect(await t.cache.httl(t.key(), 'a')).toEqual([leftOf(60)]);
      }),
    );

    it(
      'deletes fields with a timeout of 0',
      from(withSetting, t, async () => {
        await t.cache.hset(t.key(), { a: 1, b: 2 });
        expect(await t.on.hsetex(t.key(), { a: 3 }, 0)).toBe(true);
        expect(await t.on.hgetall(t.key())).toEqual(new Map([['b', 2]]));
      }),
    );

    it('refuses wrong arguments', async () => {
      expect(await t.on.hsetex(t.key(), {})).toBe(true);
      await expect(t.on.hsetex(t.key(), { a: 1 }, { fnx: true, fxx: true })).rejects.toThrow(TypeError);
      await expect(t.on.hsetex(t.key(), { a: 1 }, { keepTtl: true, timeout: 1 })).rejects.toThrow(TypeError);
      await expect(t.on.hsetex(t.key(), { a: 1 }, NaN)).rejects.toThrow(TypeError);
    });
  });

  describe('hgetex', () => {
    it(
      'returns values, and changes their expiry',
      from(withSetting, t, async () => {
        await t.cache.hset(t.key(), { a: { n: 1 }, b: null });
        expect(await t.on.hgetex(t.key(), '1m', 'a', 'none', 'b')).toEqual([{ n: 1 }, undefined, null]);
        expect(await t.cache.httl(t.key(), 'a', 'b')).toEqual([leftOf(60), leftOf(60)]);
        expect(await t.on.hgetex(t.key(), null, ['a'])).toEqual([{ n: 1 }]);
        expect(await t.cache.httl(t.key(), 'a')).toEqual([-1]);
        expect(await t.on.hgetex(t.key(), 0, 'a')).toEqual([{ n: 1 }]);
        expect(await t.on.hkeys(t.key())).toEqual(['b']);
        expect(await t.on.hgetex(t.key('none'), 1, 'a', 'b')).toEqual([undefined, undefined]);
        expect(await t.on.hgetex(t.key(), 1)).toEqual([]);
      }),
    );
  });

  describe('hgetdel', () => {
    it(
      'removes and returns fields',
      from(withTaking, t, async () => {
        await t.cache.hset(t.key(), { a: { n: 1 }, b: 2 });
        expect(await t.on.hgetdel(t.key(), 'a', 'none')).toEqual([{ n: 1 }, undefined]);
        expect(await t.on.hgetdel(t.key(), ['a', 'b'])).toEqual([undefined, 2]);
        expect(await t.on.hasKey(t.key())).toBe(false);
        expect(await t.on.hgetdel(t.key(), 'a')).toEqual([undefined]);
        expect(await t.on.hgetdel(t.key())).toEqual([]);
      }),
    );
  });

  describe('hrandfield', () => {
    it('returns one field, or several', async () => {
      await t.cache.hset(t.key(), { a: 1, b: { n: 2 } });
      expect(['a', 'b']).toContain(await t.on.hrandfield(t.key()));
      expect((await t.on.hrandfield(t.key(), 9)).toSorted()).toEqual(['a', 'b']);
      expect(await t.on.hrandfield(t.key(), -9)).toHaveLength(9);
      expect((await t.on.hrandfield(t.key(), 2, { withValues: true })).toSorted()).toEqual([
        ['a', 1],
        ['b', { n: 2 }],
      ]);
      expect(await t.on.hrandfield(t.key('none'))).toBeUndefined();
      expect(await t.on.hrandfield(t.key('none'), 2)).toEqual([]);
      await expect(t.on.hrandfield(t.key(), undefined, { withValues: true } as never)).rejects.toThrow(TypeError);
    });
  });

  describe('hscan with noValues', () => {
    it('returns only the fields, on any server', async () => {
      await t.cache.hset(t.key(), { a: 1, b: 2 });
      const { cursor, fields } = await t.on.hscan(t.key(), 0, { noValues: true, count: 100 });
      expect(cursor).toBe('0');
      expect(fields.toSorted()).toEqual(['a', 'b']);
      const many = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`f${n}`, n]));
      await t.cache.hset(t.key('many'), many);
      const found = new Set<string>();
      for await (const field of t.cache.hscanIter(t.key('many'), { noValues: true, match: 'f1*' })) found.add(field);
      expect(found).toEqual(new Set(Object.keys(many).filter((name) => name.startsWith('f1'))));
    });
  });
});
