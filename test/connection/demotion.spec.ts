import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, ReadOnlyError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { engines } from '../servers/engine.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { ScriptedServer } from './scripted-server.js';

describe.each(engines)('an address with a failover behind it, %s', (engine) => {
  let old: RedisServer;
  let next: RedisServer;
  let address: Proxy;
  let cache: CachexService;
  beforeAll(async () => {
    [old, next] = await Promise.all([startServer({ engine }), startServer({ engine })]);
  });
  afterAll(() => Promise.all([old.stop(), next.stop()]));
  beforeEach(async () => {
    await Promise.all([old.cli('REPLICAOF', 'NO', 'ONE'), next.cli('REPLICAOF', 'NO', 'ONE')]);
    address = await startProxy(old);
    cache = await openCache(
      {
        connection: { host: address.host, port: address.port, poolSize: 2 },
        keyPrefix: randomUUID(),
      },
      new QuietLogger('Cachex'),
    );
    cache.registerScript('write', "return redis.call('SET', KEYS[1], ARGV[1])", { numKeys: 1 });
    await Promise.all([cache.set('a', 1), cache.set('b', 1), cache.blpop(['list'], '1ms')]);
  });
  afterEach(async () => {
    await cache.close();
    await address.stop();
  });

  async function failOver(): Promise<void> {
    address.leadTo(next);
    await old.cli('REPLICAOF', next.host, String(next.port));
  }

  it.each<[string, () => Promise<unknown>]>([
    ['a write', () => cache.set('key', 1)],
    ['a pipeline', () => cache.pipeline().get('key').set('key', 1).execute()],
    ['a transaction', () => cache.pipeline({ transaction: true }).get('key').set('key', 1).execute()],
    ['a script', () => cache.evalScript('write', ['key'], ['1'])],
    ['a script in a pipeline', () => cache.pipeline().get('a').evalScript('write', ['key'], ['1']).execute()],
    [
      'a script in a transaction',
      () => cache.pipeline({ transaction: true }).get('a').evalScript('write', ['key'], ['1']).execute(),
    ],
    ['a command of the user', () => (cache.getClient() as Redis).set('key', 1)],
  ])('is left at the first %s that is refused', async (_, call) => {
    await failOver();
    await expect(call()).rejects.toThrow(/READONLY/);
    for (let n = 0; n < 4; n++) expect(await cache.set('key', n)).toBe(true);
    expect(await next.cli('EXISTS', cache.makeKey('key'))).toBe('1');
  });

  it('is left when it ends waits as a replica, and nothing under way fails', async () => {
    const waiting = cache.blpop(['list'], '1s').catch(() => undefined);
    const reader = cache.getClient() as Redis;
    await reader.ping();
    await failOver();
    await cache.get('a');
    await waiting;
    await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
  });

  it('that still leads to the old server is not connected to continuously', async () => {
    await old.cli('REPLICAOF', '127.0.0.1', '1');
    const before = await connectionsMade(old);
    const start = performance.now();
    for (let attempt = 0; attempt < 50; attempt++) {
      await expect(cache.set('key', 1)).rejects.toThrow(ReadOnlyError);
      await sleep(5);
    }
    const seconds = Math.ceil((performance.now() - start) / 1000);
    // Two connections, each left at most once a second; redis-cli opens one, too.
    expect((await connectionsMade(old)) - before).toBeLessThanOrEqual(2 * seconds + 2);
  });
});

describe('the refusal of a whole transaction by a replica', () => {
  it('opens the connection again', async () => {
    await using server = await ScriptedServer.start((command) => {
      if (/exec/i.test(command)) {
        return server.sockets.length > 1
          ? '*1\r\n+OK\r\n'
          : "-EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.\r\n";
      }
      return /\r\nset\r\n/i.test(command) ? '+QUEUED\r\n' : '+OK\r\n';
    });
    const redisOptions = { enableReadyCheck: false, disableClientInfo: true };
    const cache = await openCache({ connection: { ...server.address, redisOptions } }, new QuietLogger('Cachex'));
    const write = (): Promise<unknown> => cache.pipeline({ transaction: true }).set('key', 1).execute();
    await expect(write()).rejects.toThrow(/READONLY/);
    expect(await write()).toEqual([true]);
    await cache.close();
  });
});

async function connectionsMade(server: RedisServer): Promise<number> {
  return Number(/total_connections_received:(\d+)/.exec(await server.cli('INFO', 'stats'))![1]);
}
