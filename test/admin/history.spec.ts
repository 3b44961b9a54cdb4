import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Recorder } from '../../lib/admin/recorder.js';
import type { HistoryView } from '../../lib/admin/history/history-view.js';
import { fallIn, findingsIn } from '../../lib/admin/history/findings.js';
import { addTime, column, noFigures, timeWithin } from '../../lib/admin/history/figures.js';
import { Kinds, prefixOf } from '../../lib/admin/history/kinds.js';
import { Key } from '../../lib/command-model/command.js';
import type { CachexOptions } from '../../lib/index.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { type Admin, type AdminSetup, openAdmin } from './open-admin.js';

const path = '/api/caches/default/history';
const apps: Admin[] = [];
afterEach(async () => {
  for (const { app } of apps.splice(0)) await app.close();
});
async function start(setup: AdminSetup = {}): Promise<Admin> {
  const admin = await openAdmin(setup);
  apps.push(admin);
  return admin;
}

const historyOf = async (admin: Admin, query: Record<string, string> = {}): Promise<HistoryView> => {
  const { status, body } = await admin.get(path, query);
  expect([status, body]).toEqual([200, body]);
  return body as unknown as HistoryView;
};

/** The sum over all points. */
const sumOf = ({ points }: HistoryView, what: 'hits' | 'misses' | 'stale' | 'errors' | 'processes'): number =>
  points.reduce((sum, point) => sum + point[what], 0);

const minuteNow = (): number => Math.floor(Date.now() / 60_000);

describe('the history of a process', () => {
  it('shows hits, misses and times of the current minute, also by prefix', async () => {
    const admin = await start();
    const { cache } = admin;
    await cache.setMany({ 'user:1': 1, 'user:2': 2, plain: 3 });
    await cache.getMany(['user:1', 'user:2', 'user:3']);
    await cache.get('plain');
    await cache.getOrSet('order:1', () => 7);
    const view = await historyOf(admin);
    expect(view).toMatchObject({ of: 'process', hasFleet: false, stepMs: 60_000, findings: [], changes: [] });
    expect(view.points).toHaveLength(60);
    expect([sumOf(view, 'hits'), sumOf(view, 'misses')]).toEqual([3, 2]);
    expect(Object.fromEntries(view.prefixes.map(({ prefix, hits, misses }) => [prefix, [hits, misses]]))).toEqual({
      'user:': [2, 1],
      '*': [1, 0],
      'order:': [0, 1],
    });
    expect(view.points.some(({ p50, p99 }) => p50! > 0 && p99! >= p50!)).toBe(true);
    const users = await historyOf(admin, { prefix: 'user:' });
    expect([sumOf(users, 'hits'), sumOf(users, 'misses')]).toEqual([2, 1]);
    expect(sumOf(await historyOf(admin, { prefix: 'nobody:' }), 'hits')).toBe(0);
  });

  it('keeps the figures of a minute when the next one begins', async () => {
    const admin = await start();
    await admin.cache.set('a:1', 1);
    await admin.cache.get('a:1');
    await admin.app.get(Recorder).turn(minuteNow() - 10);
    await admin.cache.get('a:2');
    const { points, prefixes } = await historyOf(admin, { range: '1h' });
    const told = points.filter(({ hits, misses }) => hits + misses > 0);
    expect(told.map(({ hits, misses }) => [hits, misses])).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(told[1]!.at - told[0]!.at).toBeGreaterThanOrEqual(600_000);
    expect(prefixes).toMatchObject([{ prefix: 'a:', hits: 1, misses: 1 }]);
    for (const range of ['6h', '24h']) expect(sumOf(await historyOf(admin, { range }), 'hits')).toBe(1);
  });

  it('counts errors and stale values with their prefixes', async () => {
    const admin = await start();
    const { cache } = admin;
    await cache.set('text:1', 'x');
    await expect(cache.lpush('text:1', 1)).rejects.toThrow();
    const make = (): Promise<number> => Promise.reject(new Error('the database is away'));
    await cache.getOrSet('old:1', () => 1, { timeout: 0.001, grace: '1h' });
    await expect.poll(() => cache.get('old:1')).toBe(undefined);
    expect(await cache.getOrSet('old:1', make, { timeout: 0.001, grace: '1h' })).toBe(1);
    const { prefixes } = await historyOf(admin);
    expect(prefixes.find(({ prefix }) => prefix === 'text:')).toMatchObject({ errors: 1 });
    expect(prefixes.find(({ prefix }) => prefix === 'old:')).toMatchObject({ stale: 1 });
  });

  it('does not count views of the page', async () => {
    const admin = await start();
    await admin.cache.set('k', 1);
    await admin.get('/api/caches/default/entry', { key: 'k' });
    await admin.get('/api/caches/default/memory');
    await admin.get('/api/caches/default/commands/slow');
    const view = await historyOf(admin);
    expect([sumOf(view, 'hits'), sumOf(view, 'misses'), sumOf(view, 'errors')]).toEqual([0, 0, 0]);
  });

  it('shows deletions on the page, and who made them', async () => {
    const admin = await start();
    await admin.cache.setMany({ 'user:1': 1, 'user:2': 2 });
    await admin.post('/api/caches/default/keys/delete', { pattern: 'user:*' });
    await admin.post('/api/caches/default/entry/create', { key: 'k', value: 1 });
    const { changes } = await historyOf(admin);
    expect(changes).toMatchObject([{ action: 'deleteMany', pattern: 'user:*', deleted: 2 }]);
  });

  it('requires the right to view the cache', async () => {
    const admin = await start({ can: () => false });
    for (const at of ['history', 'memory', 'commands', 'commands/slow']) {
      expect([at, (await admin.get(`/api/caches/default/${at}`)).status]).toEqual([at, 403]);
    }
  });

  it('is missing if nothing is recorded', async () => {
    const admin = await start({ history: false });
    const { status, body } = await admin.get(path);
    expect([status, body.message]).toEqual([501, expect.stringContaining('history: false')]);
  });

  it.each<Record<string, string>>([{ range: '2h' }, { of: 'everybody' }, { nothing: '1' }])(
    'refuses %j',
    async (query) => {
      expect((await (await start()).get(path, query)).status).toBe(400);
    },
  );

  it('explains how to record all processes if only this one is recorded', async () => {
    const { status, body } = await (await start()).get(path, { of: 'fleet' });
    expect([status, body.message]).toEqual([501, expect.stringContaining("history: 'fleet'")]);
  });
});

