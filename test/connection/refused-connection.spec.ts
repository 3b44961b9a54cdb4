import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuthenticationError, CachexError, type CachexService, ConnectionError } from '../../lib/index.js';
import { perform, prepareFor, reads, writes } from '../faults/every-method.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { engines } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { ScriptedServer } from './scripted-server.js';

/** Whether it contains what no method returns for a reply that holds no value. */
function isStrange(value: unknown): boolean {
  if (value === null || value instanceof Error || Buffer.isBuffer(value) || Number.isNaN(value)) return true;
  if (value instanceof Map) return [...value].flat().some(isStrange);
  return typeof value === 'object' && Object.values(value).some(isStrange);
}

describe.each(engines)('a server that is full, %s', (engine) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({ engine });
  });
  afterAll(() => server.stop());

  it('is reported in its own words', async () => {
    await server.cli('CONFIG', 'SET', 'maxclients', '1');
    const holder = await openCache({ connection: { url: server.url, connect: 'eager' } });
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection: server.url }, logger);
    try {
      const failure = await cache.get('key').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConnectionError);
      expect(String(failure)).toMatch(/max number of clients reached/);
      expect(logger.lines[0]).toMatch(/max number of clients reached/);
      await holder.close();
      await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
    } finally {
      await Promise.all([holder.close(), cache.close()]);
    }
  });

  it('is not needed for its own state', async () => {
    const user = randomUUID();
    await server.cli('CONFIG', 'SET', 'maxclients', '100');
    await server.cli('ACL', 'SETUSER', user, 'on', '>secret', '~*', '+@all', '-info');
    const warn = vi.spyOn(console, 'warn');
    const cache = await openCache({
      connection: { url: server.url, username: user, password: 'secret', connect: 'eager' },
    });
    expect(await cache.set('key', 1)).toBe(true);
    expect(warn).not.toHaveBeenCalled();
    await cache.close();
  });
});

