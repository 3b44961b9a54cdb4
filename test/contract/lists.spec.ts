import { expect, it } from 'vitest';
import { CommandError, KeyNotFoundError, SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

contract((t) => {
  it('lpush and rpush return the new length', async () => {
    expect(await t.on.rpush(t.key(), 'b', 'c')).toBe(2);
    expect(await t.on.lpush(t.key(), 'a', 'z')).toBe(4);
    expect(await t.on.lrange(t.key(), 0, -1)).toEqual(['z', 'a', 'b', 'c']);
    expect(await t.on.rpush(t.key())).toBe(4);
    expect(await t.on.llen(t.key())).toBe(4);
  });

  it('elements come back unchanged', async () => {
    const elements = [1, '1', -0.5, null, true, { b: 1, a: [new Date(1)] }, new Map([[1, 2]]), ''];
    await t.on.rpush(t.key(), ...elements);
    expect(await t.on.lrange(t.key(), 0, -1)).toStrictEqual(elements);
  });

  it('lpop and rpop remove one or several', async () => {
    await t.on.rpush(t.key(), 1, 2, 3, 4, 5, 6);
    expect(await t.on.lpop(t.key())).toBe(1);
    expect(await t.on.rpop(t.key())).toBe(6);
    expect(await t.on.lpop(t.key(), 2)).toEqual([2, 3]);
    expect(await t.on.rpop(t.key(), 9)).toEqual([5, 4]);
    expect(await t.on.lpop(t.key())).toBeUndefined();
    expect(await t.on.rpop(t.key(), 2)).toEqual([]);
    await expect(t.on.lpop(t.key(), -1)).rejects.toThrow(TypeError);
  });

  it('lindex, lset and ltrim', async () => {
    await t.on.rpush(t.key(), 'a', 'b', 'c');
    expect(await t.on.lindex(t.key(), -1)).toBe('c');
    expect(await t.on.lindex(t.key(), 7)).toBeUndefined();
    expect(await t.on.lset(t.key(), 1, { n: 1 })).toBe(true);
    expect(await t.on.ltrim(t.key(), 1, -1)).toBe(true);
    expect(await t.on.lrange(t.key(), 0, -1)).toEqual([{ n: 1 }, 'c']);
    await expect(t.on.lindex(t.key(), 0.5)).rejects.toThrow(TypeError);
  });

  it('lset fails without a list, or without that index', async () => {
    await expect(t.on.lset(t.key(), 0, 1)).rejects.toThrow(KeyNotFoundError);
    await t.on.rpush(t.key(), 1);
    await expect(t.on.lset(t.key(), 5, 1)).rejects.toThrow(CommandError);
  });

  it('lrem and lpos find equal values, whatever the order of their keys', async () => {
    await t.on.rpush(t.key(), { a: 1, b: 2 }, 'x', { b: 2, a: 1 }, 'x', 'x');
    expect(await t.on.lpos(t.key(), { b: 2, a: 1 })).toBe(0);
    expect(await t.on.lpos(t.key(), { b: 2, a: 1 }, { rank: 2 })).toBe(2);
    expect(await t.on.lpos(t.key(), 'x', { count: 0 })).toEqual([1, 3, 4]);
    expect(await t.on.lpos(t.key(), 'x', { count: 2, rank: -1 })).toEqual([4, 3]);
    expect(await t.on.lpos(t.key(), 'x', { maxlen: 1 })).toBeUndefined();
    expect(await t.on.lpos(t.key(), 'y')).toBeUndefined();
    expect(await t.on.lpos(t.key(), 'y', { count: 0 })).toEqual([]);
    expect(await t.on.lrem(t.key(), 0, { b: 2, a: 1 })).toBe(2);
    expect(await t.on.lrem(t.key(), -1, 'x')).toBe(1);
    expect(await t.on.lrange(t.key(), 0, -1)).toEqual(['x', 'x']);
    await expect(t.on.lpos(t.key(), 'x', { rank: 0 })).rejects.toThrow(TypeError);
  });

  it('linsert puts a value beside another', async () => {
    expect(await t.on.linsert(t.key(), 'BEFORE', 'b', 'a')).toBe(0);
    await t.on.rpush(t.key(), 'b');
    expect(await t.on.linsert(t.key(), 'BEFORE', 'b', 'a')).toBe(2);
    expect(await t.on.linsert(t.key(), 'AFTER', 'b', 'c')).toBe(3);
    expect(await t.on.linsert(t.key(), 'AFTER', 'missing', 'c')).toBe(-1);
    expect(await t.on.lrange(t.key(), 0, -1)).toEqual(['a', 'b', 'c']);
    await expect(t.on.linsert(t.key(), 'BESIDE' as 'AFTER', 'b', 'c')).rejects.toThrow(TypeError);
  });

  it('lmove moves from end to end, also between versions', async () => {
    await t.on.rpush(t.key('a'), 1, 2, 3);
    expect(await t.on.lmove(t.key('a'), t.key('b'), 'LEFT', 'RIGHT')).toBe(1);
    expect(await t.on.lmove(t.key('a'), t.key('b'), 'RIGHT', 'LEFT', { versionDst: 2 })).toBe(3);
    expect(await t.on.lrange(t.key('b'), 0, -1)).toEqual([1]);
    expect(await t.on.lrange(t.key('b'), 0, -1, { version: 2 })).toEqual([3]);
    expect(await t.on.lmove(t.key('none'), t.key('b'), 'LEFT', 'LEFT')).toBeUndefined();
    await expect(t.on.lmove(t.key('a'), t.key('b'), 'TOP' as 'LEFT', 'LEFT')).rejects.toThrow(TypeError);
  });

  it('an unstorable value is refused, and nothing is pushed', async () => {
    await expect(t.on.rpush(t.key(), 1, undefined)).rejects.toThrow(SerializerError);
    expect(await t.on.llen(t.key())).toBe(0);
  });

  it('a key of another type is a WrongTypeError', async () => {
    await t.on.set(t.key(), 'text');
    await expect(t.on.rpush(t.key(), 1)).rejects.toThrow(WrongTypeError);
  });
});
