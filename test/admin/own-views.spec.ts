import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { topologies } from '../contract/topologies.js';
import type { CachexAdminEvent } from '../../lib/admin/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { type Admin, openAdmin } from './open-admin.js';

const api = '/api/caches/default';
const connections = inject('connections');
const hostile = '<img src=x onerror=alert(1)>}:line\u202e*{1:a}';

type Row = Record<string, unknown>;

describe.each(topologies.filter(({ name }) => /standalone|cluster|embedded/.test(name)))('on $name', ({ name }) => {
  let admin: Admin;
  const told: CachexAdminEvent[] = [];
  beforeEach(async () => {
    told.length = 0;
    admin = await openAdmin({
      cache: { connection: connections[name], keyPrefix: randomUUID() },
      audit: (event) => void told.push(event),
    });
  });
  afterEach(() => admin.app.close());

  /** All pages of a view. */
  async function all(path: string, list: string, query: Record<string, string> = {}): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor: string | undefined;
    do {
      const { status, body } = await admin.get(path, { ...query, ...(cursor && { cursor }) });
      expect([status, body.message]).toEqual([200, undefined]);
      rows.push(...(body[list] as Row[]));
      cursor = body.cursor as string | undefined;
    } while (cursor !== undefined);
    return rows;
  }

  describe('tags', () => {
    it('are listed, counted, and shown with their entries', async () => {
      await admin.cache.set('a', 1, { tags: ['t', hostile], timeout: '1h' });
      await admin.cache.getOrSet('b', () => 1, { tags: ['t'], timeout: '1h', grace: '1h' });
      await admin.cache.set('long', 1, { tags: Array.from({ length: 200 }, (_, index) => `tag number ${index}`) });
      await admin.cache.set('plain', 1);
      await admin.cache.hset('h', 'f', 1);
      const { hits, misses, errors } = await admin.cache.stats();
      const tags = await all(`${api}/tags`, 'tags');
      expect(new Set(tags.map(({ tag }) => tag))).toEqual(
        new Set(['t', hostile, ...Array.from({ length: 200 }, (_, index) => `tag number ${index}`)]),
      );
      expect(await all(`${api}/tags`, 'tags', { pattern: 't' })).toEqual([{ tag: 't', ttlMs: expect.any(Number) }]);
      const counts = new Map<unknown, number>();
      for (const [tag, count] of (await all(`${api}/tags/counts`, 'counts')) as unknown as [string, number][])
        counts.set(tag, (counts.get(tag) ?? 0) + count);
      expect([counts.get('t'), counts.get(hostile), counts.get('tag number 199')]).toEqual([2, 1, 1]);
      const entries = await all(`${api}/tags/entries`, 'entries', { tag: 't' });
      expect(entries.map(({ key, isCurrent }) => [key, isCurrent]).toSorted()).toEqual([
        ['a', true],
        ['b', true],
      ]);
      expect(await admin.cache.stats()).toMatchObject({ hits, misses, errors });
    });

    it('are invalidated, with an audit event', async () => {
      await admin.cache.getOrSet('a', () => 1, { tags: [hostile], timeout: '1h', grace: '1h' });
      const { status, body } = await admin.post(`${api}/tags/invalidate`, { tag: hostile });
      expect([status, body]).toEqual([200, { wasInUse: true }]);
      expect(await admin.cache.get('a')).toBeUndefined();
      expect(told).toEqual([expect.objectContaining({ action: 'invalidate', tag: hostile, outcome: 'done' })]);
      expect(await all(`${api}/tags/entries`, 'entries', { tag: hostile })).toEqual([
        { key: 'a', keptMs: expect.any(Number), isCurrent: false },
      ]);
      expect((await admin.post(`${api}/tags/invalidate`, { tag: '' })).status).toBe(400);
    });
  });

  describe('locks', () => {
    const claims = (query = {}): Promise<Row[]> => all(`${api}/locks`, 'claims', query);

    it('are shown with their holders and waiters', async () => {
      const lock = admin.cache.lock(hostile, { timeout: '1m' });
      await lock.acquire();
      const semaphore = admin.cache.semaphore('slots', 3, { weight: 2, timeout: '1m', version: 7 });
      await semaphore.acquire();
      const reader = admin.cache.rwLock('prices').read();
      await reader.acquire();
      const leader = admin.cache.leader('outbox');
      await new Promise<void>((resolve) => leader.once('elected', () => resolve()));
      const stop = new AbortController();
      const waiting = admin.cache.lock(hostile).acquire({ signal: stop.signal });
      waiting.catch(() => undefined);
      await expect.poll(async () => (await claims())[0]).toMatchObject({ name: hostile, waiterCount: 1 });
      const found = await claims();
      const leftMs = expect.any(Number);
      const one = { version: '1', holderCount: 1, waiters: [], waiterCount: 0 };
      expect(found.toSorted((a, b) => String(a.kind).localeCompare(String(b.kind)))).toMatchObject([
        { ...one, kind: 'leader', name: 'outbox', holders: [{ weight: 1, leftMs, isHere: true }] },
        {
          kind: 'lock',
          name: hostile,
          holders: [{ leftMs, isHere: true }],
          waiters: [{ isHere: true, waitedMs: leftMs }],
        },
        { ...one, kind: 'read/write lock', name: 'prices' },
        { ...one, kind: 'semaphore', name: 'slots', version: '7', holders: [{ weight: 2, leftMs, isHere: true }] },
      ]);
      for (const { holders } of found as unknown as { holders: { leftMs: number }[] }[]) {
        expect(holders[0]!.leftMs).toBeGreaterThan(0);
        expect(holders[0]!.leftMs).toBeLessThanOrEqual(60_000);
      }
      expect(await claims({ pattern: 'sl*' })).toHaveLength(1);
      stop.abort();
      await leader.stop();
    });

    it.each([
      ['lock', (cache: Admin['cache']) => cache.lock('stock', { timeout: '1m' })],
      ['semaphore', (cache: Admin['cache']) => cache.semaphore('stock', 1, { timeout: '1m' })],
      ['read/write lock', (cache: Admin['cache']) => cache.rwLock('stock', { timeout: '1m' }).write()],
    ])('are taken from who was shown to hold them, and given to who waits: %s', async (kind, open) => {
      const held = open(admin.cache);
      await held.acquire();
      const next = open(admin.cache);
      const waiting = next.acquire();
      await expect.poll(async () => (await claims())[0]?.waiterCount).toBe(1);
      const [row] = await claims();
      const [{ token }] = row!.holders as [{ token: string }];
      const body = { kind, name: 'stock', version: '1' };
      const stale = await admin.post(`${api}/locks/release`, { ...body, token: 'another:1:1' });
      expect(stale.status).toBe(409);
      expect((await admin.post(`${api}/locks/release`, { ...body, token })).status).toBe(200);
      expect(await waiting).toBe(true);
      expect(await held.owned()).toBe(false);
      expect((await admin.post(`${api}/locks/release`, { ...body, token })).status).toBe(409);
      expect(told.map(({ action, kind: what, name: which, outcome }) => [action, what, which, outcome])).toEqual([
        ['release', kind, 'stock', 'failed'],
        ['release', kind, 'stock', 'done'],
        ['release', kind, 'stock', 'failed'],
      ]);
      await next.release();
      expect(await claims()).toEqual([]);
    });
  });

  describe('streams', () => {
    it('are shown with their groups, consumers and pending entries, which another consumer can claim', async () => {
      const { cache } = admin;
      await cache.xgroupCreate(hostile, hostile, '0', { mkstream: true });
      await cache.set('no stream', 1);
      const ids = await Promise.all([1, 2, 3].map((n) => cache.xadd(hostile, { n })));
      await cache.xreadgroup(hostile, 'gone', { [hostile]: '>' }, { count: 2 });
      expect(await all(`${api}/streams`, 'streams')).toEqual([{ key: hostile, length: 3, groups: 1, pending: 2 }]);
      const { body } = await admin.get(`${api}/streams/groups`, { key: hostile });
      expect(body).toMatchObject({ length: 3, groupCount: 1, groups: [{ name: hostile, pending: 2, lag: 1 }] });
      const group = { key: hostile, group: hostile };
      const pending = await all(`${api}/streams/pending`, 'pending', group);
      expect(pending.map(({ consumer, deliveries }) => [consumer, deliveries])).toEqual([
        ['gone', 1],
        ['gone', 1],
      ]);
      const [first, second] = pending.map(({ id, consumer, idleMs }) => ({ id, owner: consumer, idleMs }));
      const claim = (entries: unknown[]) =>
        admin
          .post(`${api}/streams/claim`, { ...group, consumer: 'alive', entries })
          .then(({ status, body: { moved } }) => [status, moved]);
      expect(await claim([first])).toEqual([200, 1]);
      // Another client was faster.
      expect(await claim([first])).toEqual([409, undefined]);
      await cache.xack(hostile, hostile, String(second!.id));
      expect(await claim([second])).toEqual([409, undefined]);
      expect(await claim([{ ...first, owner: 'alive', idleMs: 3_600_000 }])).toEqual([409, undefined]);
      const [now] = await cache.xpending(hostile, hostile, { count: 10 });
      expect(now).toMatchObject({ id: ids[0], consumer: 'alive', deliveries: 1 });
      expect(told.map(({ action, outcome, moved }) => [action, outcome, moved])).toEqual([
        ['claim', 'done', 1],
        ['claim', 'failed', undefined],
        ['claim', 'failed', undefined],
        ['claim', 'failed', undefined],
      ]);
      const groupsOf = async (key: string) => (await admin.get(`${api}/streams/groups`, { key })).status;
      expect([await groupsOf('no stream'), await groupsOf('nothing')]).toEqual([409, 404]);
      expect((await admin.get(`${api}/streams/pending`, { ...group, group: 'none' })).status).toBe(404);
    });

    it('get their dead letters back, each once', async () => {
      const { cache } = admin;
      await cache.xgroupCreate('orders', 'mail', '0', { mkstream: true });
      const letter = { group: 'mail', id: '1-1', deliveries: 5, error: 'no such address' };
      const good = await cache.xadd('dead', { ...letter, stream: 'orders', fields: { to: 'ada', at: new Date(0) } });
      const lost = await cache.xadd('dead', { ...letter, stream: 'nowhere', fields: { to: 'bob' } });
      const empty = await cache.xadd('dead', { ...letter, stream: 'orders', fields: {} });
      const none = await cache.xadd('dead', { any: 'thing' });
      const replay = (id: string | undefined) => admin.post(`${api}/streams/replay`, { key: 'dead', ids: [id] });
      // Two administrators act at once.
      const both = await Promise.all([replay(good), replay(good)]);
      expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(await cache.xrange('orders')).toEqual([
        { id: expect.any(String), fields: { to: 'ada', at: new Date(0) } },
      ]);
      for (const id of [lost, empty, none]) expect([id, (await replay(id)).status]).toEqual([id, 409]);
      expect(await cache.xlen('dead')).toBe(3);
      expect(await cache.xlen('orders')).toBe(1);
      expect(await cache.exists('nowhere')).toBe(0);
    });
  });

  it('shows the loads under way, and who waits for them', async () => {
    const { cache } = admin;
    let finish!: (value: number) => void;
    const made = new Promise<number>((resolve) => (finish = resolve));
    const callers = [1, 2, 3].map(() => cache.getOrSet(hostile, () => made));
    const seen = async (): Promise<Row> => (await admin.get(`${api}/process`)).body;
    await expect
      .poll(async () => ((await seen()).flights as Row[])[0])
      .toMatchObject({ key: hostile, callers: 3, state: 'running' });
    const tenants = cache.withScope('acme').getOrSet('secret', () => made);
    await expect.poll(async () => (await seen()).flightCount).toBe(2);
    expect(await seen()).toMatchObject({
      ofTenants: 1,
      flights: [{ key: hostile, version: 1, ageMs: expect.any(Number) }],
    });
    finish(7);
    expect(await Promise.all([...callers, tenants])).toEqual([7, 7, 7, 7]);
    await expect.poll(seen).toMatchObject({ flights: [], flightCount: 0 });
  });

  it('shows what callers have consumed of rate limits, and resets it', async () => {
    const { cache } = admin;
    const id = `${hostile}:rest`;
    await cache.rateLimiter('a:b%', { limit: 10, window: '1h' }).consume(id, 3);
    await cache.rateLimiter('pace', { limit: 10, window: '1h', algorithm: 'gcra' }).consume(id, 2);
    const throttler = new CachexThrottlerStorage(cache);
    await throttler.increment(id, 60_000, 1, 60_000, 'short');
    await throttler.increment(id, 60_000, 1, 60_000, 'short');
    const found = await all(`${api}/limits`, 'callers');
    const resetMs = expect.any(Number);
    const one = { version: '1', id, resetMs };
    expect(found.toSorted((a, b) => String(a.name).localeCompare(String(b.name)))).toEqual([
      { ...one, algorithm: 'sliding', name: 'a:b%', consumed: 3 },
      { ...one, algorithm: 'gcra', name: 'pace' },
      { ...one, algorithm: 'throttler', name: 'short', consumed: 2, isBlocked: true },
    ]);
    for (const { algorithm, version, name: which } of found) {
      const body = { algorithm, version, name: which, id };
      expect((await admin.post(`${api}/limits/reset`, body)).status).toBe(200);
      expect((await admin.post(`${api}/limits/reset`, body)).status).toBe(404);
    }
    expect(await all(`${api}/limits`, 'callers')).toEqual([]);
  });

  it('shows scripts and sessions', async () => {
    const { cache } = admin;
    cache.registerScript('echo', 'return ARGV[1]', { numKeys: 1 });
    const run = (): Promise<unknown> => cache.evalScript('echo', ['k'], ['x']);
    const view = async () => (await admin.get(`${api}/scripts`)).body;
    await run();
    const loadedOn: unknown = expect.any(Number);
    const { scripts, servers } = await view();
    expect(scripts).toEqual([{ name: 'echo', sha: expect.any(String), numKeys: 1, calls: 1, loadedOn }]);
    expect(servers).toBeGreaterThan(0);
    // Other specs share the server, and flush its scripts, or load so many that it evicts some.
    await expect.poll(async () => (await run()) && (await view()).scripts).toMatchObject([{ loadedOn: 1 }]);
    await cache.withVersion('session').set('sid', { user: 1 }, '1h');
    expect(await all(`${api}/sessions`, 'sessions')).toEqual([
      expect.objectContaining({ key: 'sid', hash: expect.stringMatching(/^[\da-f]{12}$/), leftMs: expect.any(Number) }),
    ]);
  });
});

