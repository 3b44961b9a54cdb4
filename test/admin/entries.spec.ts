import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';
import { leftOf } from '../left-of.js';

const entry = '/api/caches/default/entry';

interface ShownItem {
  readonly name?: string;
  readonly digest: string;
  readonly member?: string;
  readonly value?: { readonly text: string };
}

describe('an entry', () => {
  let admin: Admin;
  let pool: ConnectionPool;
  beforeAll(async () => {
    admin = await openAdmin();
    pool = admin.app.get<ConnectionPool>(getConnectionPoolToken());
  });
  afterAll(() => admin.app.close());
  beforeEach(async () => {
    await admin.cache.flushDb();
  });

  const view = (query: Record<string, string>): Promise<Answer> => admin.get(entry, query);
  const change = (what: string, body: object): Promise<Answer> => admin.post(`${entry}/${what}`, body);
  /** The digest of a key or an item as shown, for the request that changes it. */
  const shown = async (key: string, isIt: (item: ShownItem) => boolean = () => true): Promise<ShownItem> => {
    const { digest, items = [] } = (await view({ key })).body as { digest?: string; items?: ShownItem[] };
    return digest === undefined ? items.find(isIt)! : { digest };
  };
  const named = (name: string) => (item: ShownItem) => item.name === name;
  const raw = (name: string, ...args: (string | Buffer)[]): Promise<unknown> =>
    pool.send({ name, args, access: 'write' });

  it('with plain data is shown as JSON, with its properties', async () => {
    await admin.cache.set('k', { name: 'Ada', tags: ['x', null], visits: 1.5 }, 60);
    const { body } = await view({ key: 'k' });
    expect(body).toMatchObject({ key: 'k', version: 1, wireKey: ':1:k', type: 'string', memory: expect.any(Number) });
    expect(body.value).toEqual({
      format: 'json',
      text: JSON.stringify({ name: 'Ada', tags: ['x', null], visits: 1.5 }, null, 2),
      isCut: false,
    });
    expect(body.ttlMs).toBe(body.keptMs);
    expect((await view({ key: 'k', version: '2' })).status).toBe(404);
  });

  it.each([
    ['a Map', new Map([['a', new Date(0)]]), { $Map: [['a', { $Date: '1970-01-01T00:00:00.000Z' }]] }],
    ['a bigint', 2n ** 70n, { $bigint: '1180591620717411303424' }],
    ['no number', NaN, { $number: 'NaN' }],
    ['minus zero', { a: -0 }, { a: { $number: '-0' } }],
    ['undefined in it', { a: undefined }, { a: { $undefined: true } }],
  ])('with what JSON cannot say (%s) is JSON with types', async (_, value, json) => {
    await admin.cache.set('k', value);
    const text = JSON.stringify(json, null, 2);
    expect((await view({ key: 'k' })).body.value).toEqual({ format: 'typed', text, isCut: false });
  });

  describe('of a few bytes that expand without limit', () => {
    let doubled: unknown = { a: 1 };
    for (let level = 0; level < 60; level++) doubled = [doubled, doubled];
    const cycle: Record<string, unknown> = { name: 'cycle' };
    cycle.me = cycle;
    const sparse: unknown[] = ['first'];
    sparse[4_294_967_290] = 'last';
    const names = Array.from({ length: 30_000 }, (_, index) => [`k${index}`, BigInt(index)]);
    const wide = { ...Object.fromEntries(names), never: new Date(NaN) };

    it.each<[string, unknown, RegExp]>([
      ['lists of the same lists', doubled, /^\[\n {2}\[\n/],
      ['a Map of them', new Map([['a', doubled]]), /^Map\(1\)/],
      ['a cycle', cycle, /^<ref \*1> \{ name: 'cycle', me: \[Circular \*1\] \}$/],
      ['an array of holes', sparse, /^\[ 'first', <4294967289 empty items>, 'last' \]$/],
      ['thirty thousand bigints and no date', wide, /^\[Object\]$/],
    ])('is shown as far as that goes: %s', async (_, value, text) => {
      const own = await openAdmin({ cache: { serializer: 'v8' } });
      await own.cache.set('k', value);
      const { status, body } = await own.get(entry, { key: 'k' });
      expect(status).toBe(200);
      const shown = body.value as { format: string; text: string };
      expect(shown.format).toBe('inspect');
      expect(shown.text).toMatch(text);
      expect(shown.text.length).toBeLessThan(1_000_001);
      await own.cache.hset('h', 'f', value);
      expect((await own.get(entry, { key: 'h' })).status).toBe(200);
      await own.app.close();
    });
  });

  it('that no serializer can read is shown as bytes', async () => {
    await raw('SET', ':1:text', 'plain text of another program');
    expect((await view({ key: 'text' })).body.value).toEqual({
      format: 'bytes',
      size: 29,
      hex: Buffer.from('plain text of another program').toString('hex'),
      text: 'plain text of another program',
    });
    await raw('SET', ':1:bytes', Buffer.from([0xc7, 0, 1, 0xff]));
    expect((await view({ key: 'bytes' })).body.value).toEqual({ format: 'bytes', size: 4, hex: 'c70001ff' });
    await raw('HSET', ':1:hash', 'f', 'plain text');
    await raw('RPUSH', ':1:list', 'plain text');
    await raw('SADD', ':1:set', 'plain text');
    await raw('ZADD', ':1:zset', '3', 'plain text', '-inf', 'plain text, too');
    await raw('XADD', ':1:stream', '1-1', 'f', 'plain text');
    const items = async (key: string): Promise<unknown> => (await view({ key })).body.items;
    const value = expect.objectContaining({ format: 'bytes', text: 'plain text' });
    expect(await items('hash')).toMatchObject([{ name: 'f', value }]);
    expect(await items('list')).toMatchObject([{ name: '0', value }]);
    expect(await items('set')).toMatchObject([{ value }]);
    expect(await items('zset')).toMatchObject([
      { score: 3, value },
      { score: '-Infinity', value: expect.objectContaining({ text: 'plain text, too' }) },
    ]);
    expect(await items('stream')).toMatchObject([
      { name: '1-1', value: expect.objectContaining({ format: 'bytes', text: 'f=plain text\n' }) },
    ]);
  });

  it('that is huge is not read as a whole', async () => {
    await admin.cache.set('k', 'x'.repeat(1_500_000));
    const { value } = (await view({ key: 'k' })).body as { value: { format: string; size: number; hex: string } };
    expect(value).toMatchObject({ format: 'bytes', size: 1_500_005 });
    expect(value.hex).toHaveLength(2 * 4096);
  });

  it('gets another value and keeps its time to live; an expired one does not come back', async () => {
    await admin.cache.set('k', 'before', 60);
    const { digest } = await shown('k');
    expect((await change('value', { key: 'k', value: { now: null }, digest })).status).toBe(200);
    expect(await admin.cache.get('k')).toEqual({ now: null });
    expect(await admin.cache.ttl('k')).toBeGreaterThan(50);
    expect((await change('value', { key: 'gone', value: 1, digest })).status).toBe(404);
    expect((await change('value', { key: 'k', digest })).body.message).toEqual(['value is required']);
    expect((await change('value', { key: 'k', value: 1 })).body.message).toEqual(['digest must be a string']);
    await admin.cache.hset('h', 'f', 1);
    const other = await change('value', { key: 'h', value: 1, digest });
    expect([other.status, other.body.message]).toEqual([409, 'The key holds a hash now']);
  });

  it('with tags and grace shows its tags, and keeps them without the grace', async () => {
    await admin.cache.getOrSet('k', () => 'made', { timeout: 60, grace: '1h', tags: ['users', 'teams'] });
    const { body } = await view({ key: 'k' });
    expect(body).toMatchObject({ tags: ['users', 'teams'], value: { text: '"made"' } });
    const graceMs = Number(body.keptMs) - Number(body.ttlMs);
    expect(Math.round(graceMs / 60_000)).toBe(60);
    const { digest } = await shown('k');
    await change('value', { key: 'k', value: 'edited', digest });
    expect(await admin.cache.get('k')).toBe('edited');
    expect(await admin.cache.expireTime('k')).toBeLessThan(Date.now() / 1000 + 61);
    await admin.cache.invalidateTags(['users']);
    expect(await admin.cache.get('k')).toBeUndefined();
    expect((await view({ key: 'k' })).body).toMatchObject({ ttlMs: -2, value: { format: 'json', text: '"edited"' } });
    const stale = await change('value', { key: 'k', value: 'back', ...(await shown('k')) });
    expect([stale.status, stale.body.message]).toEqual([409, expect.stringContaining('stale copy')]);
  });

  it('is created only if the name is free', async () => {
    expect((await change('create', { key: 'k', value: [1], timeout: '5m' })).status).toBe(200);
    expect(await admin.cache.ttl('k')).toEqual(leftOf(300));
    expect((await change('create', { key: 'k', value: 2 })).status).toBe(409);
    expect(await admin.cache.get('k')).toEqual([1]);
    await change('create', { key: 'v', version: '3', value: 0, timeout: null });
    expect(await admin.cache.ttl('v', { version: 3 })).toBe(-1);
  });

  it.each<[string, unknown, () => Promise<unknown>, unknown]>([
    ['counter', 5, () => admin.cache.incr('k'), 6],
    ['hash', { a: 1, b: { c: 2 } }, () => admin.cache.hget('k', 'b'), { c: 2 }],
    ['list', [1, 'b'], () => admin.cache.lrange('k', 0, -1), [1, 'b']],
    ['set', ['a', 'a'], () => admin.cache.scard('k'), 1],
    ['zset', [['a', 1.5]], () => admin.cache.zscore('k', 'a'), 1.5],
    ['stream', { n: 1 }, async () => (await admin.cache.xrange('k')).map(({ fields }) => fields), [{ n: 1 }]],
  ])('is created with every type, and only if the name is free: %s', async (type, value, read, expected) => {
    const body = { key: 'k', type, typed: JSON.stringify(value), timeout: '5m' };
    expect((await change('create', body)).status).toBe(200);
    expect(await read()).toEqual(expected);
    expect(await admin.cache.ttl('k')).toEqual(leftOf(300));
    expect((await change('create', body)).status).toBe(409);
    await admin.cache.delete('k');
    await change('create', { ...body, timeout: undefined });
    expect(await admin.cache.ttl('k')).toEqual(type === 'counter' ? leftOf(300) : -1);
  });

  it.each([
    ['counter', 1.5, 'A counter is a whole number'],
    ['counter', '7', 'A counter is a whole number'],
    ['hash', {}, 'A hash needs one or more fields'],
    ['hash', { $Map: [['a', 1]] }, 'A hash needs one or more fields'],
    ['stream', [1], 'A stream needs one or more fields'],
    ['list', [], 'A list needs a list of one or more items'],
    ['set', { a: 1 }, 'A set needs a list of one or more items'],
    ['zset', ['a'], 'A zset needs members with their scores'],
    ['zset', [['a', { $number: 'NaN' }]], 'A zset needs members with their scores'],
  ])('is not created from invalid contents of a %s', async (type, value, message) => {
    const { status, body } = await change('create', { key: 'k', type, typed: JSON.stringify(value) });
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
    expect(await admin.cache.keys()).toEqual([]);
  });

  it('gets another time to live, or none, and can be deleted', async () => {
    await admin.cache.set('k', 1, 60);
    await change('expiry', { key: 'k', timeout: '2h' });
    expect(await admin.cache.ttl('k')).toEqual(leftOf(7200));
    await change('expiry', { key: 'k', timeout: 90.5 });
    expect(await admin.cache.pttl('k')).toBeGreaterThan(89_000);
    await change('expiry', { key: 'k', timeout: null });
    expect(await admin.cache.ttl('k')).toBe(-1);
    for (const timeout of ['soon', 0, true, undefined]) {
      expect((await change('expiry', { key: 'k', timeout })).status).toBe(400);
    }
    expect((await change('delete', { key: 'k' })).status).toBe(200);
    expect((await change('delete', { key: 'k' })).status).toBe(404);
    expect((await change('expiry', { key: 'k', timeout: 1 })).status).toBe(404);
  });

  it('that is a hash: fields are added and removed', async () => {
    await admin.cache.hset('h', { a: 1, b: { deep: true } });
    const { body } = await view({ key: 'h' });
    expect(body).toMatchObject({ type: 'hash', length: 2, ttlMs: -1 });
    const items = body.items as { name: string }[];
    expect(items.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: 'a', value: { format: 'json', text: '1', isCut: false } },
      { name: 'b', value: { format: 'json', text: '{"deep":true}', isCut: false } },
    ]);
    expect((await view({ key: 'h', match: 'b*' })).body.items).toHaveLength(1);
    await change('items/put', { key: 'h', type: 'hash', name: 'c', value: [] });
    expect(await admin.cache.hget('h', 'c')).toEqual([]);
    await change('items/remove', { key: 'h', type: 'hash', name: 'a' });
    expect(new Set(await admin.cache.hkeys('h'))).toEqual(new Set(['b', 'c']));
    expect((await change('items/remove', { key: 'h', type: 'hash', name: 'a' })).status).toBe(404);
    expect((await change('items/put', { key: 'h', type: 'hash', value: 1 })).body.message).toBe('name is required');
    expect((await change('items/put', { key: 'h', type: 'set', value: 1 })).status).toBe(409);
    expect((await change('items/put', { key: 'h', type: 'hash', name: 'c', value: 'again' })).status).toBe(409);
    const { digest } = await shown('h', named('c'));
    expect((await change('items/put', { key: 'h', type: 'hash', name: 'c', value: 'new', digest })).status).toBe(200);
    expect(await admin.cache.hget('h', 'c')).toBe('new');
    expect((await change('items/put', { key: 'new', type: 'set', value: 1 })).status).toBe(404);
  });

  it('that is a set or a sorted set: members are added and removed', async () => {
    await admin.cache.sadd('s', { a: 1, b: 2 });
    await change('items/put', { key: 's', type: 'set', value: 'more' });
    await change('items/remove', { key: 's', type: 'set', value: { b: 2, a: 1 } });
    expect((await view({ key: 's' })).body).toMatchObject({ length: 1, items: [{ value: { text: '"more"' } }] });
    await admin.cache.zadd('z', { ada: 2, bob: 1 });
    expect((await change('items/put', { key: 'z', type: 'zset', value: 'bob', score: 3 })).status).toBe(409);
    const bob = await shown('z', ({ value }) => value?.text === '"bob"');
    await change('items/put', { key: 'z', type: 'zset', member: bob.member, digest: bob.digest, score: 3 });
    expect((await view({ key: 'z' })).body.items).toMatchObject([
      { score: 3, value: { text: '"bob"' } },
      { score: 2, value: { text: '"ada"' } },
    ]);
    await change('items/remove', { key: 'z', type: 'zset', value: 'ada' });
    expect(await admin.cache.zcard('z')).toBe(1);
  });

  it('that is a list: elements by index', async () => {
    const put = (more: object): Promise<Answer> => change('items/put', { key: 'l', type: 'list', ...more });
    const remove = (more: object): Promise<Answer> => change('items/remove', { key: 'l', type: 'list', ...more });
    await admin.cache.rpush('l', 'a', 'b', 'a');
    const last = await shown('l', named('2'));
    expect((await remove({ name: '2', digest: last.digest })).status).toBe(200);
    expect(await admin.cache.lrange('l', 0, -1)).toEqual(['a', 'b']);
    const { digest } = await shown('l', named('1'));
    expect((await remove({ name: '0', digest })).status).toBe(409);
    expect((await put({ name: '1', value: 'c', digest })).status).toBe(200);
    await put({ value: 'last' });
    await put({ value: 'first', end: 'LEFT' });
    expect(await admin.cache.lrange('l', 0, -1)).toEqual(['first', 'a', 'c', 'last']);
  });

  it('that is a stream: the newest entries first', async () => {
    await admin.cache.xadd('x', { n: 1 }, { id: '1-1' });
    await change('items/put', { key: 'x', type: 'stream', value: { n: 2 } });
    const { items } = (await view({ key: 'x' })).body as { items: { name: string; value: object }[] };
    expect(items.map(({ value }) => value)).toMatchObject([{ text: '{"n":2}' }, { text: '{"n":1}' }]);
    await change('items/remove', { key: 'x', type: 'stream', name: '1-1' });
    expect(await admin.cache.xlen('x')).toBe(1);
    expect((await change('items/put', { key: 'x', type: 'stream', value: 3 })).status).toBe(400);
  });

  it.each([
    [
      'hash',
      (n: number) => admin.cache.hset('big', Object.fromEntries(Array.from({ length: n }, (_, i) => [`f${i}`, i]))),
    ],
    ['set', (n: number) => admin.cache.sadd('big', ...Array.from({ length: n }, (_, i) => i))],
    [
      'zset',
      (n: number) =>
        admin.cache.zadd(
          'big',
          Array.from({ length: n }, (_, i) => [i, i] as const),
        ),
    ],
    ['list', (n: number) => admin.cache.rpush('big', ...Array.from({ length: n }, (_, i) => i))],
    [
      'stream',
      async (n: number) => {
        const pipe = admin.cache.pipeline();
        for (let i = 0; i < n; i++) pipe.xadd('big', { i });
        await pipe.execute();
      },
    ],
  ])('with many items (%s) comes in pages', async (type, fill: (n: number) => Promise<unknown>) => {
    await fill(700);
    const seen = new Set<string>();
    let pages = 0;
    let cursor: string | undefined;
    do {
      const { body } = await view({ key: 'big', ...(cursor && { cursor }) });
      expect(body).toMatchObject({ type, length: 700 });
      for (const { name, value } of body.items as { name?: string; value: { text: string } }[]) {
        seen.add(name ?? value.text);
      }
      cursor = body.cursor as string | undefined;
      pages++;
    } while (cursor !== undefined);
    expect(seen.size).toBe(700);
    expect(pages).toBeGreaterThan(3);
  });
});
