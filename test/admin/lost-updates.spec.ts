import { inject, afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { ConnectionError, type ConnectionPool, getConnectionPoolToken } from '../../lib/index.js';
import { leftOf } from '../left-of.js';
import { type Admin, type Answer, openAdmin } from './open-admin.js';

const connections = inject('connections');
/** Values that are encrypted for their keys are shown, compared and stored like others. */
const encryption = { keys: [{ id: 'a', key: 'ab'.repeat(32) }] };
const entry = '/api/caches/default/entry';

describe.each([
  'embedded',
  'encrypted',
  'redis standalone',
  'valkey standalone',
  'redis cluster',
  'valkey sentinel',
] as const)('two administrators on %s', (name) => {
  let admin: Admin;
  beforeAll(async () => {
    const cache = { embedded: {}, encrypted: { encryption } }[name as string] ?? {
      connection: connections[name as never],
    };
    admin = await openAdmin({ cache: { keyPrefix: randomUUID(), ...cache } });
  });
  afterAll(() => admin.app.close());

  type Shown = Record<string, unknown> & { digest: string; items: (Record<string, unknown> & { digest: string })[] };
  const shown = async (key: string): Promise<Shown> => (await admin.get(entry, { key })).body as Shown;
  const change = (what: string, body: object): Promise<Answer> => admin.post(`${entry}/${what}`, body);

  it.each([
    ['a plain value', {}, expect.closeTo(600_000, -5)],
    ['one with tags', { tags: ['t'] }, expect.closeTo(600_000, -5)],
    ['one without an end', { timeout: null }, -1],
  ])('do not overwrite what the other has changed: %s', async (_, options, left) => {
    await admin.cache.set('k', 'first', { timeout: 600, ...options });
    const { digest } = await shown('k');
    const answers = await Promise.all(['one', 'two'].map((value) => change('value', { key: 'k', value, digest })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { body: conflict } = answers.find(({ status }) => status === 409)!;
    const winner = answers[0]!.status === 200 ? 'one' : 'two';
    expect(conflict).toMatchObject({ current: { format: 'json', text: `"${winner}"` }, digest: expect.any(String) });
    expect(await admin.cache.get('k')).toBe(winner);
    expect(await admin.cache.pttl('k')).toEqual(left);
    // With the digest from the conflict it succeeds.
    const again = await change('value', { key: 'k', value: 'three', digest: conflict.digest });
    expect(again.status).toBe(200);
  });

  it('change only the value that they were shown', async () => {
    await admin.cache.hset('own', 'f', { a: 1 });
    const { items } = await shown('own');
    expect(items).toMatchObject([{ name: 'f', value: { format: 'json', text: '{"a":1}' } }]);
    const field = { key: 'own', type: 'hash', name: 'f', value: { a: 2 }, digest: items[0]!.digest };
    expect((await change('items/put', field)).status).toBe(200);
    expect(await admin.cache.hget('own', 'f')).toEqual({ a: 2 });
  });

  it('change only the field, element or score that they were shown', async () => {
    await admin.cache.hset('h', 'f', 1);
    await admin.cache.rpush('l', 'a', 'b');
    await admin.cache.zadd('z', { ada: 1.5 });
    const [{ digest: field }] = (await shown('h')).items as [{ digest: string }];
    const [{ digest: element }] = (await shown('l')).items as [{ digest: string }];
    const [{ digest: score, member }] = (await shown('z')).items as [{ digest: string; member: string }];
    await admin.cache.hset('h', 'f', 'theirs');
    await admin.cache.lset('l', 0, 'theirs');
    await admin.cache.zadd('z', { ada: 9 });
    const changes: [string, object][] = [
      ['items/put', { key: 'h', type: 'hash', name: 'f', value: 'mine', digest: field }],
      ['items/put', { key: 'l', type: 'list', name: '0', value: 'mine', digest: element }],
      ['items/remove', { key: 'l', type: 'list', name: '0', digest: element }],
      ['items/put', { key: 'z', type: 'zset', member, score: 2, digest: score }],
    ];
    for (const [what, body] of changes) {
      const { status, body: answer } = await change(what, body);
      expect([body, status, answer.current]).toEqual([body, 409, expect.objectContaining({ format: 'bytes' })]);
    }
    expect(await admin.cache.hget('h', 'f')).toBe('theirs');
    expect(await admin.cache.lrange('l', 0, -1)).toEqual(['theirs', 'b']);
    expect(await admin.cache.zscore('z', 'ada')).toBe(9);
  });
});

it('an edited field keeps its expiry', async () => {
  const { app, cache, get, post } = await openAdmin();
  onTestFinished(() => app.close());
  await cache.hset('h', { ends: 1, stays: 1 });
  await cache.hexpire('h', 600, 'ends');
  const { items } = (await get(entry, { key: 'h' })).body as { items: { name: string; digest: string }[] };
  for (const { name, digest } of items) {
    const { status } = await post(`${entry}/items/put`, { key: 'h', type: 'hash', name, value: 2, digest });
    expect(status).toBe(200);
  }
  expect(Object.fromEntries(await cache.hgetall('h'))).toEqual({ ends: 2, stays: 2 });
  expect(await cache.httl('h', 'ends', 'stays')).toEqual([leftOf(600), -1]);
});

it('an element is not half removed by a user who may not remove it', async () => {
  const url = connections['redis standalone'] as string;
  const keyPrefix = randomUUID();
  const { app, cache } = await openAdmin({ cache: { connection: url, keyPrefix } });
  onTestFinished(() => app.close());
  const acl = (...words: string[]) => (cache.getClient() as Redis).call('ACL', ...words);
  await acl('SETUSER', keyPrefix, 'on', 'nopass', '~*', '&*', '+@all', '-lrem');
  const limited = await openAdmin({ cache: { connection: url.replace('//', `//${keyPrefix}:any@`), keyPrefix } });
  await cache.rpush('l', 'a', 'b');
  const { items } = (await limited.get(entry, { key: 'l' })).body as { items: { digest: string }[] };
  const element = { key: 'l', type: 'list', name: '0', digest: items[0]!.digest };
  const { status, body } = await limited.post(`${entry}/items/remove`, element);
  await limited.app.close();
  await acl('DELUSER', keyPrefix);
  expect([status, body.message]).toEqual([502, expect.stringMatching(/can't run|no permissions/)]);
  expect(await cache.lrange('l', 0, -1)).toEqual(['a', 'b']);
});

it('an item is not reported as added unless it was, even under ignoreExceptions', async () => {
  const { app, cache, post } = await openAdmin({ cache: { ignoreExceptions: true, logIgnoredExceptions: false } });
  onTestFinished(() => app.close());
  await cache.rpush('l', 1);
  await cache.xadd('x', { a: 1 });
  const pool = app.get<ConnectionPool>(getConnectionPoolToken());
  const { send } = pool;
  const cut = vi
    .spyOn(pool, 'send')
    .mockImplementation((command, ...rest) =>
      ['RPUSH', 'XADD'].includes(command.name)
        ? Promise.reject(new ConnectionError('cut'))
        : send.call(pool, command, ...rest),
    );
  onTestFinished(() => cut.mockRestore());
  const statuses = [
    await post(`${entry}/items/put`, { key: 'l', type: 'list', value: 2 }),
    await post(`${entry}/items/put`, { key: 'x', type: 'stream', value: { a: 2 } }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([503, 503]);
});
