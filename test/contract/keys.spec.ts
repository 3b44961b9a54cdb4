import { describe, expect, it } from 'vitest';
import { CommandError, KeyNotFoundError } from '../../lib/index.js';
import { contract } from './contract.js';
import { leftOf } from '../left-of.js';

contract((t) => {
  describe('hasKey, delete and type', () => {
    it('report what exists', async () => {
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await t.on.type(t.key())).toBeUndefined();
      expect(await t.on.delete(t.key())).toBe(false);
      await t.on.set(t.key(), 1);
      expect(await t.on.hasKey(t.key())).toBe(true);
      expect(await t.on.type(t.key())).toBe('string');
      expect(await t.on.delete(t.key())).toBe(true);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('know every type', async () => {
      await t.cache.hset(t.key('h'), 'f', 1);
      await t.cache.sadd(t.key('s'), 1);
      await t.cache.zadd(t.key('z'), { a: 1 });
      await t.cache.rpush(t.key('l'), 1);
      const types = await Promise.all(['h', 's', 'z', 'l'].map((name) => t.on.type(t.key(name))));
      expect(types).toEqual(['hash', 'set', 'zset', 'list']);
    });
  });

  describe('time to live', () => {
    it('is -2 for a missing key and -1 for one that never expires', async () => {
      expect(await t.on.ttl(t.key())).toBe(-2);
      expect(await t.on.pttl(t.key())).toBe(-2);
      expect(await t.on.expireTime(t.key())).toBe(-2);
      await t.on.set(t.key(), 1, null);
      expect(await t.on.ttl(t.key())).toBe(-1);
      expect(await t.on.pttl(t.key())).toBe(-1);
      expect(await t.on.expireTime(t.key())).toBe(-1);
    });

    it.each([
      ['expire in seconds', (key: string) => t.on.expire(key, 50), 50],
      ['expire with a duration', (key: string) => t.on.expire(key, '2m'), 120],
      ['pexpire in milliseconds', (key: string) => t.on.pexpire(key, 70_000), 70],
      ['expireAt a Date', (key: string) => t.on.expireAt(key, new Date(Date.now() + 90_000)), 90],
      ['expireAt a Unix time in seconds', (key: string) => t.on.expireAt(key, Date.now() / 1000 + 40), 40],
      ['pexpireAt a Unix time in milliseconds', (key: string) => t.on.pexpireAt(key, Date.now() + 60_000), 60],
      ['touch', (key: string) => t.on.touch(key, 30), 30],
      ['touch with the module’s timeout', (key: string) => t.on.touch(key), 300],
    ])('is set by %s', async (_, set, seconds) => {
      expect(await set(t.key())).toBe(false);
      await t.on.set(t.key(), 1, null);
      expect(await set(t.key())).toBe(true);
      expect(Math.abs((await t.on.ttl(t.key())) - seconds)).toBeLessThanOrEqual(1);
      expect(Math.abs((await t.on.expireTime(t.key())) - (Date.now() / 1000 + seconds))).toBeLessThanOrEqual(2);
    });

    it.each([
      ['expire with 0', (key: string) => t.on.expire(key, 0)],
      ['pexpire with less than 0', (key: string) => t.on.pexpire(key, -1)],
      ['expireAt in the past', (key: string) => t.on.expireAt(key, new Date(0))],
      ['touch with 0', (key: string) => t.on.touch(key, 0)],
    ])('that is over deletes the key: %s', async (_, end) => {
      await t.on.set(t.key(), 1);
      expect(await end(t.key())).toBe(true);
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await end(t.key())).toBe(false);
    });

    it('is removed by persist, which returns whether there was one', async () => {
      expect(await t.on.persist(t.key())).toBe(false);
      await t.on.set(t.key(), 1, 10);
      expect(await t.on.persist(t.key())).toBe(true);
      expect(await t.on.persist(t.key())).toBe(false);
      expect(await t.on.ttl(t.key())).toBe(-1);
    });

    it.each([
      ['touch', (key: string) => t.on.touch(key, null)],
      ['expire', (key: string) => t.on.expire(key, null)],
    ])('is taken away by %s with null, which says whether the key is there', async (_, persist) => {
      expect(await persist(t.key())).toBe(false);
      await t.on.set(t.key(), 1, 10);
      expect(await persist(t.key())).toBe(true);
      expect(await persist(t.key())).toBe(true);
      expect(await t.on.ttl(t.key())).toBe(-1);
    });

    it.each([
      ['expire', () => t.on.expire(t.key(), NaN)],
      ['expire without a timeout', () => t.on.expire(t.key(), undefined as unknown as number)],
      ['pexpire', () => t.on.pexpire(t.key(), 1.5)],
      ['expireAt', () => t.on.expireAt(t.key(), new Date(NaN))],
      ['touch', () => t.on.touch(t.key(), 'soon')],
    ])('is not touched by a wrong argument of %s', async (_, call) => {
      await t.on.set(t.key(), 1, 10);
      await expect(call()).rejects.toThrow(TypeError);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(10));
    });
  });

  describe('rename and renamenx', () => {
    it('move value and TTL', async () => {
      await t.on.set(t.key('a'), 'value', 50);
      expect(await t.on.rename(t.key('a'), t.key('b'))).toBeUndefined();
      expect(await t.on.get(t.key('b'))).toBe('value');
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(50));
      expect(await t.on.hasKey(t.key('a'))).toBe(false);
    });

    it('overwrite, or not', async () => {
      await t.on.set(t.key('a'), 1);
      await t.on.set(t.key('b'), 2);
      expect(await t.on.renamenx(t.key('a'), t.key('b'))).toBe(false);
      expect(await t.on.renamenx(t.key('a'), t.key('c'))).toBe(true);
      await t.on.rename(t.key('c'), t.key('b'));
      expect(await t.on.get(t.key('b'))).toBe(1);
    });

    it('fail with KeyNotFoundError, naming command and key', async () => {
      const error = await t.on.rename(t.key('a'), t.key('b')).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeyNotFoundError);
      expect(error).toMatchObject({ code: 'CACHEX_KEY_NOT_FOUND' });
      expect((error as Error).message).toContain(`RENAME "${t.key('a')}"`);
      await expect(t.on.renamenx(t.key('a'), t.key('b'))).rejects.toThrow(KeyNotFoundError);
    });

    it('go from one version to another', async () => {
      await t.on.set(t.key('a'), 1, { version: 5 });
      await t.on.rename(t.key('a'), t.key('b'), { versionSrc: 5, versionDst: 6 });
      expect(await t.on.get(t.key('b'), { version: 6 })).toBe(1);
    });
  });

  describe('odd keys', () => {
    it.each(['with space', 'ключ', 'a:b:c', '{braces}', '*?[x]\\', '\n\r\0', 'x'.repeat(1000), '__proto__'])(
      'work: %j',
      async (name) => {
        expect(await t.on.set(t.key(name), name)).toBe(true);
        expect(await t.on.get(t.key(name))).toBe(name);
        expect(await t.cache.keys(t.key(name).replace(/[\\*?[\]]/g, '\\$&'))).toEqual([t.key(name)]);
        expect(await t.on.delete(t.key(name))).toBe(true);
      },
    );

    it.each(['', undefined, null, 7, {}, 'half a pair \ud83c'])('are refused where they are none: %j', async (name) => {
      await expect(t.on.set(name as string, 1)).rejects.toThrow(TypeError);
      await expect(t.on.get(name as string)).rejects.toThrow(TypeError);
      await expect(t.on.rename(t.key(), name as string)).rejects.toThrow(TypeError);
    });
  });

  it('errors of the server without a class of their own are CommandErrors', async () => {
    await t.on.rpush(t.key(), 1);
    await expect(t.on.lset(t.key(), 5, 'x')).rejects.toThrow(CommandError);
  });
});
