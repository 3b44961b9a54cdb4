import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { SlowLog } from '../../lib/admin/live/slow-log.js';
import { Recorder } from '../../lib/admin/recorder.js';
import { type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';

const odd = [
  '<script>alert(1)</script>',
  '../../etc/passwd',
  'a b',
  'päth/ключ/鍵/🔑',
  '%2e%2e',
  'a?b=c&d#e',
  '{tag}:"\'\\',
  '*[?]',
];

describe('the keys of a cache', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin({ flush: true, named: { 'user sessions/ä': { keyPrefix: 's', version: 'v2' } } });
  });
  afterAll(() => admin.app.close());
  beforeEach(async () => {
    await admin.cache.flushDb();
  });

  const caches = '/api/caches';
  const keys = `${caches}/default/keys`;

  it('belong to each cache of the application, by name', async () => {
    const name = 'user sessions/ä';
    await admin.cacheNamed(name).set('a', 1);
    await admin.cache.get('nothing');
    const { body } = await admin.get(caches);
    expect(body).toMatchObject({
      readOnly: false,
      caches: [
        { name: 'default', keyPrefix: '', version: 1, topology: 'memory', stats: { hits: 0, misses: 1 } },
        { name, keyPrefix: 's', version: 'v2' },
      ],
    });
    const found = await admin.get(`${caches}/${encodeURIComponent(name)}/keys`, { pattern: '*' });
    expect(found.body.keys).toEqual([
      { key: 'a', type: 'string', ttlMs: expect.any(Number), bytes: expect.any(Number) },
    ]);
    const unknown = await admin.get(`${caches}/nobody`);
    expect([unknown.status, unknown.body.message]).toEqual([404, 'There is no cache named "nobody"']);
  });

  it('come with type and time to live; by pattern, type and version', async () => {
    const { cache, get } = admin;
    await cache.set('user:1', 'Ada', 60);
    await cache.set('user:2', 'Bob', null);
    await cache.hset('user:3', 'name', 'Cleo');
    await cache.sadd('other', 1);
    await cache.set('user:1', 'elsewhere', { version: 7 });
    const search = async (query: Record<string, string>): Promise<unknown[]> =>
      ((await get(keys, query)).body.keys as { key: string }[]).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const [first, ...others] = await search({ pattern: 'user:*' });
    expect(first).toMatchObject({ key: 'user:1', type: 'string' });
    expect((first as { ttlMs: number }).ttlMs).toBeGreaterThan(50_000);
    expect(others).toEqual([
      { key: 'user:2', type: 'string', ttlMs: -1, bytes: expect.any(Number) },
      { key: 'user:3', type: 'hash', ttlMs: -1, bytes: expect.any(Number) },
    ]);
    expect(await search({ pattern: '*', type: 'set' })).toEqual([
      { key: 'other', type: 'set', ttlMs: -1, bytes: expect.any(Number) },
    ]);
    expect(await search({ pattern: '*', version: '7' })).toMatchObject([{ key: 'user:1' }]);
    expect(await search({ pattern: 'user:\\*' })).toEqual([]);
    expect((await get(keys, { pattern: '*', type: 'json' })).status).toBe(400);
    expect((await get(keys, { pattern: '*', cursor: 'x' })).status).toBe(400);
    expect((await get(keys, { pattern: '*', version: 'lock' })).status).toBe(400);
    expect((await get(keys)).body.message).toEqual(['pattern must be a string']);
  });

  it('come in pages, each key once, and never all in one request', async () => {
    const { cache, get } = admin;
    const all = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
    await cache.setMany(all.map((key) => [key, 1] as const));
    const seen: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const { body } = await get(keys, { pattern: '*', ...(cursor && { cursor }) });
      const rows = body.keys as { key: string }[];
      expect(rows.length).toBeLessThan(500);
      seen.push(...rows.map(({ key }) => key));
      cursor = body.cursor as string | undefined;
      pages++;
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(2);
    expect(new Set(seen)).toEqual(new Set(all));
    // One key is found even if it is far away.
    expect((await get(keys, { pattern: 'key-999' })).body).toEqual({
      keys: [expect.objectContaining({ key: 'key-999' })],
    });
  });

  it.each(odd)('may be named %s', async (key) => {
    const { cache, get, post } = admin;
    await cache.set(key, { key });
    expect((await get(keys, { pattern: '*' })).body.keys).toEqual([expect.objectContaining({ key })]);
    const entry = `${caches}/default/entry`;
    expect((await get(entry, { key })).body).toMatchObject({ key, value: { text: JSON.stringify({ key }, null, 2) } });
    expect((await post(`${entry}/delete`, { key })).status).toBe(200);
    expect(await cache.keys()).toEqual([]);
  });

  it('cannot have an empty name', async () => {
    const { status, body } = await admin.get(`${caches}/default/entry`, { key: '' });
    expect([status, body.message]).toEqual([400, expect.stringContaining('non-empty')]);
  });

  it('are counted and deleted by pattern, and cleared by version, after a confirmation', async () => {
    const { cache, get, post } = admin;
    for (const version of [1, 2]) await cache.setMany({ 'a:1': 1, 'a:2': 2, 'b:1': 3 }, { version });
    expect((await get(`${keys}/sample`, { pattern: 'a:*' })).body).toEqual({
      count: 2,
      isComplete: true,
      sample: ['a:1', 'a:2'],
      mustConfirm: false,
    });
    expect((await post(`${keys}/delete`, { pattern: 'a:*' })).body).toEqual({ deleted: 2, isDone: true });
    expect((await post(`${keys}/delete`, {})).status).toBe(400);
    expect(await cache.keys()).toEqual(['b:1']);
    const clear = `${caches}/default/clear`;
    expect((await post(clear, { version: '2', confirm: 'Default' })).status).toBe(400);
    expect((await post(clear, { version: '2', confirm: 'default' })).body).toEqual({ deleted: 3 });
    expect(await cache.keys()).toEqual(['b:1']);
  });

  it('are all flushed, of every version, after the name of the cache', async () => {
    const { cache, post } = admin;
    for (const version of [1, 2]) await cache.set('a', 1, { version });
    const flush = `${caches}/default/flush`;
    for (const confirm of [undefined, true, '', 'other']) expect((await post(flush, { confirm })).status).toBe(400);
    expect(await cache.hasKey('a')).toBe(true);
    expect((await post(flush, { confirm: 'default' })).body).toEqual({ flushed: true });
    expect(await cache.keys('*', { version: 2 })).toEqual([]);
  });
});

