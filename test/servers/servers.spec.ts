import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { endingWithFile } from '../children.js';
import { engines, isHere, newestEngines } from './engine.js';
import { freePort } from './free-port.js';
import { startProxy } from './proxy.js';
import { startReplica } from './replication.js';
import { connectOnce, isAlive, stopAndExpectNothingLeft } from './self-test.js';
import { startServer } from './server.js';
import { type Certificates, createCertificates } from './tls.js';
import { waitFor } from './wait-for.js';

vi.mock(import('./free-port.js'), async (original) => {
  const module = await original();
  return { ...module, freePort: vi.fn<typeof module.freePort>(module.freePort) };
});

let certificates: Certificates;
beforeAll(async () => {
  certificates = await createCertificates();
});
afterAll(() => certificates.stop());

const newestHere = newestEngines.filter(isHere);

describe.each([...engines, ...newestHere])('a %s server', { concurrent: true }, (engine) => {
  it('is ready after its start and gone after its stop', async () => {
    const server = await startServer({ engine });
    const redis = await connectOnce({ port: server.port });
    expect(await redis.info('server')).toContain(`process_id:${server.pid}`);
    await stopAndExpectNothingLeft(server, [server]);
    await expect(server.cli('PING')).rejects.toThrow('ECONNREFUSED');
  });

  it('requires the given password, and has the given ACL users', async () => {
    const password = 'p "q"';
    await using server = await startServer({ engine, password, aclUsers: { app: 'on >secret ~app:* +set' } });
    const redis = new Redis(server.url, { retryStrategy: null });
    expect(await redis.ping()).toBe('PONG');
    const { port } = server;
    await expect(connectOnce({ port, password: 'wrong' })).rejects.toThrow('WRONGPASS');
    const app = await connectOnce({ port, username: 'app', password: 'secret', enableReadyCheck: false });
    expect(await app.set('app:1', 'x')).toBe('OK');
    await expect(app.set('other', 'x')).rejects.toThrow('NOPERM');
  });

  it('listens on a Unix socket', async () => {
    await using server = await startServer({ engine, unixSocket: true });
    const redis = await connectOnce({ path: server.unixSocket });
    expect(await redis.ping()).toBe('PONG');
  });

  it('speaks TLS, and nothing else, with a certificate of the private authority', async () => {
    await using server = await startServer({ engine, tls: certificates, config: { 'tls-auth-clients': 'yes' } });
    const { port } = server;
    const { ca, client, wrongCa } = certificates;
    const redis = await connectOnce({ port, tls: { ca: ca.cert, cert: client.cert, key: client.key } });
    expect(await redis.ping()).toBe('PONG');
    await expect(connectOnce({ port, tls: { ca: wrongCa.cert } })).rejects.toThrow('self-signed certificate');
    await expect(connectOnce({ port, tls: { ca: ca.cert } })).rejects.toThrow(/certificate required|ECONNRESET/);
    await expect(connectOnce({ port })).rejects.toThrow('ECONNRESET');
  });

  it('comes back on its port after a kill, with its data if it keeps them', async () => {
    await using forgetful = await startServer({ engine });
    await using persistent = await startServer({ engine, config: { appendonly: 'yes' } });
    for (const server of [forgetful, persistent]) {
      await server.cli('SET', 'key', 'value');
      const { pid } = server;
      await server.kill();
      expect(isAlive(pid)).toBe(false);
      await server.restart();
      expect(server.pid).not.toBe(pid);
    }
    expect(await forgetful.cli('GET', 'key')).toBe('');
    expect(await persistent.cli('GET', 'key')).toBe('value');
  });

  it('answers nothing while it is paused, and everything afterwards', async () => {
    await using server = await startServer({ engine });
    const redis = await connectOnce({ port: server.port });
    redis.options.commandTimeout = 100;
    server.pause();
    await expect(redis.incr('n')).rejects.toThrow('timed out');
    server.resume();
    await waitFor(async () => (await server.cli('GET', 'n')) === '1', { what: 'what was sent to be carried out' });
    server.pause();
    await server.restart();
    expect(await server.cli('PING')).toBe('PONG');
  });

  it('has a replica', async () => {
    await using primary = await startServer({ engine, password: 'secret' });
    await primary.cli('SET', 'key', 'value');
    await using replica = await startReplica(primary, { password: 'secret' });
    expect(await replica.cli('GET', 'key')).toBe('value');
    await expect(replica.cli('SET', 'key', 'other')).rejects.toThrow('READONLY');
  });

  it('explains why it did not start', async () => {
    await expect(startServer({ engine, config: { 'no-such-directive': 'x' } })).rejects.toThrow(/no-such-directive/);
  });
});

