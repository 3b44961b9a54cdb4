import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CachexService, ConfigError, ConnectionError, NotSupportedError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { RecordingPool } from '../recording-pool.js';
import { startCluster } from '../servers/cluster.js';
import { engines } from '../servers/engine.js';
import { startProxy } from '../servers/proxy.js';
import { startReplica } from '../servers/replication.js';
import { startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { InvalidationFeed } from '../../lib/tracking/invalidation-feed.js';
import type { TrackingExecutor } from '../../lib/tracking/tracking-executor.js';
import { feedsOf, killFeeds, ways } from './ways.js';
import { armed, copiesOf, keep, openTracked, told } from './tracked.js';

const addressOf = ({ host, port }: { host: string; port: number }) => ({ host, port });

/** Resolves when there are no local copies, and will be none for now. */
const silent = (cache: CachexService): Promise<void> =>
  waitFor(() => !copiesOf(cache).isActive, { what: 'tracking to be off', every: 1 });

/** Users, each without one of the rights. */
const restricted = {
  CLIENT: 'on nopass ~* &* +@all -client',
  PING: 'on nopass ~* &* +@all -ping',
  // The default rights of a user.
  channels: 'on nopass ~* resetchannels +@all',
};

const enginesAndWays = engines.flatMap((engine) => ways.map((way) => ({ engine, ...way })));

describe.each(enginesAndWays)('tracking on a $engine of its own, over $way', ({ engine, way, config }) => {
  let server: RedisServer;
  let cache: CachexService;
  let other: CachexService;
  const logger = new QuietLogger();

  beforeAll(async () => {
    server = await startServer({ engine, aclUsers: restricted, config });
    other = await openCache({ connection: server.url }, logger);
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    cache = await openTracked({ connection: { ...addressOf(server), poolSize: 2 } }, logger);
  });
  afterEach(() => cache.close());

  it('drops everything on a flush', async () => {
    await other.set('k', 1);
    await keep(cache, 'k');
    await other.flushDb();
    await waitFor(() => copiesOf(cache).entries === 0, { what: 'the flush to be told' });
    expect(await cache.get('k')).toBeUndefined();
  });

  it('drops everything when no server reports any more, and starts again', async () => {
    await other.set('k', 1);
    await keep(cache, 'k');
    await Promise.all([silent(cache), killFeeds(server)]);
    expect(copiesOf(cache).entries).toBe(0);
    await other.set('k', 2);
    expect(await cache.get('k')).toBe(2);
    await armed(cache);
    await keep(cache, 'k');
    await told(cache, ['k'], other.set('k', 3));
  });

  it('drops everything when one of the connections is lost, and serves nothing while the server is away', async () => {
    await other.set('k', 1);
    await keep(cache, 'k');
    await server.kill();
    await silent(cache);
    await expect(cache.get('k')).rejects.toThrow(ConnectionError);
    await server.start();
    await armed(cache);
    await waitFor(() => other.set('k', 2), { what: 'the server' });
    await keep(cache, 'k');
    await told(cache, ['k'], other.delete('k'));
    await waitFor(async () => (await cache.get('k')) === undefined, { what: 'all connections to be back' });
  });

  it('listens once to a server, however many connections there are to it, and leaves nothing', async () => {
    await waitFor(async () => (await feedsOf(server)).length === 1, { what: 'connections of before to end' });
    await cache.close();
    expect(copiesOf(cache).isActive).toBe(false);
    await waitFor(async () => (await feedsOf(server)).length === 0, { what: 'the last connection to be closed' });
    await expect(cache.get('k')).rejects.toThrow(ConnectionError);
  });

  it.each(way === 'RESP3' ? ['CLIENT'] : ['CLIENT', 'channels'])(
    'does without where the server refuses %s, and says so once',
    async (username) => {
      const log = new QuietLogger();
      const guest = await openCache(
        { connection: { ...addressOf(server), username, password: 'any', poolSize: 2 }, tracking: true },
        log,
      );
      await waitFor(() => log.lines.length > 0, { what: 'the refusal to be logged' });
      await other.set('k', 1);
      expect(await guest.get('k')).toBe(1);
      await other.set('k', 2);
      expect(await guest.get('k')).toBe(2);
      expect(copiesOf(guest).entries).toBe(0);
      expect(log.lines).toEqual([expect.stringMatching(/does not report changes \(.*NOPERM.*Allow CLIENT TRACKING/)]);
      await guest.close();
    },
  );

  it.each(way === 'RESP3' ? ['PING', 'channels'] : ['PING'])('needs no right to %s', async (username) => {
    const log = new QuietLogger();
    const connection = { ...addressOf(server), username, password: 'any' };
    const guest = await openCache({ connection, tracking: true }, log);
    await armed(guest);
    await other.set('k', 1);
    await keep(guest, 'k');
    await told(guest, ['k'], other.set('k', 2));
    await guest.close();
    expect(log.lines).toEqual([]);
  });

  it('with coherence server it starts with copies, or explains why it does not', async () => {
    const tracking = { coherence: 'server' } as const;
    const sure = await openCache({ connection: server.url, tracking }, logger);
    expect(copiesOf(sure).isActive).toBe(true);
    await sure.close();
    const connection = { ...addressOf(server), username: 'CLIENT', password: 'any' };
    const start = openCache({ connection, tracking }, new QuietLogger());
    await expect(start).rejects.toThrow(/^tracking with coherence 'server' cannot start: .*NOPERM.*Allow/);
    await expect(start).rejects.toThrow(NotSupportedError);
  });

  it('hears only changes below its prefix', async () => {
    const own = await openTracked({ connection: server.url, keyPrefix: 'own' }, logger);
    const forget = vi.spyOn(copiesOf(own), 'forget');
    await server.cli('SET', 'other:1:k', '1');
    await server.cli('SET', 'own:1:k', '1');
    await waitFor(() => forget.mock.calls.length > 0, { what: 'the server to tell', every: 1 });
    expect(forget.mock.calls).toEqual([['own:1:k']]);
    await own.close();
  });

  it('hears all changes if a key function makes the keys', async () => {
    const keyFunction = {
      make: (key: string) => `own/${key}`,
      reverse: (wire: string) => ({ key: wire.slice(4), version: 1 }),
    };
    const own = await openTracked({ connection: server.url, keyFunction }, logger);
    await own.set('k', 1);
    await keep(own, 'k');
    await told(own, ['k'], server.cli('SET', 'own/k', '2'));
    expect(await own.get('k')).toBe(2);
    await own.close();
  });
});

describe.each(ways)('tracking over $way', ({ config }) => {
  const logger = new QuietLogger();

  it('asks a server that has refused again after a minute', async () => {
    await using server = await startServer({ engine: 'redis', aclUsers: { guest: restricted.CLIENT } });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const events = new EventEmitter();
      const [refused, listening] = [once(events, 'refused'), once(events, 'listening')];
      const options = { ...addressOf(server), username: 'guest', password: 'any' };
      const feed = new InvalidationFeed({ options }, '', {
        onChange: () => undefined,
        onListening: () => events.emit('listening'),
        onSilence: () => undefined,
        onRefusal: () => events.emit('refused'),
      });
      await refused;
      await server.cli('ACL', 'SETUSER', 'guest', '+client');
      vi.advanceTimersByTime(60_000);
      await expect(listening).resolves.toBeDefined();
      await feed.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('notices a connection that is cut off silently', async () => {
    await using server = await startServer({ engine: 'redis', config });
    await using proxy = await startProxy(server);
    const cache = await openTracked({ connection: addressOf(proxy) }, logger);
    await cache.set('k', 1);
    await keep(cache, 'k');
    proxy.blackHole();
    const since = performance.now();
    await server.cli('SET', ':1:k', '2');
    await silent(cache);
    expect(performance.now() - since).toBeLessThan(5_000);
    await proxy.pass();
    await armed(cache);
    expect(await cache.get('k')).toBe(2);
    await cache.close();
  });

  it('does without copies if an address leads to several servers', async () => {
    await using even = await startServer({ engine: 'redis', config });
    await using odd = await startServer({ engine: 'redis', config });
    let turn = 0;
    const balancer = createServer((client) => {
      const server = connect(turn++ % 2 === 0 ? even : odd);
      for (const socket of [client, server]) socket.on('error', () => undefined);
      client.pipe(server).pipe(client);
    });
    await once(balancer.listen(0, '127.0.0.1'), 'listening');
    const { port } = balancer.address() as AddressInfo;
    const cache = await openCache({ connection: { host: '127.0.0.1', port }, tracking: true }, logger);
    const { servers } = cache['executor'] as TrackingExecutor;
    await waitFor(() => [...servers!['feeds'].values()].some(({ runId }) => runId), { what: 'somebody to be heard' });
    await cache.set('k', 1);
    await even.cli('SET', ':1:k', '2');
    expect(await cache.get('k')).toBe(2);
    expect(copiesOf(cache).isActive).toBe(false);
    await cache.close();
    balancer.close();
  });

  it('listens to the replicas that it reads from, which may report later', async () => {
    await using primary = await startServer({ engine: 'valkey', config });
    await using replica = await startReplica(primary, { config });
    const cache = await openTracked({ connection: { ...addressOf(primary), replicas: [addressOf(replica)] } }, logger);
    await waitFor(async () => (await feedsOf(replica)).length > 0, { what: 'the replica to be listened to' });
    await armed(cache);
    await cache.set('k', 1);
    await waitFor(async () => (await cache.get('k')) === 1, { what: 'the replica to follow' });
    await keep(cache, 'k');
    await told(cache, ['k'], primary.cli('SET', ':1:k', '2'));
    await waitFor(async () => (await cache.get('k')) === 2, { what: 'the replica to follow' });
    await replica.kill();
    await expect.poll(async () => (await feedsOf(primary)).length > 0 && copiesOf(cache).isActive).toBe(true);
    await cache.close();
  });

  it('follows a failover of Sentinels', async () => {
    await using deployment = await startSentinel({ engine: 'redis', config });
    const { name, sentinels } = deployment;
    const connection = { type: 'sentinel' as const, name, sentinels: sentinels.map(addressOf) };
    const cache = await openTracked({ connection }, logger);
    await cache.set('k', 1);
    await keep(cache, 'k');
    const replica = await deployment.replica();
    await Promise.all([silent(cache), deployment.killPrimary()]);
    await waitFor(async () => (await replica.cli('ROLE')).startsWith('master'), {
      what: 'a new primary',
      timeout: 20_000,
    });
    await armed(cache);
    expect(await cache.get('k')).toBe(1);
    await keep(cache, 'k');
    await told(cache, ['k'], replica.cli('SET', ':1:k', '2'));
    expect(await cache.get('k')).toBe(2);
    await cache.close();
  });

  it('follows the nodes of a cluster', async () => {
    await using cluster = await startCluster({ engine: 'valkey', config });
    const connection = { type: 'cluster' as const, nodes: cluster.nodes.map(addressOf) };
    const [cache, other] = await Promise.all([openTracked({ connection }, logger), openCache({ connection }, logger)]);
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    await told(cache, keys, other.setMany(keys.map((key) => [key, 1] as const)));
    // The replicas report the change as well, once they know it.
    for (const key of keys) await keep(cache, key);

    const slot = Number(await cluster.cli('CLUSTER', 'KEYSLOT', ':1:k0'));
    const owner = await cluster.slotOwner(slot);
    await cluster.moveSlot(
      slot,
      (await cluster.primaries()).find((node) => node !== owner)!,
    );
    await keep(cache, 'k0');
    await told(cache, ['k0'], other.set('k0', 2));
    expect(await cache.get('k0')).toBe(2);

    const [replica] = await cluster.replicas(owner);
    await cluster.failover(replica!);
    await Promise.all(keys.map((key) => other.set(key, 3)));
    await expect.poll(async () => new Set((await cache.getMany(keys)).values())).toEqual(new Set([3]));
    await armed(cache);
    for (const key of keys) await keep(cache, key);
    await told(cache, keys, other.setMany(keys.map((key) => [key, 4] as const)));
    expect(new Set((await cache.getMany(keys)).values())).toEqual(new Set([4]));
    await Promise.all([cache.close(), other.close()]);
  });
});

describe('tracking', () => {
  it('needs the connections of a user’s own pool', async () => {
    await expect(
      openCache({ connection: { type: 'memory', poolClass: RecordingPool }, tracking: true }),
    ).rejects.toThrow(ConfigError);
  });

  it('changes nothing on the embedded engine', async () => {
    const cache = await openCache({ tracking: true });
    await cache.set('k', { a: 1 });
    expect(await cache.get('k')).toEqual({ a: 1 });
    expect(() => copiesOf(cache)).toThrow('does not track');
    await cache.close();
  });
});