describe('a middlebox before a server', () => {
  it.each(["ERR unknown command 'INFO'", 'ERR unsupported', 'NOPERM no'])(
    'may not know INFO, and is ready nevertheless: %s',
    async (refusal) => {
      await using server = await ScriptedServer.start((command) =>
        /info\r\n$/i.test(command) ? `-${refusal}\r\n` : '+OK\r\n',
      );
      const cache = await openCache({ connection: { ...server.address, connect: 'eager' } });
      expect(await cache.set('key', 1)).toBe(true);
      await cache.close();
    },
  );

  it('may refuse the login: the error says so once, with advice', async () => {
    await using server = await ScriptedServer.start((command) =>
      /\r\nauth\r\n/.test(command) ? '-WRONGPASS no\r\n' : '+OK\r\n',
    );
    const cache = await openCache({ connection: { ...server.address, password: 'p' } }, new QuietLogger('Cachex'));
    const failure = await cache.get('key').catch((error: unknown) => error);
    const told =
      'refused the connection: WRONGPASS no (check username, password and ACL). See docs/errors.md#CACHEX_AUTHENTICATION';
    expect(String(failure)).toBe(`AuthenticationError: GET "key": 127.0.0.1:${server.address.port} ${told}`);
    await cache.close();
  });

  it.each(['host', 'nodes', 'sentinels'])(
    'may quote the password, which no log line and no error does: %s',
    async (kind) => {
      await using server = await ScriptedServer.start((command) => {
        const [, name, ...args] = command.split('\r\n').filter((_, index) => index % 2 === 0);
        if (!/^(auth|hello)$/i.test(name!)) return '+OK\r\n';
        return `-ERR unknown command '${name}', with args beginning with: ${args.map((arg) => `'${arg}'`).join(' ')}\r\n`;
      });
      const { host, port } = server.address;
      const place = kind === 'host' ? { host, port } : { [kind]: [{ host, port }] };
      const ofSentinels = kind === 'sentinels' && { name: 'main', sentinelPassword: 'the-secret' };
      const connection = { ...place, ...ofSentinels, password: 'the-secret' } as never;
      const logger = new QuietLogger('Cachex');
      const cache = await openCache({ connection, tracking: true }, logger);
      const failure = await cache.get('key').catch((error: unknown) => error);
      // ioredis 5.5 says no more of a Sentinel.
      expect(logger.lines.join()).toMatch(/ERR unknown command|All sentinels are unreachable.*Connection is closed/);
      expect(inspect([failure, logger.lines], { depth: 9 })).not.toContain('the-secret');
      await cache.close();
    },
  );

  it.each(['host', 'nodes'])('may hang up without a word, which is told of: %s', async (kind) => {
    await using server = await ScriptedServer.start();
    const { host, port } = server.address;
    server.hangsUp = true;
    const connection = (kind === 'host' ? { host, port } : { nodes: [{ host, port }] }) as never;
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection }, logger);
    // The second wording is the driver's own.
    const told = /the connection closed before it was ready|Connection is closed/;
    await expect(cache.get('key')).rejects.toThrow(told);
    expect(logger.lines.join()).toMatch(told);
    await cache.close();
  });

  it('may be a Sentinel that refuses the login, which is told of as such', async () => {
    await using server = await ScriptedServer.start(() => '-WRONGPASS no\r\n');
    const connection = { name: 'main', sentinels: [server.address], sentinelPassword: 'p', commandTimeout: '1s' };
    const cache = await openCache({ connection, ignoreExceptions: true }, new QuietLogger('Cachex'));
    const call = cache.get('key');
    await expect(call).rejects.toThrow(AuthenticationError);
    await expect(call).rejects.toThrow('WRONGPASS no (check sentinelUsername, sentinelPassword)');
    await cache.close();
  });

  it('may load its data for longer than it has guessed, or shorter: calls say so, and nobody waits for the guess', async () => {
    let isLoading = true;
    await using server = await ScriptedServer.start((command) => {
      if (!/\r\ninfo\r\n/.test(command)) return '+OK\r\n';
      const text = `loading:${isLoading ? 1 : 0}\r\nloading_eta_seconds:300\r\n`;
      return `$${text.length}\r\n${text}\r\n`;
    });
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection: { ...server.address, commandTimeout: '20s' } }, logger);
    await expect(cache.get('key')).rejects.toThrow('LOADING');
    expect(logger.lines).toEqual([expect.stringContaining('LOADING')]);
    isLoading = false;
    await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
    await cache.close();
  });

  it.each([':1', '*0', '$-1', '+OK', '*1\r\n*1\r\n*1\r\n:1', '*2\r\n$-1\r\n$-1', '*2\r\n$1\r\na\r\n$1\r\nb'])(
    'may answer in another shape, which no call takes for its own mistake, or for a result: %j',
    async (reply) => {
      await using server = await ScriptedServer.start((command) =>
        /\r\ninfo\r\n/.test(command) ? '+OK\r\n' : `${reply}\r\n`,
      );
      const cache = prepareFor(await openCache({ connection: server.address }, new QuietLogger('Cachex')));
      const limiter = cache.rateLimiter('r', { limit: 1, window: 1 });
      const calls = await Promise.allSettled([
        ...[...reads, ...writes].filter(({ method }) => method !== 'dump').map((call) => perform(cache, call)),
        ...[cache.getMany(['a', 'b']), cache.getMany(['a', 'b'], { stampede: true }), cache.keys('*'), cache.scan()],
        ...[cache.set('a', 1, { tags: ['t'] }), cache.invalidateTags(['t']), limiter.consume('id')],
        ...[cache.blpop(['a'], 0.1), cache.blpop(['a'], 0.001), cache.xread({ a: '$' }, { block: 0.001 })],
        ...[cache.pipeline().hgetall('a').smembers('b').execute(), cache.lock('l').acquire({ blocking: false })],
        cache.pipeline({ transaction: true }).get('a').execute(),
      ]);
      const reasons = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason as unknown] : []));
      expect(reasons.filter((reason) => !(reason instanceof CachexError))).toEqual([]);
      const results = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
      expect(results.filter(isStrange)).toEqual([]);
      await cache.close();
    },
  );

  it.each([
    'ERR unsupported',
    'BUSY a script',
    'LOADING',
    'MOVED 1 127.0.0.1:1',
    'NOPERM no',
    'ERR DB index is out of range',
  ])('may refuse to select the database, and is asked again until it does not: %s', async (refusal) => {
    let asked = 0;
    let isWell = false;
    await using server = await ScriptedServer.start((command) => {
      if (!/\r\nselect\r\n/.test(command)) return '+OK\r\n';
      asked++;
      return isWell ? '+OK\r\n' : `-${refusal}\r\n`;
    });
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection: { ...server.address, db: 3 } }, logger);
    await expect(cache.set('key', 1)).rejects.toThrow(refusal);
    await expect.poll(() => asked).toBeGreaterThan(2);
    await expect(cache.set('key', 1)).rejects.toThrow(refusal);
    expect(logger.lines).toHaveLength(1);
    isWell = true;
    await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
    await cache.close();
  });

  it('may refuse to select the database at first, and an eager start waits', async () => {
    let asked = 0;
    await using server = await ScriptedServer.start((command) =>
      /\r\nselect\r\n/.test(command) && ++asked < 3 ? '-LOADING Redis is loading\r\n' : '+OK\r\n',
    );
    const cache = await openCache(
      { connection: { ...server.address, db: 3, connect: 'eager' } },
      new QuietLogger('Cachex'),
    );
    expect(await cache.set('key', 1)).toBe(true);
    await cache.close();
  });

  describe('that does not know its place', () => {
    const uncaught: unknown[] = [];
    const catchIt = (error: unknown): void => void uncaught.push(error);
    const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
    beforeAll(() => void process.on('uncaughtException', catchIt));
    afterAll(() => void process.off('uncaughtException', catchIt));

    /** A Sentinel that names itself, and a server behind it. */
    const sentinel = (info: string, names: (port: string) => string = bulk): Promise<ScriptedServer> =>
      ScriptedServer.start(function (this: ScriptedServer, command) {
        if (/\r\nget-master-addr-by-name\r\n/.test(command)) {
          return `*2\r\n${bulk(this.address.host)}${names(String(this.address.port))}`;
        }
        if (/\r\nsentinels\r\n/.test(command)) return '*0\r\n';
        return /\r\ninfo\r\n/.test(command) ? `${info}\r\n` : '+OK\r\n';
      });
    const behind = (server: ScriptedServer): Promise<CachexService> =>
      openCache(
        { connection: { sentinels: [server.address], name: 'main', commandTimeout: '1s' } },
        new QuietLogger('Cachex'),
      );

    it.each(['$-1', '*-1', ':1', '*0'])('may answer INFO behind a Sentinel in another shape: %s', async (reply) => {
      await using server = await sentinel(reply);
      const cache = await behind(server);
      expect(await cache.set('key', 1)).toBe(true);
      expect(uncaught).toEqual([]);
      await cache.close();
    });

    it.each(['abc', '', '65536', '-1'])(
      'may be named by a Sentinel with the port %j, and is asked for again',
      async (port) => {
        let isWell = false;
        await using server = await sentinel('+OK', (its) => bulk(isWell ? its : port));
        const cache = await behind(server);
        await expect(cache.set('key', 1)).rejects.toThrow(CachexError);
        isWell = true;
        await expect.poll(() => cache.set('key', 1).catch(() => false), { timeout: 5_000 }).toBe(true);
        await cache.close();
      },
    );

    it.each(['ASK', 'ASK 1 ?', 'MOVED 1 ?'])(
      'may redirect the client of a cluster to no address: %s',
      async (words) => {
        await using server = await ScriptedServer.start((command) => {
          const { host, port } = server.address;
          if (/\r\nSLOTS\r\n/i.test(command)) return `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n${bulk(host)}:${port}\r\n`;
          return /\r\ncluster\r\n/i.test(command) ? `-${words}\r\n` : '+OK\r\n';
        });
        const connection = { nodes: [server.address], commandTimeout: '300ms' } as const;
        const cache = await openCache({ connection }, new QuietLogger('Cachex'));
        // With the driver's public interface, nobody asks the nodes through the driver's own client.
        const outcome = await cache.set('key', 1).catch((error: unknown) => error);
        expect(outcome === true || outcome instanceof CachexError).toBe(true);
        expect(uncaught).toEqual([]);
        await cache.close();
      },
    );
  });
});
