import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { CachexAdminEvent } from '../../lib/admin/index.js';
import { CachexService, type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { leftOf } from '../left-of.js';
import { type Admin, type AdminSetup, type Answer, change, openAdmin } from './open-admin.js';

const api = '/api/caches/default';
const connections = inject('connections') as Record<string, never> | undefined;

interface Line {
  readonly record?: Record<string, unknown>;
  readonly skipped?: { readonly key: string; readonly why: string };
  readonly isCut?: boolean;
  readonly exported?: number;
}

const exported = async (admin: Admin, body: object): Promise<Line[]> => {
  const response = await fetch(`${admin.url}/cachex${api}/export`, {
    method: 'POST',
    headers: change,
    body: JSON.stringify(body),
  });
  return (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
};
const linesOf = (found: readonly Line[]): string[] =>
  found.flatMap(({ record }) => (record ? [JSON.stringify(record)] : []));
const imported = (admin: Admin, lines: readonly string[], more: object = {}): Promise<Answer> =>
  admin.post(`${api}/import`, { lines, first: 1, ...more });

describe.each(['embedded', 'encrypted', 'redis standalone', 'valkey cluster'])('an export from %s', (name) => {
  let admin: Admin;
  beforeAll(async () => {
    const encryption = { keys: [{ id: 'a', key: 'ab'.repeat(32) }] };
    const cache = { embedded: {}, encrypted: { encryption } }[name] ?? { connection: connections?.[name] };
    admin = await openAdmin({ cache: { keyPrefix: randomUUID(), ...cache } });
  });
  afterAll(() => admin.app.close());

  it.each(['values', 'bytes'])('comes back as it was: %s', async (form) => {
    const { cache } = admin;
    const date = new Date(0);
    await cache.set('string', { date }, 600);
    await cache.set('tagged', 'of a tag', { tags: ['t'], timeout: 600 });
    await cache.set('count', 7, { timeout: null });
    await cache.hset('hash', { a: date, b: 1 });
    await cache.rpush('list', date, 2, 1);
    await cache.sadd('set', date, 'x');
    await cache.zadd('zset', { ada: 1.5, bob: -Infinity });
    for (const id of ['5-1', '7-0']) await cache.xadd('stream', { at: date, id }, { id });
    const keys = ['string', 'tagged', 'count', 'hash', 'list', 'set', 'zset', 'stream'];
    const found = await exported(admin, { form, pattern: '*' });
    expect(found.at(-1)).toEqual({ exported: 8, isDone: true });
    const lines = linesOf(found);
    expect(new Set(found.map(({ record }) => record?.['form']))).toEqual(new Set([form, undefined]));
    const check = await admin.post(`${api}/import/check`, { lines, first: 1 });
    expect(check.body).toMatchObject({ keys: 8, existing: 8, types: { string: 3, zset: 1 }, problems: [] });
    await cache.set('count', 8, { timeout: null });
    expect((await imported(admin, lines)).body).toEqual({ imported: 0, kept: 8 });
    expect(await cache.get('count')).toBe(8);
    await cache.deleteMany(keys.filter((key) => key !== 'count'));
    expect((await imported(admin, lines, { overwrite: true })).body).toEqual({ imported: 8, kept: 0 });
    expect(await cache.getMany(['string', 'tagged', 'count'])).toEqual(
      new Map<string, unknown>([
        ['string', { date }],
        ['tagged', 'of a tag'],
        ['count', 7],
      ]),
    );
    expect([await cache.ttl('string'), await cache.ttl('count'), await cache.ttl('hash')]).toEqual([
      leftOf(600),
      -1,
      -1,
    ]);
    expect(await cache.hget('hash', 'a')).toStrictEqual(date);
    expect(await cache.lrange('list', 0, -1)).toStrictEqual([date, 2, 1]);
    expect([await cache.sismember('set', date), await cache.scard('set')]).toEqual([true, 2]);
    expect([await cache.zscore('zset', 'ada'), await cache.zscore('zset', 'bob')]).toEqual([1.5, -Infinity]);
    expect((await cache.xrange('stream')).map(({ id, fields }) => [id, fields])).toStrictEqual([
      ['5-1', { at: date, id: '5-1' }],
      ['7-0', { at: date, id: '7-0' }],
    ]);
    await cache.invalidateTags(['t']);
    expect(await cache.get('tagged')).toBeUndefined();
    await cache.deleteMany(keys);
  });
});

describe('a file', () => {
  let admin: Admin | undefined;
  afterEach(() => admin?.app.close());
  const start = async (setup: AdminSetup = {}): Promise<Admin> => (admin = await openAdmin(setup));
  const line = (more: object): string =>
    JSON.stringify({ v: 1, key: 'k', type: 'string', ttlMs: null, form: 'values', content: 1, ...more });

  it.each<[string, string, string]>([
    ['no JSON', 'key,value', 'The value is not JSON'],
    ['a list', '[]', 'A line must be an object'],
    ['another version', line({ v: 2 }), 'v must be 1'],
    ['an odd property', line({ db: 3 }), 'There is no property "db"'],
    ['no key', line({ key: '' }), 'A key must be a non-empty string'],
    ['half a letter as a key', line({ key: '\ud83d' }), 'A key must be well-formed Unicode'],
    ['another type', line({ type: 'ReJSON-RL' }), 'type must be one of'],
    ['a time that is over', line({ ttlMs: 0 }), 'ttlMs must be a whole number'],
    ['no form', line({ form: 'dump' }), "form must be 'values' or 'bytes'"],
    ['no base64', line({ form: 'bytes', content: '?' }), 'A content must be bytes in base64'],
    ['tags of a list', line({ type: 'list', tags: ['t'], content: [1] }), 'Only a string has tags'],
    ['an empty list', line({ type: 'list', content: [] }), 'content must be a list of elements'],
    ['fields that are no pairs', line({ type: 'hash', content: [['a']] }), 'each a pair'],
    ['a score of words', line({ type: 'zset', content: [['a', 'high']] }), 'A score must be a number'],
    [
      'entries out of order',
      line({
        type: 'stream',
        content: [
          ['2-0', [['a', 1]]],
          ['1-0', [['a', 1]]],
        ],
      }),
      'in the order',
    ],
    ['a type of no kind', line({ content: { $Datum: 1 } }), 'There is no such type'],
    ['tags that no entry has', line({ tags: [''] }), 'A tag must not be empty'],
    [
      'an entry of more fields than a script has room for',
      line({ type: 'stream', content: [['1-0', Array.from({ length: 3001 }, (_, index) => [`f${index}`, 1])]] }),
      'An entry has at most 3000 fields',
    ],
  ])('with %s is refused, with the line', async (_, text, message) => {
    const { cache, post } = await start();
    const lines = ['', line({ key: 'good' }), text];
    const { body } = await post(`${api}/import/check`, { lines, first: 10 });
    expect(body).toMatchObject({ keys: 1, problems: [{ line: 12, message: expect.stringContaining(message) }] });
    const { status, body: refusal } = await post(`${api}/import`, { lines, first: 10 });
    expect([status, refusal.message]).toEqual([400, [expect.stringContaining(`Line 12: `)]]);
    expect(await cache.keys()).toEqual([]);
  });

  it('with types that the cache does not keep is refused', async () => {
    const { post, cache } = await start({ cache: { serializer: 'json' } });
    const lines = [line({ key: 'good' }), line({ content: { $Date: '2026-01-01' } })];
    const { body } = await post(`${api}/import/check`, { lines, first: 1 });
    expect(body.problems).toEqual([{ line: 2, message: expect.stringContaining('cannot keep this value') }]);
    expect((await post(`${api}/import`, { lines, first: 1 })).status).toBe(422);
    expect(await cache.keys()).toEqual([]);
  });

  it('leaves out values that are too large, only stale, or unreadable for the user', async () => {
    const { cache, app } = await start({ can: (action, { key }) => action !== 'read' || key !== 'secret' });
    await cache.setMany({ good: 1, secret: 2, large: 'x'.repeat(1_100_000) });
    await cache.set('stale', 1, { tags: ['t'] });
    await cache.invalidateTags(['t']);
    const pool = app.get<ConnectionPool>(getConnectionPoolToken());
    await pool.send({ name: 'SET', args: [':1:odd', Buffer.from('c7000aff', 'hex')], access: 'write' });
    const found = await exported(
      { ...admin! },
      { form: 'values', keys: ['good', 'secret', 'large', 'stale', 'odd', 'gone'] },
    );
    expect(found.flatMap(({ skipped }) => (skipped ? [skipped] : []))).toEqual([
      { key: 'secret', why: 'You may not read its value' },
      { key: 'large', why: expect.stringContaining('more than a line has room for') },
      { key: 'stale', why: 'It is only a stale copy' },
      { key: 'gone', why: 'It no longer exists' },
    ]);
    // An unreadable value is exported as its bytes.
    expect(found.flatMap(({ record }) => (record ? [[record['key'], record['form']]] : []))).toEqual([
      ['good', 'values'],
      ['odd', 'bytes'],
    ]);
  });

  it('that was imported in part is reported as far as it was', async () => {
    const events: CachexAdminEvent[] = [];
    const { cache } = await start({
      cache: { maxValueBytes: { refuse: 100 } },
      audit: (event) => events.push(event),
    });
    const lines = [line({ key: 'good' }), line({ key: 'large', content: 'x'.repeat(200) }), line({ key: 'other' })];
    expect((await imported(admin!, lines)).status).toBe(422);
    expect(events).toMatchObject([{ action: 'import', outcome: 'failed', imported: 1 }]);
    expect(await cache.keys()).toEqual(['good']);
  });

  it('holds the bytes of a key whose few bytes expand to many', async () => {
    const { cache, app } = await start({ cache: { compressor: 'brotli' } });
    await cache.hset('h', 'f', 'x'.repeat(900_000));
    const pool = app.get<ConnectionPool>(getConnectionPoolToken());
    const bomb = (await pool.send({ name: 'HGET', args: [':1:h', 'f'], access: 'read' })) as Buffer;
    const fields = Array.from({ length: 10 }, (_, index) => [`f${index}`, bomb]).flat();
    await pool.send({ name: 'HSET', args: [':1:h', ...fields], access: 'write' });
    const [found] = await exported(admin!, { form: 'values', keys: ['h'] });
    expect(found!.record).toMatchObject({ key: 'h', form: 'bytes' });
  });

  it('is no longer searched for once nobody waits, even if no key matches', async () => {
    const ends = new EventEmitter();
    await start({ audit: (event) => ends.emit('end', event) });
    const ended = once(ends, 'end');
    const endless = vi.spyOn(CachexService.prototype, 'scan').mockResolvedValue({ cursor: '1', keys: [] });
    onTestFinished(() => endless.mockRestore());
    const stop = new AbortController();
    const response = await fetch(`${admin!.url}/cachex${api}/export`, {
      method: 'POST',
      headers: change,
      body: JSON.stringify({ form: 'values', pattern: 'none:*' }),
      signal: stop.signal,
    });
    await response.body!.getReader().read();
    stop.abort();
    expect(await ended).toMatchObject([{ action: 'export', outcome: 'cancelled', exported: 0 }]);
  });

  it('is exported and imported only with the right to, with an audit event', async () => {
    const events: CachexAdminEvent[] = [];
    const { cache } = await start({
      can: (action, { key }) => action !== 'edit' && !(action === 'create' && key === 'no'),
      audit: (event) => events.push(event),
    });
    await cache.set('k', 1);
    await exported(admin!, { form: 'values', keys: ['k'] });
    expect((await imported(admin!, [line({ key: 'new' })])).status).toBe(200);
    expect((await imported(admin!, [line({ key: 'other' }), line({ key: 'no' })])).status).toBe(403);
    expect((await imported(admin!, [line({ content: 2 })], { overwrite: true })).status).toBe(403);
    expect(events).toMatchObject([
      { action: 'export', outcome: 'done', keys: ['k'], exported: 1 },
      { action: 'import', outcome: 'done', keys: ['new'], imported: 1 },
      { action: 'import', outcome: 'refused', keys: ['other', 'no'] },
      { action: 'import', outcome: 'refused', keys: ['k'] },
    ]);
    expect(new Set(await cache.keys())).toEqual(new Set(['k', 'new']));
    await admin!.app.close();
    await start({ readOnly: true });
    expect((await admin!.post(`${api}/import/check`, { lines: [line({})], first: 1 })).status).toBe(403);
    expect((await exported(admin!, { form: 'values', pattern: '*' })).at(-1)).toMatchObject({ exported: 0 });
  });
});
