import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BlockingWireCommand,
  CachexModule,
  CachexService,
  type ConnectionPool,
  getConnectionPoolToken,
  type ResolvedConnection,
  type ServerNode,
  type WireCommand,
} from '../../lib/index.js';
import { type RedisServer, startServer } from '../servers/server.js';

/** A user's own pool, which counts its calls. */
class CountingPool implements ConnectionPool, ServerNode {
  readonly address = 'counted';
  readonly counts = new Map<string, number>();
  private readonly redis: Redis;

  constructor(connection: ResolvedConnection) {
    if (connection.type !== 'standalone') throw new TypeError('CountingPool is for one server');
    const { host, port, password, commandTimeoutMs } = connection;
    this.redis = new Redis({ host, port, password, commandTimeout: commandTimeoutMs, lazyConnect: true, protocol: 2 });
    this.redis.on('error', () => undefined);
  }

  async connect(): Promise<void> {
    await this.redis.connect();
  }

  async send({ name, args }: WireCommand): Promise<unknown> {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return this.redis.callBuffer(name, ...args);
  }

  sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return Promise.all(commands.map((command) => this.send(command).catch((error: unknown) => error)));
  }

  async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    const multi = this.redis.multi();
    for (const { name, args } of commands) multi.callBuffer(name, ...args);
    const results = (await multi.exec()) ?? [];
    return results.map(([error, reply]) => error ?? reply);
  }

  async sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    const [reply] = await this.transaction([command]);
    return reply;
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this];
  }

  client(): Redis {
    return this.redis;
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}

let server: RedisServer;
beforeAll(async () => {
  server = await startServer({ engine: 'redis', password: 'secret' });
});
afterAll(() => server.stop());

it('a poolClass of the user’s own serves the whole cache, and can be injected', async () => {
  const connection = { url: server.url, poolClass: CountingPool, connect: 'eager' } as const;
  const app = await Test.createTestingModule({
    imports: [CachexModule.forRoot({ connection, keyPrefix: 'own' })],
  }).compile();
  await app.init();
  const cache = app.get(CachexService);
  const pool = app.get<CountingPool>(getConnectionPoolToken());
  expect(pool).toBeInstanceOf(CountingPool);

  await cache.set('a', { b: 1 });
  expect(await cache.get('a')).toEqual({ b: 1 });
  expect(await cache.setMany({ x: 1, y: 2 })).toEqual([]);
  expect([...(await cache.getMany(['y', 'x']))]).toEqual([
    ['y', 2],
    ['x', 1],
  ]);
  expect(await cache.pipeline({ transaction: true }).incr('x').hgetall('h').execute()).toEqual([2, new Map()]);
  await cache.rpush('list', 'z');
  expect(await cache.blpop(['list'], 1)).toEqual(['list', 'z']);
  expect((await cache.keys()).toSorted()).toEqual(['a', 'x', 'y']);
  expect(await cache.incrVersion('a')).toBe(2);
  expect(await cache.clear()).toBe(2);
  expect(cache.getClient()).toBe(pool.client());
  expect(pool.counts.get('SET')).toBe(3);
  await app.close();
  await expect(cache.get('a')).rejects.toMatchObject({ code: 'CACHEX_CONNECTION' });
});

it('an error of its constructor stops the application', async () => {
  const sentinels = ['127.0.0.1:1'];
  const connection = { type: 'sentinel', name: 'm', sentinels, poolClass: CountingPool } as const;
  const module = Test.createTestingModule({ imports: [CachexModule.forRoot({ connection })] });
  await expect(module.compile()).rejects.toThrow('CountingPool is for one server');
});
