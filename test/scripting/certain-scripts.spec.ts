import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CachexService, ScriptError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { engines } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';

describe.each(engines)('scripts at a server, %s', (engine) => {
  let server: RedisServer;
  let cache: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine });
    await server.cli('ACL', 'SETUSER', 'app', 'on', '>pw', '+@all', '~app:1:ok*');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    cache = await openCache({ connection: server.url, keyPrefix: randomUUID() });
  });
  afterEach(() => cache.close());

  it.each([false, true])('run although one before them was refused (transaction: %j)', async (transaction) => {
    const connection = { url: server.url, username: 'app', password: 'pw' };
    const ofUser = await openCache({ connection, keyPrefix: 'app' });
    await server.cli('SCRIPT', 'FLUSH');
    const pipe = ofUser.pipeline({ transaction });
    const failed = pipe.incr('private', 1, { timeout: 60 }).incr('ok', 1, { timeout: 60 });
    const [first, second] = await failed.execute({ throwOnError: false }).catch((error: unknown) => [error, error]);
    expect((first as Error).message).toMatch(/NOPERM/);
    // The server refuses the whole transaction.
    expect(String(second)).toMatch(transaction ? /NOPERM/ : /^\d+$/);
    await ofUser.close();
  });

  it.each([false, true])(
    'run although the server forgets all of them meanwhile (transaction: %j)',
    async (transaction) => {
      let isOver = false;
      const forgetting = (async () => {
        while (!isOver) await cache.getClient().script('FLUSH');
      })();
      for (let round = 0; round < 20; round++) {
        const pipe = cache.pipeline({ transaction });
        for (let n = 0; n < 500; n++) pipe.incr('n', 1, { timeout: 60 });
        const results = await pipe.execute();
        expect(results).toHaveLength(500);
      }
      isOver = true;
      await forgetting;
      expect(await cache.get('n')).toBe(10_000);
    },
  );

  it.each([false, true])('run, however many they are (transaction: %j)', async (transaction) => {
    const names = Array.from({ length: 700 }, (_, n) => `s${n}`);
    for (const name of names) cache.registerScript(name, `return '${name}'`);
    const pipe = cache.pipeline({ transaction });
    for (const name of [...names, ...names]) pipe.evalScript(name);
    expect((await pipe.execute()).map(String)).toEqual([...names, ...names]);
  });

  it('run once if they themselves return a NOSCRIPT error', async () => {
    cache.registerScript('own', "redis.call('INCR', KEYS[1]) return redis.error_reply('NOSCRIPT of mine')", {
      numKeys: 1,
    });
    await cache.getClient().script('FLUSH');
    for (let n = 1; n < 4; n++) {
      await expect(cache.evalScript('own', ['n'])).rejects.toThrow(ScriptError);
      expect(await cache.get('n')).toBe(n);
    }
  });

  it('return an error instead of integers beyond 2^53, at any depth', async () => {
    cache.registerScript('big', "return redis.call('INCRBY', KEYS[1], ARGV[1])", { numKeys: 1 });
    cache.registerScript('deep', "return {1, {redis.call('INCRBY', KEYS[1], ARGV[1])}}", { numKeys: 1 });
    await expect(cache.evalScript('big', ['a'], ['-9223372036854775807'])).rejects.toThrow(RangeError);
    await expect(cache.evalScript('deep', ['b'], ['9007199254740993'])).rejects.toThrow(/^Script deep "b".*tostring/);
    const pipe = cache.pipeline().evalScript('big', ['c'], ['9007199254740992']);
    expect(await pipe.execute({ throwOnError: false })).toEqual([expect.any(RangeError)]);
    expect(await cache.evalScript('big', ['d'], ['9007199254740991'])).toBe(Number.MAX_SAFE_INTEGER);
  });
});
