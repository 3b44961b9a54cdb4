import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfName, nameOf } from '../../lib/arguments/names.js';
import { raw } from '../raw.js';
import { contract, onEveryTopology } from './contract.js';

/** `caf\xe9`: é in Latin-1. */
const latin = Buffer.from('caf\xe9', 'latin1');
const latinName = 'caf\udce9';

describe('names that are not UTF-8', () => {
  it('each have a text, from which their bytes are restored', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.constantFrom(0x41, 0xc3, 0xa9, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x92, 0x80, 0xef, 0xbf, 0xbd)),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        const data = Buffer.from(some);
        const name = nameOf(data);
        expect(bytesOfName(name, 'A name')).toEqual(data);
        expect(name.isWellFormed()).toBe(data.equals(Buffer.from(data.toString())));
      }),
      { numRuns: 2000 },
    );
    expect(nameOf(Buffer.from('a \ufffd é 🔑'))).toBe('a \ufffd é 🔑');
    expect(nameOf(latin)).toBe(latinName);
  });

  it.each(['\ud83d', 'a\udc00', '\udcc3\udca9', '\udc41', '\udcf0\udc9f\udc92\udc80'])('are no others: %j', (name) => {
    expect(() => bytesOfName(name, 'A key')).toThrow(new TypeError('A key must be well-formed Unicode'));
  });
});

contract((t) => {
  it('fields of other programs are distinguished, read and deleted', async () => {
    const key = t.key();
    const wire = t.cache.makeKey(key);
    const other = Buffer.from('caf\xe8', 'latin1');
    await raw(t.cache, 'HSET', wire, latin, '1', other, '2', 'café', '3');
    const all = await t.on.hgetall(key);
    expect(all).toEqual(new Map([[latinName, 1], ['caf\udce8', 2], ['café', 3]])); // prettier-ignore
    expect((await t.on.hkeys(key)).toSorted()).toEqual([...all.keys()].toSorted());
    expect(await t.on.hget(key, latinName)).toBe(1);
    expect(await t.on.hmget(key, 'café', latinName)).toEqual([3, 1]);
    expect(await t.on.hset(key, latinName, 5)).toBe(0);
    expect(await t.on.hincrby(key, latinName, 2)).toBe(7);
    expect(await t.on.hdel(key, latinName)).toBe(1);
    expect(await t.on.hexists(key, latinName)).toBe(false);
    expect(await t.on.hlen(key)).toBe(2);
  });

  it('keys of other programs are read, changed and deleted', async () => {
    const key = t.key(latinName);
    await t.on.set(key, { a: 1 });
    expect(await t.on.get(key)).toEqual({ a: 1 });
    expect(await t.on.ttl(key)).toBeGreaterThan(0);
    expect(await t.on.get(t.key('caf\udce8'))).toBeUndefined();
    expect(await t.on.delete(key)).toBe(true);
  });

  it('a name with half a character is refused', async () => {
    await expect(async () => t.on.get(t.key('\ud83d'))).rejects.toThrow(TypeError);
    await expect(async () => t.on.hget(t.key(), '\ud83d')).rejects.toThrow(TypeError);
  });
});

onEveryTopology((t) => {
  it('keys of other programs are listed under usable names', async () => {
    const [key, hash] = [t.key(latinName), t.key('\udcff\udcfe')];
    await t.cache.setMany(new Map([[key, 1], [t.key('plain'), 2]])); // prettier-ignore
    await t.cache.hset(hash, 'f', 1);
    const pattern = `${t.key('').replace(/[{}]/g, '?')}*`;
    const listed = await t.cache.keys(pattern);
    expect(listed.toSorted()).toEqual([key, hash, t.key('plain')].toSorted());
    expect(await t.cache.getMany([key])).toEqual(new Map([[key, 1]]));
    for (const name of listed) expect(await t.cache.hasKey(name)).toBe(true);
    const iterated: string[] = [];
    for await (const name of t.cache.iterKeys(pattern)) iterated.push(name);
    expect(iterated.toSorted()).toEqual(listed.toSorted());
    expect(await t.cache.deleteMany(listed)).toBe(3);
  });

  it('a wait for such a list names it', async () => {
    const list = t.key(latinName);
    await t.cache.rpush(list, 'job');
    expect(await t.cache.blpop([t.key('other'), list], 1)).toEqual([list, 'job']);
  });

  it('callers of one name do not get the value of another', async () => {
    const [one, other] = [t.key('\udcff'), t.key('\udcfe')];
    const slow = (value: number) => () => new Promise<number>((resolve) => setImmediate(resolve, value));
    expect(await Promise.all([t.cache.getOrSet(one, slow(1)), t.cache.getOrSet(other, slow(2))])).toEqual([1, 2]);
    expect(await t.cache.getMany([one, other])).toEqual(new Map([[one, 1], [other, 2]])); // prettier-ignore
  });

  it('scripts get the bytes', async () => {
    const name = `s${randomUUID()}`;
    t.cache.registerScript(name, 'return #KEYS[1]', { numKeys: 1 });
    const length = await t.cache.evalScript<number>(name, [t.key(latinName)]);
    expect(length).toBe(await t.cache.evalScript<number>(name, [t.key('cafe')]));
  });
});