describe('a cache on servers', () => {
  const connections = inject('connections');

  it.each([
    ['valkey standalone', 'standalone', 1],
    ['redis cluster', 'cluster', 3],
    ['valkey sentinel', 'sentinel', 1],
  ] as const)('tells of %s, and finds its keys page by page', async (name, topology, servers) => {
    const keyPrefix = randomUUID();
    const { app, get, post, cache } = await openAdmin({ cache: { connection: connections[name], keyPrefix } });
    const { body } = await get('/api/caches/default');
    expect(body).toMatchObject({ topology, keyPrefix, stats: { bytes: expect.any(Number) } });
    expect(body.servers).toHaveLength(servers);
    expect(body.servers).toContainEqual({
      address: expect.stringMatching(/./),
      keys: expect.any(Number),
      info: expect.objectContaining({ used_memory: expect.stringMatching(/^\d+$/), role: 'master' }),
    });
    const all = Array.from({ length: 300 }, (_, index) => `key-${index}`);
    await cache.setMany(all.map((key) => [key, 1] as const));
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await get('/api/caches/default/keys', { pattern: 'key-*', ...(cursor && { cursor }) });
      for (const { key } of page.body.keys as { key: string }[]) seen.add(key);
      cursor = page.body.cursor as string | undefined;
    } while (cursor !== undefined);
    expect(seen.size).toBe(300);
    const { body: entry } = await get('/api/caches/default/entry', { key: 'key-7' });
    expect(entry).toMatchObject({
      wireKey: `${keyPrefix}:1:key-7`,
      memory: expect.any(Number),
      encoding: 'int',
      value: { text: '1' },
    });
    // From the keys of all servers.
    const { body: memory } = await get('/api/caches/default/memory');
    expect(memory).toMatchObject({ looked: 300, isComplete: true, isWeighed: true, prefixes: [{ keys: 300 }] });
    const deletion = { pattern: '*', confirm: '*' };
    expect((await post('/api/caches/default/keys/delete', deletion)).body).toEqual({ deleted: 300, isDone: true });
    await app.close();
  });

  it.each([
    ['redis cluster', 3],
    ['valkey cluster', 3],
    ['valkey sentinel', 1],
  ] as const)('tells what was slow on each server, and of all processes: %s', async (name, servers) => {
    const keyPrefix = randomUUID();
    const cacheOptions = { connection: connections[name], keyPrefix };
    const [one, other] = await Promise.all([1, 2].map(() => openAdmin({ cache: cacheOptions, history: 'fleet' })));
    const nodes = await one!.app.get<ConnectionPool>(getConnectionPoolToken()).primaries();
    const script = 'for i = 1, 5000000 do end return 1';
    const slowly = { name: 'EVAL', args: [script, '0'], access: 'write' } as const;
    await Promise.all(nodes.map((node) => node.send(slowly)));
    const { body } = await one!.get('/api/caches/default/commands/slow');
    const logs = body.servers as SlowLog[];
    expect(logs.map(({ address }) => address).toSorted()).toEqual(nodes.map(({ address }) => address).toSorted());
    expect(logs).toHaveLength(servers);
    for (const { address, commands } of logs) {
      const slow = { command: 'EVAL', ms: expect.any(Number), hidden: 2 };
      expect([address, commands]).toEqual([address, expect.arrayContaining([expect.objectContaining(slow)])]);
    }
    await one!.cache.set('user:1', 1);
    for (const { cache } of [one!, other!]) await cache.get('user:1');
    const minute = Math.floor(Date.now() / 60_000) - 1;
    for (const { app } of [one!, other!]) await app.get(Recorder).turn(minute);
    const { body: history } = await one!.get('/api/caches/default/history', { of: 'fleet' });
    expect(history.prefixes).toMatchObject([{ prefix: 'user:', hits: 2 }]);
    for (const { app, cache } of [one!, other!]) {
      await cache.withVersion('admin-history').clear();
      await app.close();
    }
  });
});

