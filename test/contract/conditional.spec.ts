import { describe, expect, it } from 'vitest';
import { SerializerError, WrongTypeError } from '../../lib/index.js';
import { keepFor, keptMs } from '../raw.js';
import { contract } from './contract.js';
import { leftOf } from '../left-of.js';

contract((t) => {
  describe('getex', () => {
    it('returns the value, and changes the time to live', async () => {
      await t.on.set(t.key(), { a: 1 }, 50);
      expect(await t.on.getex(t.key(), '2m')).toEqual({ a: 1 });
      expect(await t.on.ttl(t.key())).toEqual(leftOf(120));
      expect(await t.on.getex(t.key())).toEqual({ a: 1 });
      expect(await t.on.ttl(t.key())).toEqual(leftOf(300));
      expect(await t.on.getex(t.key(), null)).toEqual({ a: 1 });
      expect(await t.on.ttl(t.key())).toBe(-1);
      expect(await t.on.getex(t.key(), { timeout: 0 })).toEqual({ a: 1 });
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await t.on.getex(t.key(), 60)).toBeUndefined();
      expect(await t.on.getex(t.key(), { default: 7 })).toBe(7);
      expect(await t.on.getex(t.key(), { default: 7, timeout: 0 })).toBe(7);
      await expect(t.on.getex(t.key(), NaN)).rejects.toThrow(TypeError);
    });

    it('keeps the buffer of early recomputation and the tags', async () => {
      const tags = [t.key('tag')];
      await t.on.set(t.key(), 'a', { timeout: 10, tags, stampede: { buffer: 20 } });
      expect(await t.on.getex(t.key(), 100)).toBe('a');
      expect(await t.on.ttl(t.key())).toEqual(leftOf(100));
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(115_000);
      await t.cache.invalidateTags(tags);
      expect(await t.on.getex(t.key(), 500)).toBeUndefined();
      expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(120_000);
    });

    it('finds no value if the time of an entry is over, and does not change it', async () => {
      await t.on.set(t.key(), 'a', { timeout: 10, stampede: { buffer: 20 } });
      await keepFor(t.cache, t.key(), 15_000);
      expect(await t.on.getex(t.key(), 100)).toBeUndefined();
      expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(15_000);
    });
  });

  describe('setIfEqual', () => {
    it.each([
      ['numbers', 1, 2, 3],
      ['text', 'a', 'b', 'c'],
      ['booleans and null', true, null, false],
      ['objects', { a: 1 }, { a: 2 }, { a: 3 }],
    ])('stores where %s are the expected ones', async (_, first, second, other) => {
      expect(await t.on.setIfEqual(t.key(), second, first)).toBe(false);
      expect(await t.on.hasKey(t.key())).toBe(false);
      await t.on.set(t.key(), first);
      expect(await t.on.setIfEqual(t.key(), second, other)).toBe(false);
      expect(await t.on.get(t.key())).toEqual(first);
      expect(await t.on.setIfEqual(t.key(), second, first, '1m')).toBe(true);
      expect(await t.on.get(t.key())).toEqual(second);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.on.setIfEqual(t.key(), other, second)).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(300));
    });

    it('distinguishes values, but not the order of their keys', async () => {
      await t.on.set(t.key(), { a: 1, b: [{ c: 2, d: new Map([['x', 1]]) }] });
      expect(await t.on.setIfEqual(t.key(), 1, { a: 1, b: [{ c: 2 }] })).toBe(false);
      expect(await t.on.setIfEqual(t.key(), 1, { b: [{ d: new Map([['x', 1]]), c: 2 }], a: 1 })).toBe(true);
      expect(await t.on.setIfEqual(t.key(), 'one', '1')).toBe(false);
      expect(await t.on.setIfEqual(t.key(), 'one', 1)).toBe(true);
      await t.cache.incrbyfloat(t.key('n'), 10.5);
      expect(await t.on.setIfEqual(t.key('n'), 11, 10.5)).toBe(true);
    });

    it('keeps the time to live with keepTtl, and deletes with a timeout of 0', async () => {
      await t.on.set(t.key(), 'a', 50);
      expect(await t.on.setIfEqual(t.key(), 'b', 'a', { keepTtl: true })).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(50));
      expect(await t.on.setIfEqual(t.key(), { x: 1, y: 2 }, 'b', { keepTtl: true })).toBe(true);
      expect(await t.on.setIfEqual(t.key(), 'c', { y: 2, x: 1 }, { keepTtl: true })).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(50));
      expect(await t.on.setIfEqual(t.key(), 'd', 'x', 0)).toBe(false);
      expect(await t.on.setIfEqual(t.key(), 'd', 'c', 0)).toBe(true);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('compares the value of an entry with tags while it counts', async () => {
      const tags = [t.key('tag')];
      await t.on.set(t.key(), 'a', { tags });
      expect(await t.on.setIfEqual(t.key(), 'b', 'x', { tags })).toBe(false);
      expect(await t.on.setIfEqual(t.key(), 'b', 'a', { tags })).toBe(true);
      await t.cache.invalidateTags(tags);
      expect(await t.on.get(t.key())).toBeUndefined();
      expect(await t.on.setIfEqual(t.key(), 'c', 'b')).toBe(false);
    });

    it('keeps the remaining time of an entry with a buffer, not the time it is kept', async () => {
      await t.on.set(t.key(), 'a', { timeout: 50, stampede: { buffer: 100 } });
      expect(await t.on.setIfEqual(t.key(), 'b', 'a', { keepTtl: true, stampede: false })).toBe(true);
      expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(50_000);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(50));
    });

    it('lets one of many win', async () => {
      await t.on.set(t.key(), { n: 0 });
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => t.on.setIfEqual(t.key(), { n: n + 1 }, { n: 0 })),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      expect(await t.on.get(t.key())).toEqual({ n: outcomes.indexOf(true) + 1 });
    });

    it('refuses other types and wrong arguments', async () => {
      await t.cache.sadd(t.key('set'), 1);
      await expect(t.on.setIfEqual(t.key('set'), 1, 2)).rejects.toThrow(WrongTypeError);
      await expect(t.on.setIfEqual(t.key(), undefined, 1)).rejects.toThrow(SerializerError);
      await expect(t.on.setIfEqual(t.key(), 1, () => 1)).rejects.toThrow(SerializerError);
      await expect(t.on.setIfEqual(t.key(), 1, 2, { keepTtl: true, timeout: 1 })).rejects.toThrow(TypeError);
    });
  });

  describe('deleteIfEqual', () => {
    it('deletes if the value is the expected one', async () => {
      expect(await t.on.deleteIfEqual(t.key(), 'a')).toBe(false);
      await t.on.set(t.key(), { a: 1, b: 2 });
      expect(await t.on.deleteIfEqual(t.key(), { a: 1 })).toBe(false);
      expect(await t.on.deleteIfEqual(t.key(), { b: 2, a: 1 })).toBe(true);
      expect(await t.on.hasKey(t.key())).toBe(false);
      await t.on.set(t.key(), 'a', { tags: [t.key('tag')] });
      expect(await t.on.deleteIfEqual(t.key(), 'a')).toBe(true);
      await t.cache.withVersion(2).set(t.key(), 5);
      expect(await t.on.deleteIfEqual(t.key(), 5)).toBe(false);
      expect(await t.on.deleteIfEqual(t.key(), 5, { version: 2 })).toBe(true);
      await t.cache.sadd(t.key('set'), 1);
      await expect(t.on.deleteIfEqual(t.key('set'), 1)).rejects.toThrow(WrongTypeError);
    });
  });
});
