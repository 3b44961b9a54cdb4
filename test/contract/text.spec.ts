import { describe, expect, it } from 'vitest';
import { SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';
import { leftOf } from '../left-of.js';

contract((t) => {
  describe('set, add and get with raw', () => {
    it('keep text unchanged', async () => {
      const raw = true;
      expect(await t.on.set(t.key(), 'grüße', { raw, timeout: 60 })).toBe(true);
      expect(await t.on.get(t.key(), { raw })).toBe('grüße');
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.on.add(t.key(), 'other', { raw })).toBe(false);
      expect(await t.on.get(t.key('none'), { raw })).toBeUndefined();
      expect(await t.on.get(t.key('none'), { raw, default: 7 })).toBe(7);
      await expect(t.on.get(t.key())).rejects.toThrow(SerializerError);
      await expect(t.on.set(t.key(), 7, { raw })).rejects.toThrow('A raw value must be a string');
      await expect(t.on.set(t.key(), 'a', { raw, tags: ['x'] })).rejects.toThrow(TypeError);
      await expect(t.on.set(t.key(), 'a', { raw, get: true })).rejects.toThrow(TypeError);
    });
  });

  describe('append, strlen, setrange and getrange', () => {
    it('work on text', async () => {
      expect(await t.on.strlen(t.key())).toBe(0);
      expect(await t.on.getrange(t.key(), 0, -1)).toBe('');
      expect(await t.on.append(t.key(), 'grü')).toBe(4);
      expect(await t.on.append(t.key(), 'ße')).toBe(7);
      expect(await t.on.get(t.key(), { raw: true })).toBe('grüße');
      expect(await t.on.strlen(t.key())).toBe(7);
      expect(await t.on.getrange(t.key(), 0, 1)).toBe('gr');
      expect(await t.on.getrange(t.key(), -1, -1)).toBe('e');
      expect(await t.on.setrange(t.key(), 0, 'GR')).toBe(7);
      expect(await t.on.get(t.key(), { raw: true })).toBe('GRüße');
      expect(await t.on.setrange(t.key('b'), 2, 'x')).toBe(3);
      expect(await t.on.get(t.key('b'), { raw: true })).toBe('\0\0x');
      expect(await t.on.setrange(t.key('c'), 5, '')).toBe(0);
      expect(await t.on.hasKey(t.key('c'))).toBe(false);
    });

    it('keep the time to live, and treat a stored number as text', async () => {
      await t.on.set(t.key(), 42, 50);
      expect(await t.on.append(t.key(), '7')).toBe(3);
      expect(await t.on.get(t.key())).toBe(427);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(50));
      await t.on.append(t.key('new'), 'a');
      expect(await t.on.ttl(t.key('new'))).toBe(-1);
    });

    it.each([
      ['text', 'hello'],
      ['an object', { a: 1 }],
      ['true', true],
      ['null', null],
      ['bytes', Buffer.from([1, 2])],
    ])('refuse %s that is encoded, and leave it alone', async (_, value) => {
      await t.on.set(t.key(), value);
      await expect(t.on.append(t.key(), 'x')).rejects.toThrow(WrongTypeError);
      await expect(t.on.append(t.key(), 'x')).rejects.toThrow(`APPEND "${t.key()}": the key holds an encoded value`);
      await expect(t.on.setrange(t.key(), 0, 'x')).rejects.toThrow(WrongTypeError);
      await expect(t.on.getrange(t.key(), 0, 1)).rejects.toThrow(WrongTypeError);
      await expect(t.on.strlen(t.key())).rejects.toThrow(WrongTypeError);
      expect(await t.on.get(t.key())).toStrictEqual(value);
    });

    it('refuse an entry with tags, and find nothing if it no longer counts', async () => {
      const tags = [t.key('tag')];
      await t.on.set(t.key(), 7, { tags });
      await expect(t.on.append(t.key(), 'x')).rejects.toThrow(WrongTypeError);
      await expect(t.on.strlen(t.key())).rejects.toThrow(WrongTypeError);
      await t.cache.invalidateTags(tags);
      expect(await t.on.strlen(t.key())).toBe(0);
      expect(await t.on.getrange(t.key(), 0, -1)).toBe('');
      expect(await t.on.append(t.key(), 'new')).toBe(3);
      expect(await t.on.get(t.key(), { raw: true })).toBe('new');
      expect(await t.on.ttl(t.key())).toBe(-1);
      await t.on.set(t.key('b'), 7, { tags });
      await t.cache.invalidateTags(tags);
      expect(await t.on.setrange(t.key('b'), 1, 'x')).toBe(2);
      expect(await t.on.get(t.key('b'), { raw: true })).toBe('\0x');
    });

    it('refuse other types and wrong arguments', async () => {
      await t.cache.sadd(t.key('set'), 1);
      await expect(t.on.append(t.key('set'), 'x')).rejects.toThrow(WrongTypeError);
      await expect(t.on.strlen(t.key('set'))).rejects.toThrow(WrongTypeError);
      await expect(t.on.append(t.key(), 7 as never)).rejects.toThrow(TypeError);
      await expect(t.on.setrange(t.key(), -1, 'x')).rejects.toThrow(TypeError);
      await expect(t.on.getrange(t.key(), 0.5, 1)).rejects.toThrow(TypeError);
    });
  });

  describe('incrbyfloat', () => {
    it('adds fractions', async () => {
      expect(await t.on.incrbyfloat(t.key(), 1.5)).toBe(1.5);
      expect(await t.on.incrbyfloat(t.key(), -0.25)).toBe(1.25);
      expect(await t.on.get(t.key())).toBe(1.25);
      await t.on.set(t.key('b'), 41, 50);
      expect(await t.on.incrbyfloat(t.key('b'), 0.5, { initial: 9, timeout: 500 })).toBe(41.5);
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(50));
      expect(await t.on.incrbyfloat(t.key('c'), 0.5, { initial: 9, timeout: 100 })).toBe(9.5);
      expect(await t.on.ttl(t.key('c'))).toEqual(leftOf(100));
    });

    it('refuses anything but a number, and replaces an entry that no longer counts', async () => {
      await t.on.set(t.key(), 'text');
      await expect(t.on.incrbyfloat(t.key(), 1)).rejects.toThrow(WrongTypeError);
      await expect(t.on.incrbyfloat(t.key(), NaN)).rejects.toThrow(TypeError);
      const tags = [t.key('tag')];
      await t.on.set(t.key(), 5, { tags });
      await expect(t.on.incrbyfloat(t.key(), 1)).rejects.toThrow(WrongTypeError);
      await t.cache.invalidateTags(tags);
      expect(await t.on.incrbyfloat(t.key(), 1.5)).toBe(1.5);
    });
  });
});
