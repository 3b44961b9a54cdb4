import { describe, expect, it } from 'vitest';
import { CrossSlotError, SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';
import { leftOf } from '../left-of.js';

const crossSlot: unknown = expect.any(CrossSlotError);

contract((t) => {
  describe('HyperLogLogs', () => {
    it('count different members', async () => {
      expect(await t.on.pfcount(t.key())).toBe(0);
      expect(await t.on.pfadd(t.key(), 'a', 'b', { id: 1, name: 'c' })).toBe(true);
      expect(await t.on.pfcount(t.key())).toBe(3);
      expect(await t.on.pfadd(t.key(), 'a', { name: 'c', id: 1 })).toBe(false);
      expect(await t.on.pfcount(t.key())).toBe(3);
      expect(await t.on.pfadd(t.key(), 1, '1')).toBe(true);
      expect(await t.on.pfcount(t.key())).toBe(5);
    });

    it('are off by little', async () => {
      await t.on.pfadd(t.key(), ...Array.from({ length: 500 }, (_, n) => n));
      const found = await t.on.pfcount(t.key());
      expect(found).toBeGreaterThan(470);
      expect(found).toBeLessThan(530);
    });

    it('count several keys together, as arguments or as an array', async () => {
      await t.on.pfadd(t.key('a'), 1, 2);
      await t.on.pfadd(t.key('b'), 2, 3);
      expect(await t.on.pfcount(t.key('a'), t.key('b'), t.key('none'))).toBe(3);
      expect(await t.on.pfcount([t.key('a'), t.key('b')])).toBe(3);
      expect(await t.on.pfcount([])).toBe(0);
      await t.cache.withVersion(2).pfadd(t.key('a'), 7);
      expect(await t.on.pfcount([t.key('a')], { version: 2 })).toBe(1);
    });

    it('are merged into one that may exist', async () => {
      await t.on.pfadd(t.key('a'), 1, 2);
      await t.on.pfadd(t.key('b'), 2, 3);
      await t.on.pfadd(t.key('all'), 4);
      expect(await t.on.pfmerge(t.key('all'), [t.key('a'), t.key('b'), t.key('none')])).toBe(true);
      expect(await t.on.pfcount(t.key('all'))).toBe(4);
      expect(await t.on.pfmerge(t.key('all'), [])).toBe(true);
      expect(await t.on.pfmerge(t.key('all'), [t.key('a')], { versionDst: 9 })).toBe(true);
      expect(await t.on.pfcount([t.key('all')], { version: 9 })).toBe(2);
    });

    it('cost nothing without members, and are not created by them', async () => {
      expect(await t.on.pfadd(t.key())).toBe(false);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('expire, and can be copied and moved like other keys', async () => {
      await t.on.pfadd(t.key('a'), 1, 2);
      expect(await t.on.ttl(t.key('a'))).toBe(-1);
      expect(await t.on.expire(t.key('a'), 50)).toBe(true);
      expect(await t.on.copy(t.key('a'), t.key('b'))).toBe(true);
      expect(await t.on.ttl(t.key('b'))).toEqual(leftOf(50));
      await t.on.restore(t.key('c'), (await t.on.dump(t.key('a')))!);
      expect(await t.on.pfcount(t.key('b'), t.key('c'))).toBe(2);
    });

    it('are not made from other keys: neither values, with or without tags, nor sets', async () => {
      await t.cache.set(t.key('value'), { a: 1 });
      await t.cache.set(t.key('tagged'), 1, { tags: [t.key('tag')], stampede: { buffer: 50 } });
      await t.cache.sadd(t.key('set'), 1);
      for (const name of ['value', 'tagged', 'set']) {
        await expect(t.on.pfadd(t.key(name), 1)).rejects.toThrow(WrongTypeError);
        await expect(t.on.pfcount(t.key(name))).rejects.toThrow(WrongTypeError);
        await expect(t.on.pfmerge(t.key('all'), [t.key(name)])).rejects.toThrow(WrongTypeError);
      }
      expect(await t.cache.get(t.key('tagged'))).toBe(1);
      await expect(t.on.pfadd(t.key(), undefined)).rejects.toThrow(SerializerError);
    });

    it('must be in one slot of a cluster', async () => {
      const apart = [t.key('a'), 'elsewhere'];
      const outcome = t.on.pfcount(apart);
      expect(await outcome.catch((error: unknown) => error)).toEqual(t.isSlotted ? crossSlot : 0);
      const merged = t.on.pfmerge(t.key('b'), apart);
      expect(await merged.catch((error: unknown) => error)).toEqual(t.isSlotted ? crossSlot : true);
    });
  });
});
