import { Module, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { CachexHealthIndicator, CachexHealthModule, type CachexHealthOptions } from '../../lib/health/index.js';
import { CachexModule, type CachexModuleOptions, ConfigError } from '../../lib/index.js';
import { startCluster } from '../servers/cluster.js';
import { startReplica } from '../servers/replication.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';

@Module({ imports: [TerminusModule, CachexHealthModule] })
class HealthModule {}

let app: TestingModule | undefined;

/** An application that checks the health of these caches. */
async function start(...caches: CachexModuleOptions[]): Promise<CachexHealthIndicator> {
  app = await Test.createTestingModule({
    imports: [HealthModule, ...caches.map((options) => CachexModule.forRoot(options))],
  }).compile();
  app.useLogger(false);
  await app.init();
  return app.get(CachexHealthIndicator, { strict: false });
}

afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe('CachexHealthIndicator', () => {
  let server: RedisServer;
  let replica: RedisServer;
  let proxy: Proxy;
  beforeAll(async () => {
    server = await startServer({
      engine: 'redis',
      aclUsers: { app: 'on >app-secret ~* +@all -info' },
    });
    [replica, proxy] = await Promise.all([startReplica(server), startProxy(server)]);
  });
  afterEach(() => proxy.pass());
  afterAll(async () => {
    await proxy.stop();
    await replica.stop();
    await server.stop();
  });

  const detail = async (indicator: CachexHealthIndicator, options?: CachexHealthOptions) =>
    (await indicator.isHealthy('cache', options)).cache;

  it('is up with ping time, role, connected replicas and used memory', async () => {
    expect(await detail(await start({ connection: server.url }))).toEqual({
      status: 'up',
      pingMs: expect.any(Number),
      role: 'primary',
      connectedReplicas: 1,
      usedMemory: expect.any(Number),
    });
  });

  it('distinguishes a replica from a primary', async () => {
    const indicator = await start({ connection: replica.url });
    expect(await detail(indicator)).toMatchObject({ status: 'up', role: 'replica', connectedReplicas: 0 });
  });

  it('is down if a server uses more memory than maxMemory', async () => {
    const indicator = await start({ connection: server.url });
    expect(await detail(indicator, { maxMemory: 1000 })).toMatchObject({
      status: 'down',
      message: expect.stringMatching(/^used memory is \d+, more than 1000 bytes$/),
      role: 'primary',
    });
    expect(await detail(indicator, { maxMemory: 2 ** 40 })).toMatchObject({ status: 'up' });
  });

  it('is down if fewer than minReplicas are connected', async () => {
    const indicator = await start({ connection: server.url });
    expect(await detail(indicator, { minReplicas: 2 })).toMatchObject({
      status: 'down',
      message: 'connected replicas are 1, fewer than 2',
    });
    expect(await detail(indicator, { minReplicas: 1 })).toMatchObject({ status: 'up' });
  });

  it.each([true, false])('is down while Redis is away (ignoreExceptions: %j), and up again after', async (ignore) => {
    const connection = { host: proxy.host, port: proxy.port };
    const indicator = await start({ connection, ignoreExceptions: ignore });
    expect(await detail(indicator)).toMatchObject({ status: 'up' });
    await proxy.refuse();
    await expect
      .poll(() => detail(indicator))
      .toMatchObject({
        status: 'down',
        message: expect.stringContaining(`no connection to 127.0.0.1:${proxy.port}`),
      });
    await proxy.pass();
    await expect.poll(() => detail(indicator), { timeout: 20_000 }).toMatchObject({ status: 'up' });
  });

  it('answers within its own timeout if Redis does not', async () => {
    const indicator = await start({ connection: { host: proxy.host, port: proxy.port } });
    await detail(indicator);
    proxy.blackHole();
    const asked = performance.now();
    expect(await detail(indicator, { timeout: '50ms' })).toEqual({
      status: 'down',
      message: 'no answer within 50 ms',
    });
    expect(performance.now() - asked).toBeLessThan(2_000);
  });

  it('leaves out what the ACL user may not read, and is down if a limit needs it', async () => {
    const indicator = await start({ connection: { url: server.url, username: 'app', password: 'app-secret' } });
    expect(await detail(indicator)).toEqual({ status: 'up', pingMs: expect.any(Number) });
    expect(await detail(indicator, { minReplicas: 0 })).toMatchObject({
      status: 'down',
      message: 'connected replicas are unknown, fewer than 0',
    });
  });

  it('checks the named instance', async () => {
    const indicator = await start({ connection: server.url }, { connection: replica.url, name: 'sessions' });
    expect(await detail(indicator)).toMatchObject({ role: 'primary' });
    expect(await detail(indicator, { name: 'sessions' })).toMatchObject({ role: 'replica' });
    await expect(detail(indicator, { name: 'sesions' })).rejects.toThrow(ConfigError);
    await expect(detail(indicator, { name: 'sesions' })).rejects.toThrow(/named "sesions"/);
  });

  it('takes part in the checks of Terminus', async () => {
    const indicator = await start({ connection: { host: proxy.host, port: proxy.port } });
    const health = app!.get(HealthCheckService, { strict: false });
    const check = () => health.check([() => indicator.isHealthy('cache')]);
    expect(await check()).toMatchObject({ status: 'ok', info: { cache: { role: 'primary' } } });
    await proxy.refuse();
    await expect(check()).rejects.toThrow(ServiceUnavailableException);
    await expect(check()).rejects.toMatchObject({
      response: { status: 'error', error: { cache: { status: 'down' } } },
    });
  });

  it('works as a provider of a module that imports TerminusModule, too', async () => {
    @Module({ imports: [TerminusModule], providers: [CachexHealthIndicator] })
    class OwnHealthModule {}
    app = await Test.createTestingModule({
      imports: [OwnHealthModule, CachexModule.forRoot({ connection: server.url })],
    }).compile();
    await app.init();
    expect(await detail(app.get(CachexHealthIndicator, { strict: false }))).toMatchObject({ status: 'up' });
  });
});

describe('CachexHealthIndicator on several servers', () => {
  const connections = inject('connections');

  it('describes the primary behind Sentinels', async () => {
    const indicator = await start({ connection: connections['valkey sentinel'] });
    const { cache } = await indicator.isHealthy('cache', { minReplicas: 1 });
    expect(cache).toMatchObject({ status: 'up', role: 'primary', connectedReplicas: 1 });
    expect(cache).not.toHaveProperty('clusterState');
  });

  it('describes a cluster: its state, its primaries, the fewest replicas of any primary', async () => {
    const indicator = await start({ connection: connections['redis cluster'] });
    const { cache } = await indicator.isHealthy('cache', { minReplicas: 1 });
    expect(cache).toEqual({
      status: 'up',
      pingMs: expect.any(Number),
      role: 'primary',
      connectedReplicas: 1,
      usedMemory: expect.any(Number),
      clusterState: 'ok',
      primaries: 3,
    });
  });

  it('is down if a cluster does not serve all of its slots, or one of its primaries is away', async () => {
    await using cluster = await startCluster({ engine: 'valkey', replicasPerPrimary: 0 });
    const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const indicator = await start({ connection: { type: 'cluster', nodes } });
    const check = async () => (await indicator.isHealthy('cache')).cache;
    expect(await check()).toMatchObject({ status: 'up', connectedReplicas: 0 });

    const owner = await cluster.slotOwner(0);
    await owner.cli('CLUSTER', 'DELSLOTS', '0');
    await expect.poll(check).toMatchObject({
      status: 'down',
      clusterState: 'fail',
      message: 'the cluster does not serve all of its slots',
    });
    await owner.cli('CLUSTER', 'ADDSLOTS', '0');
    await expect.poll(check).toMatchObject({ status: 'up', clusterState: 'ok' });

    await owner.kill();
    await expect.poll(check).toMatchObject({
      status: 'down',
      message: expect.stringContaining(`no connection to ${owner.host}:${owner.port}`),
    });
  });
});
