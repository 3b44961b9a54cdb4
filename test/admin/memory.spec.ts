import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryView } from '../../lib/admin/memory/memory-sample.js';
import type { CachexOptions } from '../../lib/index.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { type Admin, openAdmin } from './open-admin.js';

const path = '/api/caches/default/memory';
let admin: Admin;
afterEach(() => admin.app.close());

const memoryOf = async (): Promise<MemoryView> => {
  const { status, body } = await admin.get(path);
  expect([status, body]).toEqual([200, body]);
  return body as unknown as MemoryView;
};

const servers: RedisServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
});

describe.each(['memory', 'redis', 'valkey'] as const)('memory on %s', (kind) => {
  let connection: CachexOptions['connection'];
  beforeAll(async () => {
    if (kind === 'memory') return;
    const server = await startServer({ engine: kind });
    servers.push(server);
    connection = server.url;
  });

  it('is shown by prefix, with the largest keys and the expiries', async () => {
    admin = await openAdmin({ cache: { ...(connection && { connection }), keyPrefix: 'seen', timeout: null } });
    const { cache } = admin;
    await cache.clear();
    await cache.set('big:1', 'x'.repeat(50_000));
    await cache.set('soon:1', 1, 30);
    await cache.set('soon:2', 1, '2h');
    await cache.hset('plain', 'f', 1);
    await cache.withVersion(2).set('other:1', 1);
    const view = await memoryOf();
    expect(view).toMatchObject({ looked: 4, isComplete: true, isWeighed: true, share: 1 });
    expect(view.prefixes[0]).toMatchObject({ prefix: 'big:', keys: 1, lasting: 1 });
    expect(view.prefixes.find(({ prefix }) => prefix === 'soon:')).toMatchObject({ keys: 2, lasting: 0 });
    expect(view.prefixes.find(({ prefix }) => prefix === '*')).toMatchObject({ keys: 1, lasting: 1 });
    expect(view.largest[0]).toMatchObject({ key: 'big:1', ttlMs: -1 });
    expect(view.largest).toHaveLength(4);
    expect(view.expiry.map(({ keys }) => keys)).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 2]);
  });

  it('is nothing for a cache without keys', async () => {
    admin = await openAdmin({ cache: { ...(connection && { connection }), keyPrefix: 'nobody' } });
    expect(await memoryOf()).toMatchObject({ looked: 0, isComplete: true, prefixes: [], largest: [] });
  });
});

describe('memory of many keys', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    servers.push(server);
  });

  it('is estimated from some thousands of them', async () => {
    admin = await openAdmin({ cache: { connection: { url: server.url, commandTimeout: '60s' }, keyPrefix: 'many' } });
    const client = admin.cache.getClient() as Redis;
    const head = admin.cache.makeKey('x').slice(0, -1);
    await client.eval(
      `for i = 1, 300000 do redis.call('SET', ARGV[1] .. (i % 3 == 0 and 'a:' or 'b:') .. i, i) end`,
      0,
      head,
    );
    await client.config('RESETSTAT');
    const view = await memoryOf();
    expect(view.isComplete).toBe(false);
    expect(view.looked).toBeGreaterThan(100);
    expect(view.looked).toBeLessThanOrEqual(25_000);
    expect(view.share).toBeLessThan(0.5);
    expect(view.prefixes.map(({ prefix }) => prefix)).toEqual(['b:', 'a:']);
    expect(view.largest).toHaveLength(20);
    const usecs = [
      ...(await client.info('commandstats')).matchAll(/cmdstat_(?:scan|memory\|usage):.*usec_per_call=([\d.]+)/g),
    ];
    expect(usecs).toHaveLength(2);
    for (const [, usec] of usecs) expect(Number(usec)).toBeLessThan(50_000);
  });

  it('reports that the server does not show sizes, without counting an error', async () => {
    admin = await openAdmin({ cache: { connection: { url: server.url }, keyPrefix: 'unweighed', timeout: null } });
    const client = admin.cache.getClient() as Redis;
    // The keys of the tests above would take most of the time that a view has.
    await client.flushall();
    await client.call('ACL', 'SETUSER', 'weak', 'on', '>weak', '~*', '&*', '+@all', '-memory');
    await admin.app.close();
    const { host } = new URL(server.url);
    admin = await openAdmin({ cache: { connection: { url: `redis://weak:weak@${host}` }, keyPrefix: 'unweighed' } });
    await admin.cache.set('k:1', 1, 60);
    const view = await memoryOf();
    expect(view).toMatchObject({ looked: 1, isWeighed: false });
    expect(view.prefixes).toMatchObject([{ prefix: 'k:', keys: 1, bytes: 0 }]);
    expect(await admin.cache.stats()).toMatchObject({ errors: 0 });
  });
});
