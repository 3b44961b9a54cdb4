import { describe, expect, it } from 'vitest';
import { WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

contract((t) => {
  describe('zadd', () => {
    it.each([
      ['an object', { a: 1, b: 2.5 }],
      [
        'a Map',
        new Map([
          ['a', 1],
          ['b', 2.5],
        ]),
      ],
      [
        'pairs',
        [
          ['a', 1],
          ['b', 2.5],
        ] as [string, number][],
      ],
    ])('takes %s and counts new members', async (_, members) => {
      expect(await t.on.zadd(t.key(), members)).toBe(2);
      expect(await t.on.zrange(t.key(), 0, -1, { withScores: true })).toEqual([
        ['a', 1],
        ['b', 2.5],
      ]);
      expect(await t.on.zadd(t.key(), members)).toBe(0);
      expect(await t.on.zadd(t.key(), {})).toBe(0);
    });

    it('accepts any value as a member, whatever the order of its keys', async () => {
      await t.on.zadd(t.key(), new Map([[{ a: 1, b: 2 }, 5]]));
      expect(await t.on.zscore(t.key(), { b: 2, a: 1 })).toBe(5);
      expect(await t.on.zrange(t.key(), 0, -1)).toStrictEqual([{ a: 1, b: 2 }]);
    });

    it('obeys nx, xx, gt, lt and ch', async () => {
      await t.on.zadd(t.key(), { a: 5 });
      expect(await t.on.zadd(t.key(), { a: 9, b: 1 }, { nx: true })).toBe(1);
      expect(await t.on.zadd(t.key(), { a: 6, c: 1 }, { xx: true, ch: true })).toBe(1);
      expect(await t.on.zadd(t.key(), { a: 1 }, { gt: true, ch: true })).toBe(0);
      expect(await t.on.zadd(t.key(), { a: 1 }, { lt: true, ch: true })).toBe(1);
      expect(await t.on.zrange(t.key(), 0, -1, { withScores: true })).toEqual([
        ['a', 1],
        ['b', 1],
      ]);
    });

    it('returns the new score with incr', async () => {
      expect(await t.on.zadd(t.key(), { a: 5 }, { incr: true })).toBe(5);
      expect(await t.on.zadd(t.key(), { a: 2 }, { incr: true })).toBe(7);
      expect(await t.on.zadd(t.key(), { a: 2 }, { incr: true, nx: true })).toBeUndefined();
    });

    it.each([
      ['nx with xx', { a: 1 }, { nx: true, xx: true }],
      ['nx with gt', { a: 1 }, { nx: true, gt: true }],
      ['gt with lt', { a: 1 }, { gt: true, lt: true }],
      ['incr with two members', { a: 1, b: 2 }, { incr: true as const }],
      ['NaN', { a: NaN }, {}],
      ['text for a score', { a: '5' as unknown as number }, {}],
    ])('refuses %s', async (_, members, options) => {
      await expect(t.on.zadd(t.key(), members, options)).rejects.toThrow(TypeError);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });
  });

  it('infinite scores', async () => {
    await t.on.zadd(t.key(), { low: -Infinity, mid: 0, high: Infinity });
    expect(await t.on.zscore(t.key(), 'high')).toBe(Infinity);
    expect(await t.on.zscore(t.key(), 'low')).toBe(-Infinity);
    expect(await t.on.zrangebyscore(t.key(), -Infinity, Infinity)).toEqual(['low', 'mid', 'high']);
    expect(await t.on.zrangebyscore(t.key(), '(-inf', '+inf')).toEqual(['mid', 'high']);
  });

  it('scores keep every bit', async () => {
    const scores = [0.1, 1 / 3, 1e-300, 1.7976931348623157e308, Number.MAX_SAFE_INTEGER, -5e-324];
    await t.on.zadd(
      t.key(),
      scores.map((score, index): [string, number] => [`m${index}`, score]),
    );
    expect(await t.on.zmscore(t.key(), ...scores.map((_, index) => `m${index}`))).toEqual(scores);
  });

  it('zcard, zcount, zrank and zrevrank', async () => {
    await t.on.zadd(t.key(), { a: 1, b: 2, c: 3 });
    expect(await t.on.zcard(t.key())).toBe(3);
    expect(await t.on.zcount(t.key(), 2, Infinity)).toBe(2);
    expect(await t.on.zcount(t.key(), '(2', '+inf')).toBe(1);
    expect(await t.on.zcount(t.key(), '.5', '(2.5e0')).toBe(2);
    expect(await t.on.zrank(t.key(), 'a')).toBe(0);
    expect(await t.on.zrevrank(t.key(), 'a')).toBe(2);
    expect(await t.on.zrank(t.key(), 'missing')).toBeUndefined();
    expect(await t.on.zrevrank(t.key(), 'missing')).toBeUndefined();
  });

  it('zincrby adds to a score', async () => {
    expect(await t.on.zincrby(t.key(), 1.5, { id: 1 })).toBe(1.5);
    expect(await t.on.zincrby(t.key(), -3, { id: 1 })).toBe(-1.5);
    await expect(t.on.zincrby(t.key(), NaN, 'm')).rejects.toThrow(TypeError);
  });

  it('ranges by rank, with and without scores', async () => {
    await t.on.zadd(t.key(), { a: 1, b: 2, c: 3 });
    expect(await t.on.zrange(t.key(), 0, 1)).toEqual(['a', 'b']);
    expect(await t.on.zrange(t.key(), 0, 1, { desc: true })).toEqual(['c', 'b']);
    expect(await t.on.zrevrange(t.key(), 0, 1)).toEqual(['c', 'b']);
    expect(await t.on.zrevrange(t.key(), -1, -1, { withScores: true })).toEqual([['a', 1]]);
    expect(await t.on.zrange(t.key(), 5, 9)).toEqual([]);
    await expect(t.on.zrange(t.key(), 0.5, 1)).rejects.toThrow(TypeError);
  });

  it('ranges by score, with excluded bounds and pages', async () => {
    await t.on.zadd(t.key(), { a: 1, b: 2, c: 3, d: 4 });
    expect(await t.on.zrangebyscore(t.key(), 2, 3)).toEqual(['b', 'c']);
    expect(await t.on.zrangebyscore(t.key(), '(1', '(4', { withScores: true })).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
    expect(await t.on.zrangebyscore(t.key(), '-inf', '+inf', { offset: 1, count: 2 })).toEqual(['b', 'c']);
    expect(await t.on.zrangebyscore(t.key(), '-inf', '+inf', { offset: 2 })).toEqual(['c', 'd']);
    expect(await t.on.zrangebyscore(t.key(), 1, 4, { count: 1 })).toEqual(['a']);
    expect(await t.on.zrevrangebyscore(t.key(), 3, 2)).toEqual(['c', 'b']);
    expect(await t.on.zrevrangebyscore(t.key(), 4, 1, { withScores: true, count: 1 })).toEqual([['d', 4]]);
    await expect(t.on.zrangebyscore(t.key(), 'low', 4)).rejects.toThrow(TypeError);
    await expect(t.on.zrangebyscore(t.key(), NaN, 4)).rejects.toThrow(TypeError);
    await expect(t.on.zrangebyscore(t.key(), 1, 4, { offset: -1 })).rejects.toThrow(TypeError);
  });

  it('a missing member has no score, in every slot', async () => {
    await t.on.zadd(t.key(), { a: 1 });
    expect(await t.on.zscore(t.key(), 'b')).toBeUndefined();
    expect(await t.on.zmscore(t.key(), 'a', 'b')).toEqual([1, undefined]);
    expect(await t.on.zmscore(t.key())).toEqual([]);
    expect(await t.on.zmscore(t.key('none'), 'a')).toEqual([undefined]);
  });

  it('zrem, zremrangebyrank and zremrangebyscore count what they remove', async () => {
    await t.on.zadd(t.key(), { a: 1, b: 2, c: 3, d: 4, e: 5 });
    expect(await t.on.zrem(t.key(), 'a', 'missing')).toBe(1);
    expect(await t.on.zrem(t.key())).toBe(0);
    expect(await t.on.zremrangebyrank(t.key(), 0, 0)).toBe(1);
    expect(await t.on.zremrangebyscore(t.key(), '(3', 4)).toBe(1);
    expect(await t.on.zrange(t.key(), 0, -1)).toEqual(['c', 'e']);
  });

  it('zpopmin and zpopmax remove members', async () => {
    await t.on.zadd(t.key(), { a: 1, b: 2, c: 3, d: 4 });
    expect(await t.on.zpopmin(t.key())).toEqual([['a', 1]]);
    expect(await t.on.zpopmax(t.key(), 2)).toEqual([
      ['d', 4],
      ['c', 3],
    ]);
    expect(await t.on.zpopmin(t.key('none'))).toEqual([]);
  });

  it('a key of another type is a WrongTypeError', async () => {
    await t.on.set(t.key(), 'text');
    await expect(t.on.zadd(t.key(), { a: 1 })).rejects.toThrow(WrongTypeError);
    await expect(t.on.zrange(t.key(), 0, -1)).rejects.toThrow(`ZRANGE "${t.key()}"`);
  });
});
