import { describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { contract, onEveryTopology } from './contract.js';

/** So long that no passing test waits for its end, and so short that a failing one does. */
const long = '10s';

contract((t) => {
  describe('lmpop', () => {
    it('pops from the first list that has any elements', async () => {
      await t.cache.rpush(t.key('b'), 1, { n: 2 }, 3);
      expect(await t.on.lmpop([t.key('a'), t.key('b')], 'LEFT')).toEqual([t.key('b'), [1]]);
      expect(await t.on.lmpop([t.key('a'), t.key('b')], 'RIGHT', { count: 9 })).toEqual([t.key('b'), [3, { n: 2 }]]);
      expect(await t.on.lmpop([t.key('b')], 'LEFT')).toBeUndefined();
      expect(await t.on.lmpop([], 'LEFT')).toBeUndefined();
      await expect(t.on.lmpop([t.key('b')], 'MIN' as never)).rejects.toThrow(TypeError);
    });
  });

  describe('lpushx and rpushx', () => {
    it('push only to an existing list', async () => {
      expect(await t.on.lpushx(t.key(), 1)).toBe(0);
      expect(await t.on.rpushx(t.key(), 1)).toBe(0);
      expect(await t.on.hasKey(t.key())).toBe(false);
      await t.cache.rpush(t.key(), 'b');
      expect(await t.on.lpushx(t.key(), 'a')).toBe(2);
      expect(await t.on.rpushx(t.key(), 'c', 'd')).toBe(4);
      expect(await t.on.rpushx(t.key())).toBe(4);
      expect(await t.on.lrange(t.key(), 0, -1)).toEqual(['a', 'b', 'c', 'd']);
    });
  });
});

onEveryTopology((t) => {
  describe('blmpop', () => {
    it('pops existing elements, and waits for others', async () => {
      await t.cache.rpush(t.key('b'), 1, 2);
      expect(await t.cache.blmpop([t.key('a'), t.key('b')], 'RIGHT', long, { count: 2 })).toEqual([t.key('b'), [2, 1]]);
      const waiting = t.cache.blmpop<string>([t.key('a'), t.key('b')], 'LEFT', long);
      await t.cache.rpush(t.key('a'), 'x');
      expect(await waiting).toEqual([t.key('a'), ['x']]);
      expect(await t.cache.blmpop([t.key('a')], 'LEFT', 0)).toBeUndefined();
      expect(await t.cache.blmpop([t.key('a')], 'LEFT', '50ms')).toBeUndefined();
      expect(await t.cache.blmpop([], 'LEFT', long)).toBeUndefined();
    });
  });

  describe('bzpopmin, bzpopmax and bzmpop', () => {
    it('pop existing members', async () => {
      await t.cache.zadd(t.key('b'), { a: 1, b: 2, c: 3, d: 4.5 });
      const keys = [t.key('a'), t.key('b')];
      expect(await t.cache.bzpopmin(keys, long)).toEqual([t.key('b'), 'a', 1]);
      expect(await t.cache.bzpopmax(keys, null)).toEqual([t.key('b'), 'd', 4.5]);
      expect(await t.cache.bzmpop(keys, 'MAX', long, { count: 5 })).toEqual([
        t.key('b'),
        [
          ['c', 3],
          ['b', 2],
        ],
      ]);
      expect(await t.cache.bzpopmin(keys, 0)).toBeUndefined();
      expect(await t.cache.bzpopmax(keys, '50ms')).toBeUndefined();
      expect(await t.cache.bzmpop(keys, 'MIN', 0)).toBeUndefined();
      expect(await t.cache.bzpopmin([], long)).toBeUndefined();
    });

    it('wait for a member', async () => {
      const least = t.cache.bzpopmin<{ id: number }>([t.key('a')], long);
      await t.cache.zadd(t.key('a'), new Map([[{ id: 7 }, Infinity]]));
      expect(await least).toEqual([t.key('a'), { id: 7 }, Infinity]);
      const several = t.cache.bzmpop<string>([t.key('b'), t.key('a')], 'MIN', long);
      await t.cache.zadd(t.key('a'), { x: 1 });
      expect(await several).toEqual([t.key('a'), [['x', 1]]]);
    });

    it('end with their signal, and then pop nothing', async () => {
      const controller = new AbortController();
      const waiting = t.cache.bzmpop([t.key('a')], 'MIN', null, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      await t.cache.zadd(t.key('a'), { x: 1 });
      expect(await t.cache.zcard(t.key('a'))).toBe(1);
    });

    it('refuse other types, and invalid timeouts', async () => {
      await t.cache.set(t.key('text'), 'a');
      await expect(t.cache.bzpopmin([t.key('text')], long)).rejects.toThrow(WrongTypeError);
      await expect(t.cache.bzpopmax([t.key()], undefined as never)).rejects.toThrow('bzpopmax needs a timeout');
      await expect(t.cache.bzmpop([t.key()], 'MIN', NaN)).rejects.toThrow(TypeError);
    });
  });
});
