import { describe, expect, it } from 'vitest';
import { SerializerError, WrongTypeError } from '../../lib/index.js';
import { raw } from '../raw.js';
import { contract } from './contract.js';
import { leftOf } from '../left-of.js';

contract((t) => {
  describe('get', () => {
    it('returns undefined, or the default, for a missing key', async () => {
      expect(await t.on.get(t.key())).toBeUndefined();
      expect(await t.on.get(t.key(), { default: 7 })).toBe(7);
      expect(await t.on.get(t.key(), { default: null })).toBeNull();
    });

    it('returns a stored null, even with a default', async () => {
      await t.on.set(t.key(), null);
      expect(await t.on.get(t.key())).toBeNull();
      expect(await t.on.get(t.key(), { default: 7 })).toBeNull();
    });

    it.each([
      ['text', 'grüße'],
      ['text that looks like a number', '12345'],
      ['an empty string', ''],
      ['true', true],
      ['false', false],
      ['a number', -12.5],
      ['zero', 0],
      ['negative zero', -0],
      ['an unsafe integer held in a number', 2 ** 60],
      ['a large bigint', 2n ** 70n],
      ['a small bigint', 5n],
      ['not a number', NaN],
      ['an object', { a: [1, { b: null }], at: new Date(0) }],
      ['a Map', new Map([['k', new Set([1])]])],
      ['bytes', Buffer.from([0, 255, 10, 13])],
    ])('gives %s back as it was stored', async (_, value) => {
      await t.on.set(t.key(), value);
      expect(await t.on.get(t.key())).toStrictEqual(value);
    });

    it('stores numbers as decimal text', async () => {
      await t.on.set(t.key(), 1.5);
      expect(await t.on.hasKey(t.key())).toBe(true);
      const wire = `${t.cache['executor'].keys.prefix}:1:${t.key()}`;
      expect(await raw(t.cache, 'GET', wire)).toBe('1.5');
    });

    it('names command and key if the key holds another type', async () => {
      await t.cache.sadd(t.key(), 1);
      const error = await t.on.get(t.key()).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WrongTypeError);
      expect((error as Error).message).toContain(`GET "${t.key()}"`);
    });
  });

  describe('set', () => {
    it('returns true, and uses the module’s timeout by default', async () => {
      expect(await t.on.set(t.key(), 'a')).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(300));
    });

    it.each([
      ['seconds', 60, 60_000],
      ['fractions of a second', 1.5, 1500],
      ['a duration', '1h 30m', 5_400_000],
    ])('takes %s as the third argument', async (_, timeout, ms) => {
      await t.on.set(t.key(), 'a', timeout);
      const left = await t.on.pttl(t.key());
      expect(left).toBeLessThanOrEqual(ms);
      expect(left).toBeGreaterThan(ms - 1000);
    });

    it('never expires a key set with null', async () => {
      await t.on.set(t.key(), 'a', null);
      expect(await t.on.ttl(t.key())).toBe(-1);
      await t.on.set(t.key('other'), 'a', { timeout: null });
      expect(await t.on.ttl(t.key('other'))).toBe(-1);
    });

    it('writes with nx only if the key is missing, and otherwise changes neither value nor TTL', async () => {
      expect(await t.on.set(t.key(), 'first', { nx: true, timeout: 100 })).toBe(true);
      expect(await t.on.set(t.key(), 'second', { nx: true, timeout: 500 })).toBe(false);
      expect(await t.on.get(t.key())).toBe('first');
      expect(await t.on.ttl(t.key())).toBeLessThanOrEqual(100);
    });

    it('writes with xx only if the key exists', async () => {
      expect(await t.on.set(t.key(), 'first', { xx: true })).toBe(false);
      expect(await t.on.hasKey(t.key())).toBe(false);
      await t.on.set(t.key(), 'first');
      expect(await t.on.set(t.key(), 'second', { xx: true })).toBe(true);
      expect(await t.on.get(t.key())).toBe('second');
    });

    it('returns the previous value with get', async () => {
      expect(await t.on.set<string>(t.key(), 'first', { get: true })).toBeUndefined();
      expect(await t.on.set<string>(t.key(), 'second', { get: true })).toBe('first');
      expect(await t.on.set<string>(t.key(), 'third', { get: true, nx: true })).toBe('second');
      expect(await t.on.get(t.key())).toBe('second');
    });

    it('keeps the TTL with keepTtl', async () => {
      await t.on.set(t.key(), 'first', 50);
      await t.on.set(t.key(), 'second', { keepTtl: true });
      expect(await t.on.ttl(t.key())).toEqual(leftOf(50));
      await t.on.set(t.key(), 'third');
      expect(await t.on.ttl(t.key())).toEqual(leftOf(300));
    });

    describe.each([0, -1, '0s'])('with a timeout of %j', (timeout) => {
      it('deletes the key', async () => {
        await t.on.set(t.key(), 'a');
        expect(await t.on.set(t.key(), 'b', timeout)).toBe(true);
        expect(await t.on.hasKey(t.key())).toBe(false);
        expect(await t.on.set(t.key(), 'b', timeout)).toBe(true);
      });

      it('keeps an existing key under nx, and a missing one absent', async () => {
        expect(await t.on.set(t.key(), 'b', { timeout, nx: true })).toBe(true);
        expect(await t.on.hasKey(t.key())).toBe(false);
        await t.on.set(t.key(), 'a');
        expect(await t.on.set(t.key(), 'b', { timeout, nx: true })).toBe(false);
        expect(await t.on.get(t.key())).toBe('a');
      });

      it('removes an existing key under xx', async () => {
        expect(await t.on.set(t.key(), 'b', { timeout, xx: true })).toBe(false);
        await t.on.set(t.key(), 'a');
        expect(await t.on.set(t.key(), 'b', { timeout, xx: true })).toBe(true);
        expect(await t.on.hasKey(t.key())).toBe(false);
      });

      it('returns the old value with get, and deletes the key', async () => {
        expect(await t.on.set(t.key(), 'b', { timeout, get: true })).toBeUndefined();
        await t.on.set(t.key(), 'a');
        expect(await t.on.set(t.key(), 'b', { timeout, get: true, nx: true })).toBe('a');
        expect(await t.on.hasKey(t.key())).toBe(true);
        expect(await t.on.set(t.key(), 'b', { timeout, get: true })).toBe('a');
        expect(await t.on.hasKey(t.key())).toBe(false);
      });
    });

    it.each([
      ['nx with xx', () => t.on.set(t.key(), 'b', { nx: true, xx: true }), TypeError],
      ['timeout with keepTtl', () => t.on.set(t.key(), 'b', { timeout: 1, keepTtl: true }), TypeError],
      ['a timeout that is not a number', () => t.on.set(t.key(), 'b', NaN), TypeError],
      ['a timeout in bananas', () => t.on.set(t.key(), 'b', '5 bananas'), TypeError],
      ['a Date as a timeout', () => t.on.set(t.key(), 'b', { timeout: new Date() as unknown as number }), TypeError],
      ['a Date in place of a timeout', () => t.on.set(t.key(), 'b', new Date() as unknown as number), TypeError],
      ['a list in place of a timeout', () => t.on.add(t.key('c'), 'b', [60] as unknown as number), TypeError],
      ['undefined', () => t.on.set(t.key(), undefined), SerializerError],
      ['a function', () => t.on.set(t.key(), () => 1), SerializerError],
      ['a symbol', () => t.on.set(t.key(), Symbol('s')), SerializerError],
      ['a function that would expire at once', () => t.on.set(t.key(), () => 1, 0), SerializerError],
    ])('refuses %s and leaves the key alone', async (_, call, type) => {
      await t.on.set(t.key(), 'a');
      await expect(call()).rejects.toThrow(type);
      expect(await t.on.get(t.key())).toBe('a');
    });
  });

  describe('add', () => {
    it('is set with nx', async () => {
      expect(await t.on.add(t.key(), 'first', 60)).toBe(true);
      expect(await t.on.add(t.key(), 'second')).toBe(false);
      expect(await t.on.get(t.key())).toBe('first');
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
    });
  });

  describe('getdel', () => {
    it('returns the value, and deletes the key', async () => {
      await t.on.set(t.key(), { a: 1 }, null);
      expect(await t.on.getdel(t.key())).toStrictEqual({ a: 1 });
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await t.on.getdel(t.key())).toBeUndefined();
    });

    it('returns a value whose tags are valid, and deletes any other', async () => {
      const tag = t.key('tag');
      await t.on.set(t.key(), 'a', { tags: [tag] });
      expect(await t.on.getdel(t.key())).toBe('a');
      await t.on.set(t.key(), 'b', { tags: [tag] });
      await t.cache.invalidateTags([tag]);
      expect(await t.on.getdel(t.key())).toBeUndefined();
      expect(await t.on.ttl(t.key())).toBe(-2);
    });

    it('refuses a key that holds another type', async () => {
      await t.cache.sadd(t.key(), 1);
      await expect(t.on.getdel(t.key())).rejects.toThrow(WrongTypeError);
      expect(await t.on.scard(t.key())).toBe(1);
    });
  });

  describe('incr and decr', () => {
    it('start from 0, or from initial', async () => {
      expect(await t.on.incr(t.key())).toBe(1);
      expect(await t.on.decr(t.key(), 5)).toBe(-4);
      expect(await t.on.incr(t.key('b'), 2, { initial: 10 })).toBe(12);
      expect(await t.on.decr(t.key('c'), 2, { initial: 10 })).toBe(8);
      expect(await t.on.get(t.key('c'))).toBe(8);
    });

    it('set the timeout of a new key, and keep that of an existing one', async () => {
      expect(await t.on.incr(t.key(), 1, { timeout: 100 })).toBe(1);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(100));
      expect(await t.on.incr(t.key(), 1, { timeout: 500, initial: 40 })).toBe(2);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(100));
      await t.on.incr(t.key('forever'));
      expect(await t.on.ttl(t.key('forever'))).toBe(-1);
    });

    it('count what set has stored', async () => {
      await t.on.set(t.key(), 41);
      expect(await t.on.incr(t.key())).toBe(42);
    });

    it.each(['text', 1.5, { a: 1 }])('refuse a key that holds %j', async (value) => {
      await t.on.set(t.key(), value);
      await expect(t.on.incr(t.key())).rejects.toThrow(WrongTypeError);
      await expect(t.on.incr(t.key(), 1, { timeout: 5 })).rejects.toThrow(WrongTypeError);
      expect(await t.on.get(t.key())).toStrictEqual(value);
    });

    it.each([1.5, NaN, Infinity, '1' as unknown as number])('refuse to add %s', async (delta) => {
      await expect(t.on.incr(t.key(), delta)).rejects.toThrow(TypeError);
      await expect(t.on.decr(t.key(), delta)).rejects.toThrow(TypeError);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('fail with RangeError past the safe integers instead of returning a rounded number', async () => {
      await t.on.set(t.key(), Number.MAX_SAFE_INTEGER);
      await expect(t.on.incr(t.key())).rejects.toThrow(RangeError);
      expect(await t.on.get(t.key())).toBe(2n ** 53n);
      await t.on.set(t.key(), 2n ** 63n - 1n);
      await expect(t.on.incr(t.key())).rejects.toThrow(RangeError);
      expect(await t.on.get(t.key())).toBe(2n ** 63n - 1n);
    });
  });
});
