import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Redis } from 'ioredis';
import type { CachexAdminEvent } from '../../lib/admin/index.js';
import { CachexService, ConnectionError, type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { leftOf } from '../left-of.js';
import { exported, imported, lineOf as line, linesOf } from './files.js';
import { type Admin, type AdminSetup, change, openAdmin } from './open-admin.js';

const api = '/api/caches/default';
const connections = inject('connections') as Record<string, never> | undefined;

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
    expect((await imported(admin, lines)).body).toEqual({ imported: 0, kept: 8, refused: 0, problems: [] });
    expect(await cache.get('count')).toBe(8);
    await cache.deleteMany(keys.filter((key) => key !== 'count'));
    expect((await imported(admin, lines, { overwrite: true })).body).toMatchObject({ imported: 8, kept: 0 });
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

  it.each<[string, string, string]>([
    ['no JSON', 'key,value', 'The value is not JSON'],
    ['a list', '[]', 'A line must be an object'],
    ['another version', line({ v: 2 }), 'v must be 1'],
    ['an odd property', line({ db: 3 }), 'has no property "db"'],
    ['no key', line({ key: '' }), 'A key must be a non-empty string'],
    ['half a surrogate pair as a key', line({ key: '\ud83d' }), 'A key must be well-formed Unicode'],
    ['another type', line({ type: 'ReJSON-RL' }), 'type must be one of'],
    ['a past time', line({ ttlMs: 0 }), 'ttlMs must be a whole number'],
    ['no form', line({ form: 'dump' }), "form must be 'values' or 'bytes'"],
    ['no base64', line({ form: 'bytes', content: '?' }), 'A content must be bytes in base64'],
    ['tags of a list', line({ type: 'list', tags: ['t'], content: [1] }), 'Only a string has tags'],
    ['an empty list', line({ type: 'list', content: [] }), 'content must be a list of elements'],
    ['fields that are no pairs', line({ type: 'hash', content: [['a']] }), 'each a pair'],
    ['a score in words', line({ type: 'zset', content: [['a', 'high']] }), 'A score must be a number'],
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
    ['an unknown type', line({ content: { $Datum: 1 } }), 'Unknown type'],
    ['tags that no entry has', line({ tags: [''] }), 'A tag must not be empty'],
    [
      'a field that ends before it begins',
      line({ type: 'hash', content: [['f', 1, 0]] }),
      'The life of a field must be',
    ],
    ['groups of a list', line({ type: 'list', content: [1], groups: [] }), 'Only a stream has groups'],
    ['a group without a position', line({ type: 'stream', content: [], groups: [['g', '5']] }), 'must have its ID'],
    [
      'a group twice',
      line({
        type: 'stream',
        content: [],
        groups: [
          ['g', '5-0'],
          ['g', '6-0'],
        ],
      }),
      'different names',
    ],
    ['an empty stream', line({ type: 'stream', content: [] }), 'content must be a list of entries'],
  ])('with %s is refused at its line, and the others are taken', async (_, text, message) => {
    const { cache, post } = await start();
    const lines = ['', line({ key: 'good' }), text, line({ key: 'too' })];
    const problems = [{ line: 12, message: expect.stringContaining(message) }];
    const { body } = await post(`${api}/import/check`, { lines, first: 10 });
    expect(body).toMatchObject({ keys: 2, problems });
    expect(await cache.keys()).toEqual([]);
    const { status, body: done } = await post(`${api}/import`, { lines, first: 10 });
    expect([status, done]).toEqual([200, { imported: 2, kept: 0, refused: 1, problems }]);
    expect((await cache.keys()).toSorted()).toEqual(['good', 'too']);
  });

  it.each([
    ['of types that the cache does not keep', { serializer: 'json' }, {}, 'cannot keep this value'],
    ['longer than values may be', { maxValueBytes: { refuse: 100 } }, {}, 'maxValueBytes refuses more than 100'],
    ['longer than values may be', { maxValueBytes: { refuse: 100 } }, { form: 'bytes' }, 'maxValueBytes refuses'],
  ] as const)(
    'with contents %s is refused at that line, and the rest is taken: %o %o',
    async (_, options, form, why) => {
      const events: CachexAdminEvent[] = [];
      const { cache, post } = await start({ cache: options, audit: (event) => events.push(event) });
      const odd = 'serializer' in options ? { $Date: '2026-01-01' } : 'x'.repeat('form' in form ? 400 : 200);
      await cache.set('there', 1);
      await cache.hset('replaced', 'f', 'as it was');
      const lines = [
        line({ key: 'good' }),
        line({ key: 'odd', content: odd, ...form }),
        line({
          key: 'replaced',
          type: 'hash',
          content: [
            ['a', 'form' in form ? 'AAAA' : 1],
            ['f', odd],
          ],
          ...form,
        }),
        line({ key: 'other' }),
      ];
      const problems = ['odd', 'replaced'].map((key, at) => ({
        line: at + 2,
        key,
        message: expect.stringContaining(why),
      }));
      const { body: check } = await post(`${api}/import/check`, { lines, first: 1 });
      expect(check).toEqual({ keys: 2, existing: 0, types: { string: 2 }, problems });
      const { status, body } = await imported(admin!, lines, { overwrite: true });
      expect([status, body]).toEqual([200, { imported: 2, kept: 0, refused: 2, problems }]);
      expect(events).toMatchObject([{ action: 'import', outcome: 'done', imported: 2, kept: 0, refused: 2 }]);
      expect((await cache.keys()).toSorted()).toEqual(['good', 'other', 'replaced', 'there']);
      expect(Object.fromEntries(await cache.hgetall('replaced'))).toEqual({ f: 'as it was' });
    },
  );

  it('is reported up to the line at which the server went away', async () => {
    const events: CachexAdminEvent[] = [];
    const { app } = await start({ audit: (event) => events.push(event) });
    const pool = app.get<ConnectionPool>(getConnectionPoolToken());
    const { send } = pool;
    const cut = vi
      .spyOn(pool, 'send')
      .mockImplementation((command, ...rest) =>
        String(command.args[0]).endsWith(':lost')
          ? Promise.reject(new ConnectionError('cut'))
          : send.call(pool, command, ...rest),
      );
    onTestFinished(() => cut.mockRestore());
    const lines = ['good', 'lost', 'other'].map((key) => line({ key }));
    expect((await imported(admin!, lines)).status).toBe(503);
    expect(events).toMatchObject([{ action: 'import', outcome: 'failed', imported: 1, kept: 0, refused: 0 }]);
  });

  it('leaves out values that are too large, only stale, or unreadable for the user', async () => {
    const { cache, app } = await start({ can: (action, { key }) => action !== 'read' || key !== 'secret' });
    await cache.setMany({ good: 1, secret: 2, large: 'x'.repeat(1_100_000) });
    await cache.set('stale', 1, { tags: ['t'] });
    await cache.invalidateTags(['t']);
    const pool = app.get<ConnectionPool>(getConnectionPoolToken());
    await cache.hset('barred', 'f', 1);
    const { send } = pool;
    const refusal = Object.assign(new Error('NOPERM User x has no permissions'), { name: 'ReplyError' });
    const barred = vi
      .spyOn(pool, 'send')
      .mockImplementation((command, ...rest) =>
        command.name === 'HLEN' ? Promise.reject(refusal) : send.call(pool, command, ...rest),
      );
    onTestFinished(() => barred.mockRestore());
    await pool.send({ name: 'SET', args: [':1:odd', Buffer.from('c7000aff', 'hex')], access: 'write' });
    const found = await exported(
      { ...admin! },
      { form: 'values', keys: ['good', 'secret', 'large', 'stale', 'barred', 'odd', 'gone'] },
    );
    expect(found.flatMap(({ skipped }) => (skipped ? [skipped] : []))).toEqual([
      { key: 'secret', why: 'You may not read its value' },
      { key: 'large', why: expect.stringContaining('exceeds the limit of a line') },
      { key: 'stale', why: 'It is only a stale copy' },
      { key: 'barred', why: 'The server refuses: NOPERM User x has no permissions' },
      { key: 'gone', why: 'It no longer exists' },
    ]);
    // An unreadable value is exported as its bytes.
    expect(found.flatMap(({ record }) => (record ? [[record['key'], record['form']]] : []))).toEqual([
      ['good', 'values'],
      ['odd', 'bytes'],
    ]);
  });

  it('leaves a key unchanged if the server refuses a part of the new one', async () => {
    const url = connections?.['redis standalone'] as unknown as string;
    const keyPrefix = randomUUID();
    const { cache } = await start({ cache: { connection: url, keyPrefix } });
    const acl = (...words: string[]) => (cache.getClient() as Redis).call('ACL', ...words);
    await acl('SETUSER', keyPrefix, 'on', 'nopass', '~*', '+@all', '-pexpire');
    const limited = await openAdmin({ cache: { connection: url.replace('//', `//${keyPrefix}:any@`), keyPrefix } });
    await cache.hset('k', 'old', 1);
    const lines = ['k', 'new'].map((key) => line({ key, type: 'hash', ttlMs: 60_000, content: [['f', 1]] }));
    const { body } = await imported(limited, lines, { overwrite: true });
    await limited.app.close();
    await acl('DELUSER', keyPrefix);
    expect(body).toMatchObject({
      imported: 0,
      refused: 2,
      problems: [{ key: 'k', message: expect.stringContaining('NOPERM') }, { key: 'new' }],
    });
    expect(await cache.keys()).toEqual(['k']);
    expect(Object.fromEntries(await cache.hgetall('k'))).toEqual({ old: 1 });
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

  it('stops its search when the client leaves, even if no key matches', async () => {
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
    expect((await imported(admin!, [line({ key: 'other' }), line({ key: 'no' })])).body).toEqual({
      imported: 1,
      kept: 0,
      refused: 1,
      problems: [{ line: 2, key: 'no', message: 'You may not create the key "no" in the cache "default"' }],
    });
    const check = await admin!.post(`${api}/import/check`, { lines: [line({ key: 'no' })], first: 1 });
    expect(check.body).toMatchObject({ keys: 0, problems: [{ key: 'no' }] });
    expect((await imported(admin!, [line({ content: 2 })], { overwrite: true })).status).toBe(403);
    expect(events).toMatchObject([
      { action: 'export', outcome: 'done', keys: ['k'], exported: 1 },
      { action: 'import', outcome: 'done', keys: ['new'], imported: 1 },
      { action: 'import', outcome: 'done', keys: ['other', 'no'], imported: 1, refused: 1 },
      { action: 'import', outcome: 'refused', keys: ['k'] },
    ]);
    expect(new Set(await cache.keys())).toEqual(new Set(['k', 'new', 'other']));
    await admin!.app.close();
    await start({ readOnly: true });
    expect((await admin!.post(`${api}/import/check`, { lines: [line({})], first: 1 })).status).toBe(403);
    expect((await exported(admin!, { form: 'values', pattern: '*' })).at(-1)).toMatchObject({ exported: 0 });
  });
});
