import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Redis } from 'ioredis';
import { type RedisServer, startServer } from '../servers/server.js';
import { type Admin, openAdmin } from './open-admin.js';

const api = '/api/caches/default';
const megabyte = 1_000_000;

let admin: Admin;
let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
  admin = await openAdmin({ cache: { connection: { url: server.url, commandTimeout: '60s' } } });
  client = admin.cache.getClient() as Redis;
  const ends = Date.now() + 3_600_000;
  // A script on the server, so that the test need not send large values.
  const fill = `
    for i = 1, 30000 do redis.call('SET', ':1:key:' .. i, i) end
    for i = 1, 10000 do
      redis.call('SET', ':tag:t' .. i, 'stamp')
      redis.call('SET', ':1:tagged:' .. i, '\\193\\2{"tags":[["t' .. i % 100 .. '","stamp"]]}\\n1')
      redis.call('ZADD', ':sem:{1:slots}', ARGV[1], 'instance:' .. i .. ':1')
      redis.call('ZADD', ':sem:{1:slots}:line', i, 'waiter:' .. i .. ':1')
      redis.call('XADD', ':1:stream', '*', 'any', 'thing')
    end
    redis.call('PEXPIREAT', ':sem:{1:slots}', ARGV[1])
    for i = 1, 500 do redis.call('XGROUP', 'CREATE', ':1:stream', 'group' .. i, '0') end
    redis.call('XREADGROUP', 'GROUP', 'group1', 'one', 'STREAMS', ':1:stream', '>')`;
  await client.eval(fill, 0, String(ends));
}, 120_000);
afterAll(async () => {
  await admin.app.close();
  await server.stop();
});

const sentBytes = async (): Promise<number> =>
  Number(/total_net_output_bytes:(\d+)/.exec(await client.info('stats'))?.[1]);

it.each([
  ['tags', {}],
  ['tags/counts', {}],
  ['tags/entries', { tag: 't7' }],
  ['locks', {}],
  ['streams', {}],
  ['streams/groups', { key: 'stream' }],
  ['streams/pending', { key: 'stream', group: 'group1' }],
  ['limits', {}],
  ['sessions', { version: '1' }],
  ['memory', {}],
  ['history', { range: '24h' }],
  ['commands/slow', {}],
  ['entry', { key: 'stream' }],
])('asks for little of what is large: %s', { timeout: 120_000 }, async (path, query) => {
  await client.call('CONFIG', 'RESETSTAT');
  const before = await sentBytes();
  const { status, body } = await admin.get(`${api}/${path}`, query);
  expect([status, body.message]).toEqual([200, undefined]);
  expect(JSON.stringify(body).length).toBeLessThan(megabyte / 2);
  expect((await sentBytes()) - before).toBeLessThan(20 * megabyte);
  const stats = await client.info('commandstats');
  expect(stats).not.toMatch(/cmdstat_(keys|mget|smembers|hgetall|xrange|zrangebyscore):/);
  // No single command takes long, and apart from SCAN not even all of them together.
  for (const [, name, calls, us] of stats.matchAll(/cmdstat_([\w|]+):calls=(\d+),usec=(\d+)/g)) {
    expect([name, Number(us) / Number(calls) < 50_000]).toEqual([name, true]);
  }
});

it('shows all of it page by page', { timeout: 120_000 }, async () => {
  const counts = new Map<string, number>();
  let [cursor, looked] = [undefined as string | undefined, 0];
  do {
    const { body } = await admin.get(`${api}/tags/counts`, cursor === undefined ? {} : { cursor });
    for (const [tag, count] of body.counts as [string, number][]) counts.set(tag, (counts.get(tag) ?? 0) + count);
    looked += Number(body.looked);
    cursor = body.cursor as string | undefined;
  } while (cursor !== undefined);
  // SCAN may return a key twice.
  expect(looked).toBeGreaterThanOrEqual(40_000);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(9900);
  // This one has no stamp.
  expect(counts.get('t0')).toBeUndefined();
});
