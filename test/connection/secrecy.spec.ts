import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { createPool } from '../../lib/connection/index.js';
import { type CachexOptions, resolveOptions } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { type RedisServer, startServer } from '../servers/server.js';

const password = 'opensesame';
const sentinelPassword = 'swordfish';
const value = 'my secret value';

let server: RedisServer;
let cluster: RedisServer;
let sentinel: RedisServer;
beforeAll(async () => {
  server = await startServer({ engine: 'redis', password });
  cluster = await startServer({ engine: 'redis', password, config: { 'cluster-enabled': 'yes' } });
  sentinel = await startServer({
    engine: 'redis',
    sentinel: true,
    password: sentinelPassword,
    config: { 'sentinel monitor': `mymaster 127.0.0.1 ${server.port} 1` },
  });
  await cluster.cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
});
afterAll(async () => {
  await Promise.all([server.stop(), cluster.stop(), sentinel.stop()]);
});

type Connection = Record<string, unknown>;

const addressOf = ({ host, port }: RedisServer) => ({ host, port });

/** Everything that a program can print about an object. */
function printed(thing: unknown): string {
  const nested = inspect(thing, { depth: 20, showHidden: true, getters: true });
  return [nested, inspect(thing, { depth: 20 }), String(thing), toJson(thing)].join('\n');
}

function toJson(thing: unknown): string {
  const seen = new Set<unknown>();
  return JSON.stringify(thing, (_, each: unknown) => {
    if (typeof each !== 'object' || each === null) return each;
    if (seen.has(each)) return '[seen]';
    seen.add(each);
    return each;
  });
}

describe.each<[string, () => Connection]>([
  ['standalone', () => ({ url: server.url, replicas: [addressOf(server)] })],
  [
    'sentinel',
    () => ({ name: 'mymaster', sentinels: [addressOf(sentinel)], sentinelPassword, password, readFrom: 'replica' }),
  ],
  ['cluster', () => ({ nodes: [addressOf(cluster)], password })],
])('passwords and values, on %s', (_, connection) => {
  async function trace(options: Connection): Promise<string> {
    const logger = new QuietLogger('Cachex');
    const resolved = resolveOptions({ connection: { commandTimeout: '500ms', ...options } } as CachexOptions);
    const pool = await createPool(resolved.connection, logger);
    const cache = createService(resolved, pool, logger as Logger);
    const script = cache.registerScript('fail', `return redis.call('INCRBY', KEYS[1], ARGV[1])`);
    await pool.connect();
    const controller = new AbortController();
    const waiting = Promise.allSettled([cache.blpop(['waiting'], '30s', { signal: controller.signal })]);
    const outcomes = await Promise.allSettled([
      cache.set('{k}', value),
      cache.incr('{k}'),
      cache.rpush('{k}', value),
      cache.pipeline().set('{k}', value).rpush('{k}', value).execute(),
      cache.pipeline({ transaction: true }).set('{k}', value).rpush('{k}', value).execute(),
      cache.evalScript(script, ['{k}'], [value]),
      cache.blpop(['{k}'], 1),
      cache.keys(),
      pool.primaries(),
    ]);
    const open = [cache, pool, resolved].map(printed);
    controller.abort();
    const cancelled = await waiting;
    await cache.close();
    const closed = await Promise.allSettled([cache.set('{k}', value)]);
    const failures = [...outcomes.slice(0, -1), ...cancelled, ...closed].filter(({ status }) => status === 'rejected');
    expect(failures.length).toBeGreaterThan(3);
    return [...open, ...failures.map(printed), ...logger.lines].join('\n');
  }

  it('are in no error, no log line, and no print-out of service, pool and options', async () => {
    const text = await trace(connection());
    for (const secret of [password, sentinelPassword, value]) expect(text).not.toContain(secret);
  });

  it('are hidden when the server refuses them', async () => {
    const wrong = 'not-the-right-one';
    const { url, ...rest } = connection();
    const text = await trace({ ...(url ? addressOf(server) : {}), ...rest, password: wrong });
    expect(text).toMatch(/WRONGPASS|AUTH/);
    for (const secret of [wrong, password, sentinelPassword, value]) expect(text).not.toContain(secret);
  });
});
