import { beforeEach, describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

contract((t) => {
  let may: string;
  let june: string;
  beforeEach(async () => {
    [may, june] = [t.key('may'), t.key('june')];
    await t.cache.zadd(may, { ada: 1, bob: 2, cyd: 3 });
    await t.cache.zadd(june, { bob: 20, cyd: 30, dee: 40 });
  });

  describe('zunion, zinter and zdiff', () => {
    it('return members by their scores', async () => {
      expect(await t.on.zunion([may, june])).toEqual(['ada', 'bob', 'cyd', 'dee']);
      expect(await t.on.zinter([may, june])).toEqual(['bob', 'cyd']);
      expect(await t.on.zdiff([may, june])).toEqual(['ada']);
      expect(await t.on.zdiff([may, june], { withScores: true })).toEqual([['ada', 1]]);
      expect(await t.on.zunion([t.key('none')])).toEqual([]);
      expect(await t.on.zunion([])).toEqual([]);
    });

    it('weigh and aggregate scores', async () => {
      const options = { withScores: true, weights: [10, 1] } as const;
      expect(await t.on.zinter([may, june], options)).toEqual([
        ['bob', 40],
        ['cyd', 60],
      ]);
      expect(await t.on.zinter([may, june], { ...options, aggregate: 'MIN' })).toEqual([
        ['bob', 20],
        ['cyd', 30],
      ]);
      expect(await t.on.zunion([may, june], { withScores: true, aggregate: 'MAX' })).toEqual([
        ['ada', 1],
        ['bob', 20],
        ['cyd', 30],
        ['dee', 40],
      ]);
    });

    it('store their result, and return its size', async () => {
      const target = t.key('both');
      expect(await t.on.zunionstore(target, [may, june])).toBe(4);
      expect(await t.on.zinterstore(target, [may, june], { weights: [1, 0.5] })).toBe(2);
      expect(await t.on.zrange(target, 0, -1, { withScores: true })).toEqual([
        ['bob', 12],
        ['cyd', 18],
      ]);
      expect(await t.on.zdiffstore(target, [may, june])).toBe(1);
      expect(await t.on.zdiffstore(target, [])).toBe(0);
      expect(await t.on.zcard(target)).toBe(1);
    });

    it('store across versions', async () => {
      expect(await t.on.zunionstore(t.key('all'), [may, june], { versionDst: 2 })).toBe(4);
      expect(await t.on.zcard(t.key('all'))).toBe(0);
      expect(await t.on.zcard(t.key('all'), { version: 2 })).toBe(4);
    });

    it('count the common members, up to a limit', async () => {
      expect(await t.on.zintercard([may, june])).toBe(2);
      expect(await t.on.zintercard([may, june], { limit: 1 })).toBe(1);
      expect(await t.on.zintercard([])).toBe(0);
      await t.cache.sadd(t.key('a'), 1, 2, 3);
      await t.cache.sadd(t.key('b'), 2, 3, 4);
      expect(await t.on.sintercard([t.key('a'), t.key('b')])).toBe(2);
      expect(await t.on.sintercard([t.key('a'), t.key('b')], { limit: 1 })).toBe(1);
    });

    it('refuse wrong arguments', async () => {
      await expect(t.on.zunion([may, june], { weights: [1] })).rejects.toThrow('for each of the 2 keys, not 1');
      await expect(t.on.zunion([may], { weights: [NaN] })).rejects.toThrow(TypeError);
      await expect(t.on.zinter([may], { aggregate: 'AVG' as never })).rejects.toThrow(TypeError);
      await expect(t.on.zintercard([may], { limit: -1 })).rejects.toThrow(TypeError);
      await expect(t.on.zdiff(may as never)).rejects.toThrow(TypeError);
      await t.cache.set(t.key('text'), 'a');
      await expect(t.on.zdiff([t.key('text')])).rejects.toThrow(WrongTypeError);
    });
  });

  describe('zmpop', () => {
    it('pops from the first that has any members', async () => {
      const keys = [t.key('none'), may, june];
      expect(await t.on.zmpop(keys, 'MIN')).toEqual([may, [['ada', 1]]]);
      expect(await t.on.zmpop(keys, 'MAX', { count: 9 })).toEqual([
        may,
        [
          ['cyd', 3],
          ['bob', 2],
        ],
      ]);
      expect(await t.on.zmpop([may], 'MIN')).toBeUndefined();
      expect(await t.on.zmpop([], 'MIN')).toBeUndefined();
      await expect(t.on.zmpop(keys, 'LEFT' as never)).rejects.toThrow(TypeError);
      await expect(t.on.zmpop(keys, 'MIN', { count: 0 })).rejects.toThrow(TypeError);
    });

    it('accepts a version, and returns the key without it', async () => {
      await t.cache.withVersion(2).zadd(t.key(), new Map([[{ id: 1 }, 5]]));
      expect(await t.on.zmpop([t.key()], 'MIN')).toBeUndefined();
      expect(await t.on.zmpop([t.key()], 'MIN', { version: 2 })).toEqual([t.key(), [[{ id: 1 }, 5]]]);
    });
  });

  describe('zrandmember', () => {
    it('returns one member, or several', async () => {
      expect(['ada', 'bob', 'cyd']).toContain(await t.on.zrandmember(may));
      expect((await t.on.zrandmember(may, 9)).toSorted()).toEqual(['ada', 'bob', 'cyd']);
      expect(await t.on.zrandmember(may, -9)).toHaveLength(9);
      expect(new Map(await t.on.zrandmember<string>(may, 3, { withScores: true }))).toEqual(
        new Map([
          ['ada', 1],
          ['bob', 2],
          ['cyd', 3],
        ]),
      );
      expect(await t.on.zrandmember(t.key('none'))).toBeUndefined();
      expect(await t.on.zrandmember(t.key('none'), 2)).toEqual([]);
      await expect(t.on.zrandmember(may, undefined, { withScores: true } as never)).rejects.toThrow(TypeError);
    });
  });

  describe('zscan', () => {
    it('returns pages of members and scores', async () => {
      const { cursor, members } = await t.on.zscan<string>(may, '0', { count: 100 });
      expect(cursor).toBe('0');
      expect(members.toSorted()).toEqual([
        ['ada', 1],
        ['bob', 2],
        ['cyd', 3],
      ]);
      await t.cache.zadd(t.key('many'), new Map(Array.from({ length: 500 }, (_, n) => [n, n / 2])));
      const found = new Map<number, number>();
      for await (const [member, score] of t.cache.zscanIter<number>(t.key('many'))) found.set(member, score);
      expect(found.size).toBe(500);
      expect(found.get(3)).toBe(1.5);
    });
  });

  describe('lexicographical ranges', () => {
    const names = { ada: 0, adele: 0, bob: 0, Zoé: 0 };

    it('follow the text of raw members', async () => {
      const raw = true;
      await t.on.zadd(t.key(), names, { raw });
      expect(await t.on.zrangebylex(t.key(), '-', '+', { raw })).toEqual(['Zoé', 'ada', 'adele', 'bob']);
      expect(await t.on.zrangebylex(t.key(), '[ad', '(ad\u{10ffff}', { raw })).toEqual(['ada', 'adele']);
      expect(await t.on.zrangebylex(t.key(), '(ada', '[bob', { raw })).toEqual(['adele', 'bob']);
      expect(await t.on.zrangebylex(t.key(), '-', '+', { raw, offset: 1, count: 2 })).toEqual(['ada', 'adele']);
      expect(await t.on.zrevrangebylex(t.key(), '+', '[ada', { raw, count: 2 })).toEqual(['bob', 'adele']);
      expect(await t.on.zlexcount(t.key(), '[a', '(b', { raw })).toBe(2);
      expect(await t.on.zremrangebylex(t.key(), '[ada', '[adele', { raw })).toBe(2);
      expect(await t.on.zlexcount(t.key(), '-', '+')).toBe(2);
    });

    it('follow the bytes of other members', async () => {
      await t.on.zadd(t.key(), { b: 0, a: 0, c: 0 });
      expect(await t.on.zrangebylex(t.key(), '[a', '(c')).toEqual(['a', 'b']);
      expect(await t.on.zrevrangebylex(t.key(), '+', '(a')).toEqual(['c', 'b']);
      expect(await t.on.zremrangebylex(t.key(), '[b', '[b')).toBe(1);
      expect(await t.on.zrange(t.key(), 0, -1)).toEqual(['a', 'c']);
    });

    it('refuse bounds that do not say whether they are included', async () => {
      await expect(t.on.zrangebylex(may, 'ada' as never, '+')).rejects.toThrow(TypeError);
      await expect(t.on.zlexcount(may, '-', 7 as never)).rejects.toThrow('not 7');
      await expect(t.on.zadd(may, [[1, 1]], { raw: true })).rejects.toThrow('A raw member must be a string');
    });
  });

  describe('zrangestore', () => {
    it('stores a range by rank, by score and by lex', async () => {
      const target = t.key('part');
      expect(await t.on.zrangestore(target, may, 0, 1)).toBe(2);
      expect(await t.on.zrange(target, 0, -1)).toEqual(['ada', 'bob']);
      expect(await t.on.zrangestore(target, may, 0, 0, { desc: true })).toBe(1);
      expect(await t.on.zrange(target, 0, -1)).toEqual(['cyd']);
      expect(await t.on.zrangestore(target, may, '(1', Infinity, { by: 'score', count: 1 })).toBe(1);
      expect(await t.on.zrange(target, 0, -1, { withScores: true })).toEqual([['bob', 2]]);
      await t.cache.zadd(t.key('raw'), { a: 0, b: 0, c: 0 }, { raw: true });
      expect(await t.on.zrangestore(target, t.key('raw'), '[b', '+', { by: 'lex', raw: true })).toBe(2);
      expect(await t.on.zrangebylex(target, '-', '+', { raw: true })).toEqual(['b', 'c']);
      expect(await t.on.zrangestore(target, t.key('none'), 0, -1)).toBe(0);
      expect(await t.on.hasKey(target)).toBe(false);
    });

    it('refuses contradictory options', async () => {
      await expect(t.on.zrangestore(t.key('x'), may, 0, 1, { count: 1 })).rejects.toThrow(TypeError);
      await expect(t.on.zrangestore(t.key('x'), may, 0.5, 1)).rejects.toThrow(TypeError);
      await expect(t.on.zrangestore(t.key('x'), may, 0, 1, { by: 'rank' } as never)).rejects.toThrow(TypeError);
    });
  });
});
