import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { type RedisServer, startServer } from '../servers/server.js';
import { type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';

const entry = '/api/caches/default/entry';
const keys = '/api/caches/default/keys';
const megabyte = 1_000_000;

/** Twenty large fields of a hash, and a small one. */
const fieldsOf = (bytes: number): string =>
  `for i = 1, 20 do redis.call('HSET', KEYS[1], 'f' .. i, string.rep('x', ${bytes})) end
   redis.call('HSET', KEYS[1], 'small', 7)`;

const seenFieldsOf = (bytes: number) => ({
  type: 'hash',
  length: 21,
  items: expect.arrayContaining([
    { name: 'f7', size: bytes, value: { format: 'unread', size: bytes } },
    expect.objectContaining({ name: 'small', value: { format: 'json', text: '7', isCut: false } }),
  ]),
});

/** A script on the server, so that the test need not send large values. */
const fill = {
  string: `redis.call('SET', KEYS[1], string.rep('x', 60 * ${megabyte}))`,
  hash: fieldsOf(3 * megabyte),
  fields: fieldsOf(3 * megabyte),
  list: `for i = 1, 20 do redis.call('RPUSH', KEYS[1], string.rep('x', 3 * ${megabyte})) end`,
  members: `for i = 1, 200000 do redis.call('SADD', KEYS[1], 'member ' .. i) end`,
  scores: `for i = 1, 100000 do redis.call('ZADD', KEYS[1], i, 'member ' .. i) end`,
};

const seen = {
  string: { type: 'string', value: { format: 'bytes', size: 60 * megabyte } },
  hash: seenFieldsOf(3 * megabyte),
  fields: seenFieldsOf(3 * megabyte),
  list: { type: 'list', length: 20, items: [], tooLarge: expect.any(Number) },
  members: { type: 'set', length: 200_000 },
  scores: { type: 'zset', length: 100_000 },
};

/** Redis 7.0 cannot leave the values out of HSCAN; Valkey can. */
describe.each([
  ['redis', 300_000, ['string', 'hash', 'list', 'members', 'scores']],
  ['valkey', 100_000, ['fields']],
] as const)('looking at what is huge on %s', (engine, keyCount, kinds) => {
  let admin: Admin;
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startServer({ engine });
    admin = await openAdmin({ cache: { connection: { url: server.url, commandTimeout: '60s' } } });
    client = admin.cache.getClient() as Redis;
  });
  afterAll(async () => {
    await admin.app.close();
    await server.stop();
  });
  beforeEach(async () => {
    await client.flushdb('ASYNC');
  });

  const sentBytes = async (): Promise<number> =>
    Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);

  /** The bytes that the server has sent for the request, and how long the event loop was blocked. */
  async function costOf(look: () => Promise<Answer>): Promise<Answer & { bytes: number; waitedMs: number }> {
    const before = await sentBytes();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const answer = await look();
    delay.disable();
    return { ...answer, bytes: (await sentBytes()) - before, waitedMs: delay.max / 1e6 };
  }

  it.each(kinds)('needs little work for it: %s', { timeout: 120_000 }, async (kind) => {
    await client.eval(fill[kind], 1, ':1:huge');
    const { status, body, bytes, waitedMs } = await costOf(() => admin.get(entry, { key: 'huge' }));
    expect(status).toBe(200);
    expect(body).toMatchObject(seen[kind]);
    expect(bytes).toBeLessThan(megabyte);
    expect(waitedMs).toBeLessThan(1000);
    expect((await admin.post(`${entry}/delete`, { key: 'huge' })).status).toBe(200);
  });

  it('finds, counts and shows keys among very many, step by step', { timeout: 120_000 }, async () => {
    await client.eval(`for i = 1, ${keyCount} do redis.call('SET', ':1:key:' .. i, i) end`, 0);
    await client.call('CONFIG', 'RESETSTAT');
    const found = await costOf(() => admin.get(keys, { pattern: '*' }));
    expect(found.status).toBe(200);
    expect(found.bytes).toBeLessThan(megabyte / 4);
    const counted = await costOf(() => admin.get(`${keys}/sample`, { pattern: '*' }));
    expect(counted.body.count).toBeGreaterThan(999);
    expect(Math.max(found.waitedMs, counted.waitedMs)).toBeLessThan(1000);
    const stats = await client.info('commandstats');
    expect(stats).not.toMatch(/cmdstat_(keys|mget|get):/);
  });

  it('needs no more rights than what is shown', async () => {
    const user = ['limited', 'on', 'nopass', '~*', '&*', '+@all', '-ping', '-dbsize', '-script', '-info', '-memory'];
    await client.call('ACL', 'SETUSER', ...user);
    await client.set(':1:key', 1);
    const { app, get } = await openAdmin({ cache: { connection: server.url.replace('//', '//limited:any@') } });
    try {
      const caches = '/api/caches/default';
      for (const path of ['', '/keys?pattern=*', '/entry?key=key', '/memory', '/scripts', '/locks', '/streams']) {
        const { status, body } = await get(`${caches}${path}`);
        expect([path, status, body.message]).toEqual([path, 200, undefined]);
      }
    } finally {
      await app.close();
    }
  });

  it('ends a page of elements with the one that makes it large', async () => {
    const fillList = `for i = 1, 100 do redis.call('RPUSH', KEYS[1], string.rep('x', i % 10 == 9 and 700000 or 10)) end`;
    await client.eval(fillList, 1, ':1:mixed');
    let [cursor, pages, items] = [undefined as string | undefined, 0, 0];
    do {
      const page = await costOf(() => admin.get(entry, { key: 'mixed', ...(cursor && { cursor }) }));
      expect(page.bytes).toBeLessThan(8 * megabyte);
      cursor = page.body.cursor as string | undefined;
      items += (page.body.items as unknown[]).length;
      pages++;
    } while (cursor !== undefined);
    expect(items).toBe(100);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('looking', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ cache: { serializer: 'v8', compressor: 'zlib' } });
  });
  afterAll(() => admin.app.close());
  beforeEach(async () => {
    await admin.cache.flushDb();
  });
  const view = (key: string): Promise<Answer> => admin.get(entry, { key });
  const call = (name: string, ...args: (string | Buffer)[]): Promise<unknown> =>
    admin.app.get<ConnectionPool>(getConnectionPoolToken()).send({ name, args, access: 'write' });

  it('asks for few names of fields that are long', async () => {
    for (let at = 0; at < 20; at++) await call('HSET', ':1:h', `${at}${'n'.repeat(megabyte)}`, '1');
    const { items, cursor, length } = (await view('h')).body as { items: unknown[]; cursor: string; length: number };
    expect([items.length < 20, typeof cursor, length]).toEqual([true, 'string', 20]);
  });

  it('counts as no hit, no miss and no error', async () => {
    await admin.cache.set('good', { a: 1 });
    await admin.cache.set('tagged', 1, { tags: ['t'] });
    await admin.cache.hset('h', 'f', 1);
    await call('SET', ':1:bad', Buffer.from('c1120102', 'hex'));
    await call('HSET', ':1:bad-hash', 'f', 'no v8');
    const { hits, misses, errors } = await admin.cache.stats();
    for (const key of ['good', 'tagged', 'h', 'bad', 'bad-hash'])
      expect([key, (await view(key)).status]).toEqual([key, 200]);
    await admin.get(keys, { pattern: '*' });
    await view('nothing');
    expect(await admin.cache.stats()).toMatchObject({ hits, misses, errors });
  });

  const deep = (levels: number, width: number): unknown => {
    let value: unknown = Array.from({ length: width }, () => 1);
    for (let level = 0; level < levels; level++) value = [value];
    return value;
  };
  const long = 'x'.repeat(200_000);
  const shared = { text: long };

  it.each<[string, unknown, object]>([
    ['deep and wide', deep(380, 100_000), { format: 'json', isCut: false }],
    ['the same text a thousand times', Array.from({ length: 1000 }, () => shared), { format: 'inspect' }],
    ['a Map of the same text', new Map(Array.from({ length: 900 }, (_, i) => [i, shared])), { format: 'inspect' }],
    ['an endless bigint', 2n ** 4_000_000n, { format: 'inspect', isCut: true }],
    ['a bigint in a list', [2n ** 4_000_000n, 1], { format: 'inspect', text: '[Array]' }],
    ['an error', new RangeError('lost'), { format: 'inspect', text: expect.stringContaining('RangeError: lost') }],
  ])('prints no more than a page has room for: %s', async (_, value, shown) => {
    await admin.cache.set('k', value);
    const { status, body } = await view('k');
    expect([status, body.value]).toEqual([200, expect.objectContaining(shown)]);
    expect((body.value as { text: string }).text.length).toBeLessThan(1_000_001);
    await admin.cache.hset('h', 'f', value);
    expect((await view('h')).status).toBe(200);
    expect((await admin.post(`${entry}/delete`, { key: 'k' })).status).toBe(200);
  });

  it('shows unreadable values, and deletes them', async () => {
    for (const hex of ['c1120102', 'c102', 'c1027b7d0a', 'ff0f']) {
      await call('SET', ':1:k', Buffer.from(hex, 'hex'));
      expect([hex, (await view('k')).body.value]).toEqual([hex, expect.objectContaining({ format: 'bytes' })]);
      expect((await admin.post(`${entry}/delete`, { key: 'k' })).status).toBe(200);
    }
  });

  it('shows tags that are longer than the shown bytes', async () => {
    const tags = Array.from({ length: 500 }, (_, index) => `a rather long tag ${index}`);
    await admin.cache.set('k', 'value', { tags });
    expect((await view('k')).body).toMatchObject({ tags, value: { text: '"value"' } });
  });

  it('finds, shows and changes names that are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(':1:'), Buffer.from('c328ff', 'hex')]);
    await call('HSET', name, Buffer.from('ff', 'hex'), '7');
    const found = await admin.get(keys, { pattern: '*' });
    expect(found.body.keys).toEqual([{ key: '\udcc3(\udcff', type: 'hash', ttlMs: -1, bytes: expect.any(Number) }]);
    const { body } = await admin.get(entry, { hex: 'c328ff' });
    expect(body).toMatchObject({ key: '\udcc3(\udcff', items: [{ name: '\udcff', value: { text: '7' } }] });
    const [{ digest }] = body.items as [{ digest: string }];
    const field = { key: '\udcc3(\udcff', type: 'hash', name: '\udcff' };
    expect((await admin.post(`${entry}/items/put`, { ...field, value: 8, digest })).status).toBe(200);
    expect((await admin.post(`${entry}/items/remove`, field)).status).toBe(200);
    expect(await call('EXISTS', name)).toBe(0);
    for (const hex of ['', 'f', 'xyz']) expect([hex, (await admin.get(entry, { hex })).status]).toEqual([hex, 400]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('refuses a body with %s', async (name) => {
    const body = JSON.parse(`{"key":"k","${name}":{"length":1}}`) as object;
    const { status, body: answer } = await admin.post(`${entry}/delete`, body);
    expect([status, answer.message]).toEqual([400, [`${name} should not exist`]]);
  });
});