describe('the tree of keys', () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await openAdmin();
  });
  afterAll(() => admin.app.close());
  const level = async (query: Record<string, string>): Promise<Answer['body']> =>
    (await admin.get('/api/caches/default/keys/tree', { pattern: '*', ...query })).body;

  it('shows the next part of names, and how many keys are below it', async () => {
    await admin.cache.setMany({ 'user:1': 1, 'user:2:name': 1, 'user:2:mail': 1, 'order*:7': 1, plain: 1 });
    await admin.cache.sadd('user:all', 1);
    const { groups, keys, ...rest } = await level({});
    expect(groups).toHaveLength(2);
    expect(groups).toEqual(
      expect.arrayContaining([
        { prefix: 'user:', keys: 4 },
        { prefix: 'order*:', keys: 1 },
      ]),
    );
    expect([keys, rest]).toEqual([['plain'], { seen: 6, untold: 0 }]);
    expect(await level({ prefix: 'order*:' })).toMatchObject({ groups: [], keys: ['order*:7'] });
    expect(await level({ prefix: 'user:', type: 'set' })).toMatchObject({ seen: 1, groups: [], keys: ['user:all'] });
    expect(await level({ prefix: 'user:', pattern: '*:name' })).toMatchObject({
      groups: [{ prefix: 'user:2:', keys: 1 }],
    });
    await admin.cache.flushDb();
  });

  it('of more keys than one look has time for is shown in parts', async () => {
    for (let at = 0; at < 25_000; at += 5000)
      await admin.cache.setMany(Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`g${at + n}:k`, 1])));
    let [cursor, seen, told]: [string | undefined, number, number] = [undefined, 0, 0];
    do {
      const page = (await level(cursor === undefined ? {} : { cursor })) as {
        cursor?: string;
        seen: number;
        untold: number;
        groups: { keys: number }[];
      };
      expect(page.groups.length).toBeLessThanOrEqual(300);
      seen += page.seen;
      told += page.untold + page.groups.reduce((sum, { keys }) => sum + keys, 0);
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect([seen, told]).toEqual([25_000, 25_000]);
  });
});
