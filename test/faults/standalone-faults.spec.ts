import { Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { admin } from '../servers/server-config.js';
import { createCertificates } from '../servers/tls.js';
import { addressOf, commandTimeoutMs, goThrough, patient } from './faults.js';

const engine = 'redis';
const killClients = (server: RedisServer) => server.cli('CLIENT', 'KILL', 'TYPE', 'normal');

const kept = 'the same data: none';

describe('one server', { concurrent: false }, () => {
  it('is killed and restarted; it writes to disk before it answers', async (t) => {
    await using server = await startServer({ engine, config: { appendonly: 'yes', appendfsync: 'always' } });
    const { failed, lost } = await goThrough(t, {
      fault: '`kill -9`, restarted, `appendfsync always`',
      since: 'the restart',
      promise: 'promised: none',
      connection: patient(addressOf(server)),
      provoke: async (load) => {
        await server.kill();
        await load.moreFailures(50);
        await server.start();
        load.mark();
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_CONNECTION']);
    expect(lost).toBe(0);
  });

  it('is killed and restarted; it keeps nothing', async (t) => {
    await using server = await startServer({ engine });
    let before = 0;
    const { failed, lost } = await goThrough(t, {
      fault: '`kill -9`, restarted, persistence off',
      since: 'the restart',
      promise: 'all before the kill: nothing is promised',
      connection: patient(addressOf(server)),
      provoke: async (load) => {
        await server.kill();
        await load.moreFailures(50);
        before = load.acknowledgedWrites;
        await server.start();
        load.mark();
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_CONNECTION']);
    expect(lost).toBe(before);
  });

  it('is frozen for longer than the timeout', async (t) => {
    await using server = await startServer({ engine });
    const { failed, lost } = await goThrough(t, {
      fault: '`SIGSTOP` for longer than `commandTimeout`',
      since: '`SIGCONT`',
      promise: kept,
      connection: addressOf(server),
      provoke: async (load) => {
        server.pause();
        // Long enough for the library to give up the connection.
        await sleep(4 * commandTimeoutMs);
        server.resume();
        load.mark();
      },
    });
    expect(failed.CACHEX_COMMAND_TIMEOUT).toBeGreaterThan(0);
    expect(lost).toBe(0);
  });

  it('kills its clients', async (t) => {
    await using server = await startServer({ engine });
    const { lost } = await goThrough(t, {
      fault: '`CLIENT KILL`',
      since: 'the kill',
      promise: kept,
      connection: addressOf(server),
      provoke: async (load) => {
        expect(Number(await killClients(server))).toBeGreaterThan(0);
        load.mark();
      },
    });
    expect(lost).toBe(0);
  });

  it('pauses its clients', async (t) => {
    await using server = await startServer({ engine });
    const pauseMs = 3 * commandTimeoutMs;
    const { failed, lost } = await goThrough(t, {
      fault: `\`CLIENT PAUSE ${pauseMs}\``,
      since: 'the pause began',
      promise: kept,
      connection: addressOf(server),
      provoke: async (load) => {
        await server.cli('CLIENT', 'PAUSE', String(pauseMs));
        load.mark();
        await load.moreFailures(5);
      },
    });
    expect(Object.keys(failed)).toContain('CACHEX_COMMAND_TIMEOUT');
    expect(lost).toBe(0);
  });

  it('reaches maxmemory', async (t) => {
    await using server = await startServer({ engine });
    const { failed, lost } = await goThrough(t, {
      fault: '`maxmemory` reached, `noeviction`',
      since: 'it was raised',
      promise: kept,
      connection: patient(addressOf(server)),
      provoke: async (load) => {
        await server.cli('CONFIG', 'SET', 'maxmemory', '1');
        await load.moreFailures(50);
        load.mark();
        await server.cli('CONFIG', 'SET', 'maxmemory', '0');
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_OUT_OF_MEMORY']);
    expect(lost).toBe(0);
  });

  it('becomes a replica, which accepts no writes', async (t) => {
    await using server = await startServer({ engine });
    const { failed, lost } = await goThrough(t, {
      fault: '`REPLICAOF`: read-only',
      since: '`REPLICAOF NO ONE`',
      promise: kept,
      connection: patient(addressOf(server)),
      provoke: async (load) => {
        await server.cli('REPLICAOF', '127.0.0.1', '1');
        await load.moreFailures(50);
        load.mark();
        await server.cli('REPLICAOF', 'NO', 'ONE');
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_READ_ONLY']);
    expect(lost).toBe(0);
  });

  it('requires another password', async (t) => {
    await using server = await startServer({ engine, password: 'right-secret' });
    const { failed } = await goThrough(t, {
      fault: 'wrong password',
      since: 'the server took it',
      promise: 'none was acknowledged',
      connection: patient({ ...addressOf(server), password: 'wrong-secret' }),
      warm: false,
      provoke: async (load) => {
        await load.moreFailures(50);
        load.mark();
        await server.cli('CONFIG', 'SET', 'requirepass', 'wrong-secret');
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_AUTHENTICATION']);
  });

  it('has its password changed', async (t) => {
    await using server = await startServer({ engine, password: 'old-secret' });
    const { failed, lost } = await goThrough(t, {
      fault: 'password changed, then `CLIENT KILL`',
      since: 'it was changed back',
      promise: kept,
      connection: { ...addressOf(server), password: 'old-secret' },
      provoke: async (load) => {
        await server.cli('CONFIG', 'SET', 'requirepass', 'new-secret');
        // Existing connections stay as they are.
        await load.moreWrites(50);
        await killClients(server);
        await load.moreFailures(50);
        load.mark();
        await server.cli('CONFIG', 'SET', 'requirepass', 'old-secret');
      },
    });
    expect(Object.keys(failed)).toContain('CACHEX_AUTHENTICATION');
    expect(lost).toBe(0);
  });

  it('cuts the stream in the middle of a reply', async (t) => {
    await using server = await startServer({ engine });
    await using proxy = await startProxy(server);
    const { failed, lost } = await goThrough(t, {
      fault: 'TCP stream cut in the middle of a reply, 20 times',
      since: 'the last cut',
      promise: kept,
      connection: patient(addressOf(proxy)),
      provoke: async (load) => {
        for (let cut = 0; cut < 20; cut++) {
          // Only open connections are cut: one that is being restored is awaited first.
          while (proxy.cuts <= cut) {
            // Anywhere in a reply: in the length, in the value, between CR and LF.
            proxy.cutAfter(1 + cut * 3);
            load.mark();
            await load.moreWrites(20);
          }
        }
        expect(proxy.cuts).toBeGreaterThanOrEqual(20);
      },
    });
    expect(Object.keys(failed)).toEqual(['CACHEX_CONNECTION']);
    expect(lost).toBe(0);
  });
});

describe('TLS', () => {
  const certificates = createCertificates();
  afterAll(async () => (await certificates).stop());

  it('shows an untrusted certificate', async (t) => {
    const tls = await certificates;
    await using server = await startServer({ engine, tls });
    // Stays connected, because whoever restores the certificate will not trust this server either.
    const administrator = new Redis({ ...addressOf(server), ...admin, tls: { ca: tls.ca.cert }, protocol: 2 });
    const show = ({ certFile, keyFile }: { certFile: string; keyFile: string }) =>
      administrator.call('CONFIG', 'SET', 'tls-cert-file', certFile, 'tls-key-file', keyFile);
    const { failed, lost } = await goThrough(t, {
      fault: 'a TLS certificate that is not trusted, then `CLIENT KILL`',
      since: 'the right one was back',
      promise: kept,
      connection: patient({ ...addressOf(server), tls: { ca: tls.ca.cert } }),
      provoke: async (load) => {
        await show(tls.wrongCa);
        await administrator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await load.moreFailures(50);
        load.mark();
        await show(tls.server);
      },
    });
    administrator.disconnect();
    expect(Object.keys(failed)).toEqual(['CACHEX_CONNECTION']);
    expect(lost).toBe(0);
  });
});
