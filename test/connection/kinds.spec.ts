import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  type CachexOptions,
  type CachexService,
  ConfigError,
  ConnectionError,
} from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import { type SentinelDeployment, startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { startAll, stopAll } from '../servers/start-all.js';
import { type Certificates, createCertificates } from '../servers/tls.js';

type Connection = NonNullable<CachexOptions['connection']>;

const password = 'p@ss/w:rd?#%';
const encoded = encodeURIComponent(password);

let certificates: Certificates;
let plain: RedisServer;
let secured: RedisServer;
let encrypted: RedisServer;
let mutual: RedisServer;
let sentinel: SentinelDeployment;
let cluster: RedisCluster;
beforeAll(async () => {
  certificates = await createCertificates();
  [plain, secured, encrypted, mutual, sentinel, cluster] = (await startAll<{ stop(): Promise<void> }>([
    startServer({ engine: 'valkey', unixSocket: true }),
    startServer({
      engine: 'redis',
      password,
      unixSocket: true,
      aclUsers: { app: `on >${password} ~app:* &* +@all -flushdb` },
    }),
    startServer({ engine: 'redis', tls: certificates }),
    startServer({ engine: 'valkey', tls: certificates, config: { 'tls-auth-clients': 'yes' } }),
    startSentinel({ engine: 'redis', password, sentinelPassword: 'of the Sentinels', tls: certificates }),
    startCluster({ engine: 'valkey', replicasPerPrimary: 0, password, tls: certificates }),
  ])) as [RedisServer, RedisServer, RedisServer, RedisServer, SentinelDeployment, RedisCluster];
});
afterAll(async () => {
  await stopAll([plain, secured, encrypted, mutual, sentinel, cluster]);
  await certificates.stop();
});

const addressOf = ({ host, port }: RedisServer) => ({ host, port });

async function withCache<T>(connection: Connection, use: (cache: CachexService) => Promise<T>): Promise<T> {
  const cache = await openCache({ connection, keyPrefix: 'app' }, new QuietLogger('Cachex'));
  try {
    return await use(cache);
  } finally {
    await cache.close();
  }
}

/** One call over a shared connection, one over a connection of its own. */
async function works(cache: CachexService): Promise<void> {
  await cache.rpush('list', 'x');
  expect(await cache.blpop(['list'], '5s')).toEqual(['list', 'x']);
}

const ca = () => ({ ca: certificates.ca.cert });
const asClient = () => ({ ...ca(), cert: certificates.client.cert, key: certificates.client.key });

describe('a connection', () => {
  it.each<[string, () => Connection]>([
    ['redis://', () => plain.url],
    ['valkey://', () => plain.url.replace('redis:', 'valkey:')],
    ['host and port', () => addressOf(plain)],
    ['unix://', () => `unix://${plain.unixSocket}`],
    ['path', () => ({ path: plain.unixSocket! })],
    ['redis:// with a password', () => secured.url],
    ['redis:// with a user', () => `redis://app:${encoded}@${secured.host}:${secured.port}`],
    ['unix:// with a user', () => `unix://app:${encoded}@${secured.unixSocket}`],
    ['username and password', () => ({ ...addressOf(secured), username: 'app', password })],
    ['rediss:// and a private CA', () => ({ url: encrypted.url, tls: ca() })],
    ['valkeys:// and a private CA', () => ({ url: encrypted.url.replace('rediss:', 'valkeys:'), tls: ca() })],
    ['tls with a client certificate', () => ({ ...addressOf(mutual), tls: asClient() })],
    [
      'Sentinels with a password and TLS of their own',
      () => ({
        name: sentinel.name,
        sentinels: sentinel.sentinels.map(addressOf),
        password,
        tls: ca(),
        sentinelPassword: 'of the Sentinels',
        sentinelTls: ca(),
      }),
    ],
    [
      'Sentinels, the first of which is away',
      () => ({
        name: sentinel.name,
        sentinels: [{ host: '127.0.0.1', port: 1 }, ...sentinel.sentinels.map(addressOf)],
        password,
        tls: ca(),
        sentinelPassword: 'of the Sentinels',
        sentinelTls: ca(),
      }),
    ],
    ['a cluster with password and TLS', () => ({ nodes: cluster.nodes.map(addressOf), password, tls: ca() })],
    [
      'one node of a cluster',
      () => ({ nodes: [`rediss://:${encoded}@127.0.0.1:${cluster.nodes[1]!.port}`], tls: ca() }),
    ],
  ])('by %s works', async (_, connection) => {
    await withCache(connection(), works);
  });

  it.each<[string, () => Connection]>([
    ['/3', () => `${plain.url}/3`],
    ['?db=3', () => `unix://${plain.unixSocket}?db=3`],
    ['db: 3', () => ({ ...addressOf(plain), db: 3 })],
  ])('with %s uses that database, whatever connection is used', async (_, connection) => {
    await withCache(connection(), async (cache) => {
      await cache.rpush('list', 'x', 'y');
      expect(await plain.cli('INFO', 'keyspace')).toContain('db3:keys=1');
      await works(cache);
      await cache.flushDb();
    });
  });

  /** What is refused for good ends the start at once, whatever the time. */
  const eager = (connection: object, connectTimeout = '20s'): Connection => ({
    ...connection,
    connect: 'eager',
    connectTimeout,
  });
  const tried = (connection: object): Connection => eager(connection, '700ms');

  it.each<[string, () => Connection, new (...args: never[]) => Error, RegExp]>([
    [
      'a wrong password',
      () => eager({ url: `redis://:wrong@127.0.0.1:${secured.port}` }),
      AuthenticationError,
      /WRONGPASS/,
    ],
    ['no password', () => eager(addressOf(secured)), AuthenticationError, /NOAUTH/],
    ['a database that is not there', () => eager({ ...addressOf(plain), db: 16 }), ConfigError, /has no database 16/],
    ['an unknown CA', () => tried({ ...addressOf(encrypted), tls: true }), ConnectionError, /certificate/],
    ['no client certificate', () => tried({ ...addressOf(mutual), tls: ca() }), ConnectionError, /within 700 ms/],
    ['no TLS', () => tried(addressOf(encrypted)), ConnectionError, /within 700 ms/],
    [
      'a wrong password of a cluster',
      () => eager({ nodes: cluster.nodes.map(addressOf), password: 'wrong', tls: ca() }),
      AuthenticationError,
      /WRONGPASS/,
    ],
    [
      'no password for the Sentinels',
      () => eager({ name: 'mymaster', sentinels: sentinel.sentinels.map(addressOf), sentinelTls: ca() }),
      AuthenticationError,
      /NOAUTH/,
    ],
    [
      'a name that the Sentinels do not know',
      () =>
        tried({
          name: 'nobody',
          sentinels: sentinel.sentinels.map(addressOf),
          sentinelPassword: 'of the Sentinels',
          sentinelTls: ca(),
        }),
      ConnectionError,
      /nobody.*Sentinels/,
    ],
  ])('with %s fails at an eager start, and says why', async (_, connection, type, message) => {
    const failed = withCache(connection(), works);
    await expect(failed).rejects.toThrow(type);
    await expect(failed).rejects.toThrow(message);
  });

  it('reports a missing database at the call, too', async () => {
    await withCache({ ...addressOf(plain), db: 16 }, async (cache) => {
      await expect(cache.get('key')).rejects.toThrow(ConfigError);
      await expect(cache.get('key')).rejects.toThrow(/^GET "key": 127\.0\.0\.1:\d+ has no database 16/);
    });
  });

  it('lets the application start without a server in the background', async () => {
    await withCache({ host: '127.0.0.1', port: 1, connect: 'background' }, async (cache) => {
      await expect(cache.get('key')).rejects.toThrow(ConnectionError);
    });
    await withCache({ nodes: ['127.0.0.1:1'], connect: 'background', commandTimeout: '1s' }, async (cache) => {
      await expect(cache.get('key')).rejects.toThrow(/no connection to the cluster of 127\.0\.0\.1:1/);
    });
  });
});

describe('poolSize', () => {
  it.each<[string, () => Connection, () => readonly RedisServer[], number]>([
    ['a server', () => ({ ...addressOf(plain), poolSize: 3 }), () => [plain], 3],
    [
      'a cluster',
      () => ({ nodes: cluster.nodes.map(addressOf), password, tls: ca(), poolSize: 2 }),
      () => cluster.nodes,
      2,
    ],
  ])('spreads calls over so many connections to %s', async (_, connection, servers, size) => {
    await withCache(connection(), async (cache) => {
      const keys = Array.from({ length: 100 }, (__, n) => `key:${n}`);
      await Promise.all(keys.map((key) => cache.set(key, 1, 60)));
      for (const server of servers()) {
        const clients = (await server.cli('CLIENT', 'LIST')).split('\n').filter((line) => line.includes('cmd=set '));
        expect(clients).toHaveLength(size);
      }
      expect((await cache.keys('key:*')).toSorted()).toEqual(keys.toSorted());
      expect(await cache.clear()).toBe(100);
    });
  });
});