describe.each(['redis', 'valkey'] as const)('the history of all processes on %s', (engine) => {
  let server: RedisServer;
  let cache: CachexOptions;
  beforeAll(async () => {
    server = await startServer({ engine });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    cache = { connection: server.url, keyPrefix: 'fleet' };
  });

  it('adds up the records of all processes', async () => {
    const [one, two] = [await start({ cache, history: 'fleet' }), await start({ cache, history: 'fleet' })];
    await one.cache.set('user:1', 1);
    await one.cache.get('user:1');
    await two.cache.get('user:1');
    await two.cache.get('user:2');
    await two.cache.get('order:1');
    const minute = minuteNow() - 1;
    await one.app.get(Recorder).turn(minute);
    await two.app.get(Recorder).turn(minute);
    const view = await historyOf(one, { of: 'fleet' });
    expect(view).toMatchObject({ of: 'fleet', hasFleet: true });
    expect([sumOf(view, 'hits'), sumOf(view, 'misses'), sumOf(view, 'processes')]).toEqual([2, 2, 2]);
    expect(Object.fromEntries(view.prefixes.map(({ prefix, hits, misses }) => [prefix, [hits, misses]]))).toEqual({
      'user:': [2, 1],
      'order:': [0, 1],
    });
    expect(view.points.find(({ hits }) => hits > 0)!.p99).toBeGreaterThan(0);
    expect(sumOf(await historyOf(two, { of: 'fleet', prefix: 'user:', range: '24h' }), 'hits')).toBe(2);
  });

  it('is kept under a version of its own, with an expiry, and survives clear()', async () => {
    const admin = await start({ cache: { ...cache, keyPrefix: 'own' }, history: 'fleet' });
    await admin.cache.set('a:1', 1);
    await admin.cache.get('a:1');
    await admin.app.get(Recorder).turn(minuteNow() - 1);
    await admin.post('/api/caches/default/clear', { confirm: 'default' });
    expect(await admin.cache.keys()).toEqual([]);
    const own = admin.cache.withVersion('admin-history');
    await expect.poll(() => own.hasKey('changes')).toBe(true);
    const keys = await own.keys();
    expect(keys.length).toBeGreaterThanOrEqual(4);
    for (const key of keys) await expect.poll(() => own.ttl(key)).toBeGreaterThan(3600);
    const view = await historyOf(admin, { of: 'fleet' });
    expect(sumOf(view, 'hits')).toBe(1);
    expect(view.changes).toMatchObject([{ action: 'clear', deleted: 1 }]);
  });

  it('shows this process while the server is away, and continues when it is back', async () => {
    const other = await startServer({ engine });
    const admin = await start({
      cache: { connection: { url: other.url, commandTimeout: '1s' }, ignoreExceptions: true },
      history: 'fleet',
    });
    await admin.cache.set('a:1', 1);
    await other.stop();
    await admin.cache.get('a:1');
    await admin.app.get(Recorder).turn(minuteNow() - 1);
    const view = await historyOf(admin);
    expect(sumOf(view, 'errors')).toBeGreaterThan(0);
    expect(view.prefixes).toMatchObject([{ prefix: 'a:' }]);
    expect((await admin.get(path, { of: 'fleet' })).status).toBe(503);
  });
});

