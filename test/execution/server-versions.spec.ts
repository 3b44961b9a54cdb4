import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, NotSupportedError, PipelineError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { raw } from '../raw.js';
import { isHere } from '../servers/engine.js';
import { startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';

const hasNewest = isHere('newest-redis');

/** How often a command was called, by the server's own count. */
async function callsOf(cache: CachexService, name: string): Promise<number> {
  const info = String(await raw(cache, 'INFO', 'commandstats'));
  return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
}

/** How many commands the server has refused, including those of the driver's greeting. */
async function errorsOf(cache: CachexService): Promise<string | undefined> {
  return /errorstat_ERR:count=(\d+)/.exec(String(await raw(cache, 'INFO', 'errorstats')))?.[1];
}

describe('a command that the server is too old for', () => {
  let server: RedisServer;
  let cache: CachexService;
  beforeEach(async () => {
    server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: server.url });
  });
  afterEach(async () => {
    await cache.close();
    await server.stop();
  });

  it('is refused with its name, the versions that have it, and the version of the server', async () => {
    const error: unknown = await cache.hexpire('cart:7', 60, 'voucher').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotSupportedError);
    expect((error as Error).message).toMatch(
      /^HPEXPIRE "cart:7" needs Redis 7\.4 or Valkey 9\.0, and the server is Redis 7\.0\.\d+\. See /,
    );
  });

  it('is not sent, and the version is read once', async () => {
    const refusals = await errorsOf(cache);
    const before = await callsOf(cache, 'info');
    for (let call = 0; call < 10; call++) {
      await expect(cache.hexpire('a', 60, 'f')).rejects.toThrow(NotSupportedError);
    }
    await Promise.allSettled(Array.from({ length: 10 }, () => cache.hsetex('a', { f: 1 })));
    // One look-up of the version, and the INFO of the count itself.
    expect((await callsOf(cache, 'info')) - before).toBe(2);
    expect(await errorsOf(cache)).toBe(refusals);
  });

  it('does not show a value that a server of unknown version quotes', async () => {
    await cache.close();
    await server.cli('ACL', 'SETUSER', 'app', 'on', 'nopass', '~*', '&*', '+@all', '-info');
    const { host, port } = server;
    cache = await openCache({ connection: { host, port, username: 'app', password: 'any' } });
    const error: unknown = await cache.hsetex('h', { f: 'a secret' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotSupportedError);
    expect((error as Error).message).toMatch(/^HSETEX "h": ERR unknown command 'HSETEX' \(it needs Redis 8\.0 /i);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('a secret');
  });

  it('fails alone in a pipeline, and has a transaction refused', async () => {
    const pipe = cache.pipeline().set('a', 1).httl('h', 'f').set('b', 2);
    const error: unknown = await pipe.execute().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PipelineError);
    expect((error as PipelineError).results).toEqual([true, expect.any(NotSupportedError), true]);
    expect((error as PipelineError).cause).toBeInstanceOf(NotSupportedError);
    const transaction = cache.pipeline({ transaction: true }).set('a', 3).hgetdel('h', 'f');
    await expect(transaction.execute()).rejects.toMatchObject({ cause: expect.any(NotSupportedError) });
    expect(await cache.get('a')).toBe(1);
    expect(await callsOf(cache, 'multi')).toBe(0);
  });

  it('is also refused under ignoreExceptions', async () => {
    const forgiving = await openCache({ connection: server.url, ignoreExceptions: true });
    await expect(forgiving.hexpire('a', 60, 'f')).rejects.toThrow(NotSupportedError);
    await forgiving.close();
  });
});

describe.runIf(hasNewest)('after another server has taken over', () => {
  it('reads the version again, whichever server is older', async () => {
    const [older, newer] = await Promise.all([
      startServer({ engine: 'redis' }),
      startServer({ engine: 'newest-redis' }),
    ]);
    const proxy = await startProxy(newer);
    const cache = await openCache({ connection: `redis://${proxy.host}:${proxy.port}` });
    const takeOver = async (by: RedisServer): Promise<void> => {
      proxy.leadTo(by);
      proxy.dropConnections();
      await expect.poll(() => cache.hset('h', 'f', 1).catch(() => undefined)).toBeTypeOf('number');
    };
    await cache.hset('h', 'f', 1);
    expect(await cache.hexpire('h', 60, 'f')).toEqual([true]);
    await takeOver(older);
    await expect(cache.hexpire('h', 60, 'f')).rejects.toThrow('and the server is Redis 7.0');
    await takeOver(newer);
    expect(await cache.hexpire('h', 60, 'f')).toEqual([true]);
    await cache.close();
    await Promise.all([proxy.stop(), older.stop(), newer.stop()]);
  });
});

describe('a server that does not report its version', () => {
  it('gets the command, and its refusal is explained', async () => {
    const server = await startServer({ engine: 'redis' });
    const cache = await openCache({ connection: server.url });
    await raw(cache, 'ACL', 'SETUSER', 'default', '-info');
    await expect(cache.hexpire('a', 60, 'f')).rejects.toThrow(NotSupportedError);
    await expect(cache.hexpire('a', 60, 'f')).rejects.toThrow('it needs Redis 7.4 or Valkey 9.0');
    await cache.close();
    await server.stop();
  });
});