describe.each(newestHere)('a %s server', (engine) => {
  it('has features that the oldest servers lack', async () => {
    await using server = await startServer({ engine });
    await server.cli('HSET', 'hash', 'field', 'value');
    expect(await server.cli('HEXPIRE', 'hash', '10', 'FIELDS', '1', 'field')).toBe('1');
  });
});

describe('a proxy', () => {
  it('delays, cuts, swallows and refuses, and then passes everything on again', async () => {
    await using server = await startServer({ engine: 'redis' });
    await using proxy = await startProxy(server);
    const redis = await connectOnce({ port: proxy.port, retryStrategy: () => 10, maxRetriesPerRequest: 0 });
    const value = 'x'.repeat(100_000);
    await redis.set('key', value);

    proxy.delay(50);
    const before = performance.now();
    expect(await Promise.all([redis.get('key'), redis.ping()])).toEqual([value, 'PONG']);
    expect(performance.now() - before).toBeGreaterThan(45);
    await proxy.pass();

    proxy.cutAfter(50_000);
    await expect(redis.get('key')).rejects.toThrow('max retries');
    expect(proxy.cuts).toBe(1);
    expect(await redis.get('key')).toBe(value);

    proxy.blackHole();
    await expect(redis.incr('n')).rejects.toThrow('timed out');
    await proxy.pass();
    expect(await redis.incr('n')).toBe(2);

    await proxy.refuse();
    await expect(connectOnce({ port: proxy.port })).rejects.toThrow('ECONNREFUSED');
    await proxy.pass();
    expect(await (await connectOnce({ port: proxy.port })).get('n')).toBe('2');
    redis.disconnect();
    await proxy.stop();
    await waitFor(() => proxy.connections === 0, { what: 'the proxy to have no connections' });
  });
});

describe('two suites at once', () => {
  it('never use the same port', async () => {
    await using first = await startServer({ engine: 'redis' });
    vi.mocked(freePort).mockResolvedValueOnce(first.port);
    await using second = await startServer({ engine: 'valkey' });
    expect(second.port).not.toBe(first.port);
    expect(await second.cli('INFO', 'server')).toContain(`process_id:${second.pid}`);
  });
});

const startRun = (fixture: string, stderr: 'inherit' | 'ignore'): ChildProcess => {
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/servers/orphans/vitest.config.ts',
    fixture,
  ];
  return endingWithFile(spawn(process.execPath, vitest, { stdio: ['ignore', 'pipe', stderr] }));
};

describe('a run with a spec that fails half-way', () => {
  it('ends by itself, and leaves none of its processes behind', async () => {
    const run = startRun('half-way', 'ignore');
    const said: string[] = [];
    for await (const line of createInterface(run.stdout!)) said.push(line);
    if (run.exitCode === null) await once(run, 'exit');
    expect(run.exitCode).toBe(1);
    const pid = /child: (\d+)/.exec(said.join('\n'))![1];
    expect(isAlive(Number(pid))).toBe(false);
  });
});

describe('a run that is killed', () => {
  async function serversOf(run: ChildProcess): Promise<{ pid: number; folder: string }[]> {
    for await (const line of createInterface(run.stdout!)) {
      const servers = /servers: (.*)/.exec(line)?.[1];
      if (servers) return JSON.parse(servers);
    }
    throw new Error('The run told of no servers');
  }

  it('leaves no servers and no folders behind', async () => {
    const run = startRun('orphans.fixture', 'inherit');
    const servers = await serversOf(run);
    expect(servers.map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    run.kill('SIGKILL');
    await waitFor(() => !servers.some(({ pid, folder }) => isAlive(pid) || existsSync(folder)), {
      what: 'the servers to be gone',
    });
    expect(servers.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});
