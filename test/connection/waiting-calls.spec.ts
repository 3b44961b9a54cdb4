import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { WaitingCalls } from '../../lib/connection/links/waiting-calls.js';
import { type CachexService, ConfigError, ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { nobodysPorts } from '../servers/free-port.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

describe('WaitingCalls', () => {
  const late = () => new Error('late');
  const never = () => expect.fail('it was sent');

  it('sends in the order of the calls, with their remaining time', async () => {
    const calls = new WaitingCalls();
    const sent: [string, number][] = [];
    const send = (name: string) => async (leftMs: number) => {
      sent.push([name, leftMs]);
      return name;
    };
    const answers = Promise.all([calls.add(5_000, send('a'), late), calls.add(10_000, send('b'), late)]);
    expect(calls.isEmpty).toBe(false);
    await sleep(20);
    calls.sendAll();
    expect(calls.isEmpty).toBe(true);
    expect(await answers).toEqual(['a', 'b']);
    expect(sent.map(([name]) => name)).toEqual(['a', 'b']);
    expect(sent[0]![1]).toBeLessThan(5_000 - 15);
  });

  it('never sends a call whose time is over', async () => {
    const calls = new WaitingCalls();
    await expect(calls.add(10, never, late)).rejects.toThrow('late');
    calls.sendAll();
    expect(calls.isEmpty).toBe(true);
  });

  it('fails all with one error', async () => {
    const calls = new WaitingCalls();
    const failed = Promise.allSettled([calls.add(5_000, never, late), calls.add(5_000, never, late)]);
    calls.failAll(new Error('gone'));
    expect(await failed).toEqual([
      { status: 'rejected', reason: new Error('gone') },
      { status: 'rejected', reason: new Error('gone') },
    ]);
  });
});

describe('a call without a connection', () => {
  let server: RedisServer;
  let proxy: Proxy;
  let cache: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
    proxy = await startProxy(server);
  });
  afterEach(async () => {
    server.resume();
    await proxy.pass();
    await cache.close();
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  const open = async (connection: object, commandTimeout = '300ms') =>
    (cache = await openCache(
      { connection: { host: '127.0.0.1', commandTimeout, ...connection } },
      new QuietLogger('Cachex'),
    ));

  it('fails at once after an attempt has failed, however long commandTimeout is', async () => {
    await open({ port: nobodysPorts[0] }, '1m');
    await expect(cache.get('key')).rejects.toThrow(ConnectionError);
    const start = performance.now();
    for (let round = 0; round < 100; round++) {
      await expect(cache.get('key')).rejects.toThrow(/no connection to .* now: .*ECONNREFUSED/);
    }
    // Far below `commandTimeout`, on any machine.
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('waits for the first attempt after a loss, which may succeed', async () => {
    await open({ port: proxy.port }, '10s');
    await cache.set('key', 1);
    proxy.dropConnections();
    await waitFor(() => proxy.connections === 0, { what: 'the connection to be dropped' });
    expect(await cache.get('key')).toBe(1);
  });

  it('is not sent after it has failed', async () => {
    server.pause();
    await open({ port: server.port });
    const failed = [
      cache.set('late', 1),
      cache.pipeline().set('late', 2).execute(),
      cache.pipeline({ transaction: true }).set('late', 3).execute(),
    ];
    for (const call of failed) await expect(call).rejects.toThrow(/within 300 ms/);
    server.resume();
    await expect.poll(() => cache.set('other', 1).catch(() => false), { timeout: 20_000 }).toBe(true);
    expect(await cache.hasKey('late')).toBe(false);
  });

  it('is never sent to another database', async () => {
    await open({ port: server.port, db: 1_000 });
    const refused = () => cache.set('astray', 1);
    await expect(refused()).rejects.toThrow(/^SET "astray": .*DB index is out of range/);
    await expect(refused()).rejects.toThrow(ConfigError);
    expect(await server.cli('KEYS', '*astray')).toBe('');
  });

  it('fails when the cache is closed, and closing does not wait for the server', async () => {
    server.pause();
    await open({ port: server.port }, '1m');
    const waiting = cache.get('key').catch((error: unknown) => error);
    const start = performance.now();
    await cache.close();
    expect(await waiting).toMatchObject({ code: 'CACHEX_CONNECTION', message: expect.stringContaining('closed') });
    expect(performance.now() - start).toBeLessThan(5_000);
    await expect(cache.get('key')).rejects.toThrow(/closed/);
  });
});