describe('an entry', () => {
  it('shows how it was encoded, and a stale copy', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const admin = await openAdmin({
      cache: {
        serializer: ['json', 'msgpack'],
        compressor: 'gzip',
        encryption: { keys: [{ id: 'one', key }] },
      },
    });
    onTestFinished(() => admin.app.close());
    await admin.cache.getOrSet('k', () => ({ text: 'x'.repeat(5000) }), { timeout: '1h', grace: '1h', tags: ['t'] });
    await admin.cache.invalidateTags(['t']);
    const { body } = await admin.get(`${api}/entry`, { key: 'k' });
    expect(body).toMatchObject({
      ttlMs: -2,
      value: { format: 'json', text: expect.stringContaining('xxx') },
      raw: { format: 'bytes' },
      codec: { encrypted: true, compressor: 'gzip', serializer: 'json', plainBytes: 5011 },
    });
    const { codec } = body as { codec: { storedBytes: number; envelopeBytes: number } };
    expect(codec.storedBytes).toBeLessThan(500);
    expect(codec.envelopeBytes).toBeGreaterThan(20);
    await admin.cache.set('n', 42);
    expect((await admin.get(`${api}/entry`, { key: 'n' })).body.codec).toEqual({
      encrypted: false,
      envelopeBytes: 0,
      plainBytes: 2,
      serializer: 'decimal text',
      storedBytes: 2,
    });
  });

  it('hides its value from users who may only see that it exists', async () => {
    const admin = await openAdmin({
      can: (action, { key }) => action === 'view' || (action === 'read' && key === 'open'),
    });
    onTestFinished(() => admin.app.close());
    await admin.cache.setMany({ open: 'seen', shut: 'secret' });
    await admin.cache.hset('h', 'f', 'secret');
    expect((await admin.get(`${api}/entry`, { key: 'open' })).body).toMatchObject({ value: { text: '"seen"' } });
    for (const key of ['shut', 'h']) {
      const { status, body } = await admin.get(`${api}/entry`, { key });
      expect([key, status, body.isWithheld]).toEqual([key, 200, true]);
      expect(JSON.stringify(body)).not.toContain('secret');
    }
    await admin.cache.withVersion('session').set('sid', 1);
    const { body } = await admin.get(`${api}/sessions`);
    expect(body.sessions).toEqual([expect.objectContaining({ hash: expect.any(String), leftMs: expect.any(Number) })]);
    expect(JSON.stringify(body)).not.toContain('"sid"');
  });
});

describe('local copies', () => {
  it('are shown with their limits and the reported changes', async () => {
    const name = topologies.find(({ name: each }) => each === 'redis standalone')!.name;
    const admin = await openAdmin({
      cache: { connection: connections[name], keyPrefix: randomUUID(), tracking: { maxEntries: 50 } },
    });
    onTestFinished(() => admin.app.close());
    const copies = async (): Promise<unknown> => (await admin.get(`${api}/process`)).body.copies;
    await admin.cache.set('k', 1);
    await expect
      .poll(async () => (await admin.cache.get('k'), copies()))
      .toMatchObject({ isActive: true, entries: 1, maxEntries: 50 });
    const client = (admin.cache.getClient() as Redis).duplicate();
    onTestFinished(async () => void (await client.quit()));
    await client.set(admin.cache.makeKey('k'), '2');
    await expect.poll(copies).toMatchObject({ entries: 0, invalidations: expect.any(Number) });
    const { invalidations } = (await copies()) as { invalidations: number };
    expect(invalidations).toBeGreaterThan(0);
  });
});
