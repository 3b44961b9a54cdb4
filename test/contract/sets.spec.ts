import { expect, it } from 'vitest';
import { SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

contract((t) => {
  it('sadd and srem count the changes', async () => {
    expect(await t.on.sadd(t.key(), 1, 'one', null, 1)).toBe(3);
    expect(await t.on.sadd(t.key(), 1, 2)).toBe(1);
    expect(await t.on.sadd(t.key())).toBe(0);
    expect(await t.on.srem(t.key(), 1, 'missing')).toBe(1);
    expect(await t.on.srem(t.key())).toBe(0);
    expect(await t.on.scard(t.key())).toBe(3);
  });

  it('equal values are one member, whatever the order of their keys', async () => {
    expect(await t.on.sadd(t.key(), { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(1);
    expect(await t.on.sismember(t.key(), { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
    expect(await t.on.smembers(t.key())).toStrictEqual([{ a: 1, b: { c: 2, d: 3 } }]);
  });

  it('a number and its text are two members', async () => {
    expect(await t.on.sadd(t.key(), 1, '1')).toBe(2);
    expect(await t.on.smismember(t.key(), 1, '1', 2)).toEqual([true, true, false]);
  });

  it('members come back unchanged', async () => {
    const members = [1, -2.5, 'text', '12', true, null, new Date(5), { a: [1] }, 2n ** 80n];
    await t.on.sadd(t.key(), ...members);
    const found = await t.on.smembers(t.key());
    expect(found).toHaveLength(members.length);
    expect(found).toEqual(expect.arrayContaining(members));
  });

  it('a missing set is empty', async () => {
    expect(await t.on.smembers(t.key())).toEqual([]);
    expect(await t.on.scard(t.key())).toBe(0);
    expect(await t.on.sismember(t.key(), 1)).toBe(false);
    expect(await t.on.smismember(t.key(), 1)).toEqual([false]);
    expect(await t.on.smismember(t.key())).toEqual([]);
    expect(await t.on.spop(t.key())).toBeUndefined();
    expect(await t.on.spop(t.key(), 2)).toEqual([]);
    expect(await t.on.srandmember(t.key())).toBeUndefined();
    expect(await t.on.srandmember(t.key(), 2)).toEqual([]);
  });

  it('spop removes members, srandmember does not', async () => {
    await t.on.sadd(t.key(), 1, 2, 3);
    expect([1, 2, 3]).toContain(await t.on.srandmember(t.key()));
    expect((await t.on.srandmember<number>(t.key(), 5)).toSorted()).toEqual([1, 2, 3]);
    expect(await t.on.srandmember(t.key(), -5)).toHaveLength(5);
    expect([1, 2, 3]).toContain(await t.on.spop(t.key()));
    expect(await t.on.spop(t.key(), 5)).toHaveLength(2);
    expect(await t.on.hasKey(t.key())).toBe(false);
    await expect(t.on.spop(t.key(), -1)).rejects.toThrow(TypeError);
  });

  it('smove moves a member', async () => {
    await t.on.sadd(t.key('a'), { id: 1 });
    expect(await t.on.smove(t.key('a'), t.key('b'), { id: 1 })).toBe(true);
    expect(await t.on.smove(t.key('a'), t.key('b'), { id: 1 })).toBe(false);
    expect(await t.on.smembers(t.key('b'))).toEqual([{ id: 1 }]);
  });

  it('set algebra', async () => {
    await t.on.sadd(t.key('a'), 1, 2, 3);
    await t.on.sadd(t.key('b'), 2, 3, 4);
    const keys = [t.key('a'), t.key('b')];
    expect(await t.on.sdiff(keys)).toEqual([1]);
    expect((await t.on.sinter<number>(keys)).toSorted()).toEqual([2, 3]);
    expect((await t.on.sunion<number>(keys)).toSorted()).toEqual([1, 2, 3, 4]);
    expect(await t.on.sdiffstore(t.key('d'), keys)).toBe(1);
    expect(await t.on.sinterstore(t.key('i'), keys)).toBe(2);
    expect(await t.on.sunionstore(t.key('u'), keys)).toBe(4);
    expect(await t.on.smembers(t.key('d'))).toEqual([1]);
    expect(await t.on.sunion([])).toEqual([]);
  });

  it('set algebra accepts versions of source and destination', async () => {
    await t.on.sadd(t.key('a'), 1);
    expect(await t.on.sunionstore(t.key('u'), [t.key('a')], { versionSrc: 1, versionDst: 9 })).toBe(1);
    expect(await t.on.scard(t.key('u'), { version: 9 })).toBe(1);
  });

  it('sscan returns pages until the cursor is 0', async () => {
    const members = Array.from({ length: 600 }, (_, index) => `member-${index}`);
    await t.on.sadd(t.key(), ...members);
    const seen = new Set<string>();
    let cursor = '0';
    let pages = 0;
    do {
      const page = await t.on.sscan<string>(t.key(), cursor, { count: 50 });
      for (const member of page.members) seen.add(member);
      cursor = page.cursor;
      pages++;
    } while (cursor !== '0');
    expect(seen.size).toBe(600);
    expect(pages).toBeGreaterThan(1);
    await expect(t.on.sscan(t.key(), 'x')).rejects.toThrow(TypeError);
  });

  it('an unstorable member is refused, and nothing is added', async () => {
    await expect(t.on.sadd(t.key(), 1, undefined)).rejects.toThrow(SerializerError);
    expect(await t.on.hasKey(t.key())).toBe(false);
  });

  it('a key of another type is a WrongTypeError', async () => {
    await t.on.set(t.key(), 'text');
    await expect(t.on.sadd(t.key(), 1)).rejects.toThrow(WrongTypeError);
    await expect(t.on.smembers(t.key())).rejects.toThrow(WrongTypeError);
  });
});