describe('figures', () => {
  it('show the time within which a share of the commands was answered', () => {
    const figures = noFigures();
    expect(timeWithin(figures, 0.5)).toBeNull();
    for (let count = 0; count < 99; count++) addTime(figures, 1);
    addTime(figures, 30_000);
    expect(timeWithin(figures, 0.5)).toBeLessThanOrEqual(1);
    expect(timeWithin(figures, 0.5)).toBeGreaterThan(0.5);
    expect(timeWithin(figures, 1)).toBe(10_000);
  });

  it('stand for all look-ups of a second if only the first were sampled', () => {
    let isEnough = false;
    const kinds = new Kinds(() => (isEnough = true));
    for (let at = 0; !isEnough; at++) kinds.lookedUp(new Key(`k:${at}`, 1), at % 2 === 0);
    kinds.scale(5000);
    const figures = kinds.take().get('k:')!;
    expect([figures[column.hits], figures[column.misses]]).toEqual([2500, 2500]);
  });

  it.each([
    ['user:17:name', 'user:'],
    ['plain', '*'],
    [':empty', ':'],
    [`${'x'.repeat(200)}:1`, '*'],
    ['\udc80:1', '*'],
  ])('belong to the prefix of %j', (name, prefix) => {
    expect(prefixOf(name)).toBe(prefix);
  });

  it('of too many prefixes are shown together', () => {
    const kinds = new Kinds(() => undefined);
    for (let at = 0; at < 1000; at++) kinds.lookedUp(new Key(`${at}:x`, 1), true);
    kinds.scale(1000);
    const figures = kinds.take();
    expect(figures.size).toBeLessThanOrEqual(301);
    expect(figures.get('*')![column.hits]).toBeGreaterThan(600);
  });
});

describe('findings', () => {
  const minute = 60_000;
  const figuresOf = (hits: number, misses: number, rest: Partial<Record<'errors' | 'evictions', number>> = {}) => {
    const figures = noFigures();
    [figures[column.hits], figures[column.misses]] = [hits, misses];
    for (const name of ['errors', 'evictions'] as const) figures[column[name]] = rest[name] ?? 0;
    return figures;
  };

  it('name the place where the hit rate has fallen, and the keys that caused it', () => {
    const steps = Array.from({ length: 60 }, (_, at) => ({
      at: at * minute,
      figures: at < 40 ? figuresOf(950, 50) : figuresOf(600, 400, { evictions: 30 }),
    }));
    expect(fallIn(steps)).toBe(40);
    const sums = new Map([
      ['user:', (_: number, to: number) => (to <= 40 * minute ? figuresOf(20_000, 400) : figuresOf(2000, 7900))],
      ['order:', (_: number, to: number) => (to <= 40 * minute ? figuresOf(18_000, 1600) : figuresOf(10_000, 900))],
    ]);
    const [fall, ...others] = findingsIn(steps, minute, sums);
    expect(fall).toMatchObject({ what: 'hitRate', since: 40 * minute, prefix: 'user:', before: 0.95, after: 0.6 });
    expect(fall!.share).toBeGreaterThan(0.9);
    expect(others).toMatchObject([{ what: 'evictions', before: 0, after: 30 }]);
  });

  it.each([
    ['it is steady', () => figuresOf(900, 100)],
    ['it rises', (at: number) => figuresOf(500 + 5 * at, 500)],
    ['hardly anything is read', (at: number) => figuresOf(at === 1 ? 5 : 0, at === 50 ? 5 : 0)],
    ['nothing is read', () => figuresOf(0, 0)],
  ])('is nothing where %s', (_, figures) => {
    const steps = Array.from({ length: 60 }, (__, at) => ({ at: at * minute, figures: figures(at) }));
    expect(findingsIn(steps, minute, new Map())).toEqual([]);
  });
});
