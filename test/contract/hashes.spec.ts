import { describe, expect, it } from 'vitest';
import { SerializerError, WrongTypeError } from '../../lib/index.js';
import { contract } from './contract.js';

const user = { name: 'Ada', tags: ['a', 'b'], since: new Date(0) };

contract((t) => {
  describe('hset', () => {
    it('sets one field and counts new ones', async () => {
      expect(await t.on.hset(t.key(), 'user', user)).toBe(1);
      expect(await t.on.hset(t.key(), 'user', null)).toBe(0);
      expect(await t.on.hget(t.key(), 'user')).toBeNull();
    });

    it.each([
      ['an object', { a: 1, b: user }],
      ['a Map', new Map<string, unknown>(Object.entries({ a: 1, b: user }))],
      ['pairs', Object.entries({ a: 1, b: user })],
    ])('sets the fields of %s', async (_, fields) => {
      expect(await t.on.hset(t.key(), fields)).toBe(2);
      expect(await t.on.hgetall(t.key())).toStrictEqual(new Map<string, unknown>(Object.entries({ a: 1, b: user })));
    });

    it('returns 0 for an empty mapping', async () => {
      expect(await t.on.hset(t.key(), {})).toBe(0);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it('accepts a version, with one field or several', async () => {
      await t.on.hset(t.key(), 'f', 1, { version: 2 });
      await t.on.hset(t.key(), { g: 2 }, { version: 2 });
      expect(await t.on.hgetall(t.key(), { version: 2 })).toStrictEqual(
        new Map([
          ['f', 1],
          ['g', 2],
        ]),
      );
      expect(await t.on.hlen(t.key())).toBe(0);
    });

    it('writes nothing if one of the values cannot be stored', async () => {
      await expect(t.on.hset(t.key(), { a: 1, b: () => 1 })).rejects.toThrow(SerializerError);
      await expect(t.on.hset(t.key(), 'a', undefined)).rejects.toThrow(SerializerError);
      expect(await t.on.hasKey(t.key())).toBe(false);
    });

    it.each([7, null, undefined, '\ud83c'])('refuses %j in place of fields', async (fields) => {
      await expect(t.on.hset(t.key(), fields as unknown as string, 1)).rejects.toThrow(TypeError);
      await expect(t.on.hget(t.key(), fields as unknown as string)).rejects.toThrow(TypeError);
    });
  });

  it.each([
    ['a Promise', Promise.resolve({ a: 1 })],
    ['a Date', new Date()],
    ['a list that is none of pairs', ['a', 1]],
  ])('%s is no mapping', async (_, mapping) => {
    await expect(t.on.hset(t.key(), mapping as unknown as object)).rejects.toThrow(/^A mapping (must be|given as)/);
    expect(await t.on.hasKey(t.key())).toBe(false);
  });

  it('hmset returns true', async () => {
    expect(await t.on.hmset(t.key(), { a: 1 })).toBe(true);
    expect(await t.on.hmset(t.key(), new Map())).toBe(true);
    expect(await t.on.hget(t.key(), 'a')).toBe(1);
  });

  it('hsetnx sets a field once', async () => {
    expect(await t.on.hsetnx(t.key(), 'f', 1)).toBe(true);
    expect(await t.on.hsetnx(t.key(), 'f', 2)).toBe(false);
    expect(await t.on.hget(t.key(), 'f')).toBe(1);
  });

  it('a miss is undefined, in every slot', async () => {
    expect(await t.on.hget(t.key(), 'f')).toBeUndefined();
    await t.on.hset(t.key(), { a: null, b: 2 });
    expect(await t.on.hmget(t.key(), 'a', 'missing', 'b', 'a')).toStrictEqual([null, undefined, 2, null]);
    expect(await t.on.hmget(t.key())).toEqual([]);
    expect(await t.on.hmget(t.key('none'), 'a')).toStrictEqual([undefined]);
    expect(await t.on.hgetall(t.key('none'))).toEqual(new Map());
    expect(await t.on.hkeys(t.key('none'))).toEqual([]);
    expect(await t.on.hvals(t.key('none'))).toEqual([]);
  });

  it('fields are plain strings, whatever their characters', async () => {
    const fields = ['', '12', '__proto__', 'a b', 'поле', '{x}'];
    await t.on.hset(t.key(), new Map(fields.map((field) => [field, field])));
    expect((await t.on.hkeys(t.key())).toSorted()).toEqual(fields.toSorted());
    expect((await t.on.hvals<string>(t.key())).toSorted()).toEqual(fields.toSorted());
    expect(await t.on.hget(t.key(), '__proto__')).toBe('__proto__');
    expect((await t.on.hgetall(t.key())).get('__proto__')).toBe('__proto__');
  });

  it('hexists, hdel and hlen', async () => {
    await t.on.hset(t.key(), { a: 1, b: 2, c: 3 });
    expect(await t.on.hlen(t.key())).toBe(3);
    expect(await t.on.hexists(t.key(), 'a')).toBe(true);
    expect(await t.on.hdel(t.key(), 'a', 'b', 'missing')).toBe(2);
    expect(await t.on.hdel(t.key())).toBe(0);
    expect(await t.on.hexists(t.key(), 'a')).toBe(false);
    expect(await t.on.hlen(t.key())).toBe(1);
  });

  it('hincrby counts what hset has stored', async () => {
    await t.on.hset(t.key(), 'n', 40);
    expect(await t.on.hincrby(t.key(), 'n')).toBe(41);
    expect(await t.on.hincrby(t.key(), 'n', -51)).toBe(-10);
    expect(await t.on.hget(t.key(), 'n')).toBe(-10);
    await expect(t.on.hincrby(t.key(), 'n', 0.5)).rejects.toThrow(TypeError);
  });

  it('hincrbyfloat counts from a value of hset, and its result reads as a number', async () => {
    await t.on.hset(t.key(), 'n', 1.5);
    expect(await t.on.hincrbyfloat(t.key(), 'n', 0.1)).toBeCloseTo(1.6, 12);
    expect(await t.on.hget(t.key(), 'n')).toBeCloseTo(1.6, 12);
    expect(await t.on.hincrbyfloat(t.key(), 'new', 3)).toBe(3);
    expect(await t.on.hget(t.key(), 'new')).toBe(3);
    await expect(t.on.hincrbyfloat(t.key(), 'n', Infinity)).rejects.toThrow(TypeError);
  });

  it('hscan returns pages until the cursor is 0', async () => {
    const fields = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`field-${index}`, { index }]));
    await t.on.hset(t.key(), fields);
    const seen = new Map<string, unknown>();
    let cursor = '0';
    let pages = 0;
    do {
      const page = await t.on.hscan(t.key(), cursor, { count: 50 });
      for (const [field, value] of page.fields) seen.set(field, value);
      cursor = page.cursor;
      pages++;
    } while (cursor !== '0');
    expect(Object.fromEntries(seen)).toEqual(fields);
    expect(pages).toBeGreaterThan(1);
    const { fields: some } = await t.on.hscan(t.key(), '0', { match: 'field-7', count: 1000 });
    expect(some).toEqual(new Map([['field-7', { index: 7 }]]));
    await expect(t.on.hscan(t.key(), 'x')).rejects.toThrow(TypeError);
  });

  it('counting from anything but a number is a WrongTypeError', async () => {
    await t.on.hset(t.key(), 'f', 'text');
    await expect(t.on.hincrby(t.key(), 'f')).rejects.toThrow(WrongTypeError);
    await expect(t.on.hincrbyfloat(t.key(), 'f', 1.5)).rejects.toThrow(WrongTypeError);
  });

  it('counting past the safe integers is a RangeError', async () => {
    await t.on.hset(t.key(), 'f', Number.MAX_SAFE_INTEGER);
    await expect(t.on.hincrby(t.key(), 'f')).rejects.toThrow(RangeError);
  });

  it('a key of another type is a WrongTypeError', async () => {
    await t.on.set(t.key(), 'text');
    await expect(t.on.hget(t.key(), 'f')).rejects.toThrow(WrongTypeError);
    await expect(t.on.hset(t.key(), 'f', 1)).rejects.toThrow(`HSET "${t.key()}"`);
  });
});
