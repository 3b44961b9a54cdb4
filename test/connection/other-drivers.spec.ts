import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CachexService, CommandTimeoutError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';

interface Queue {
  push(item: { command: object }): void;
}
interface Inside {
  commandQueue: Queue & Record<string, unknown>;
  resetCommandQueue(): void;
}
type Listener = (...args: unknown[]) => void;

const inside = Redis.prototype as unknown as Inside;

function afterReset(change: (redis: Inside) => void): void {
  const { resetCommandQueue } = inside;
  vi.spyOn(inside, 'resetCommandQueue').mockImplementation(function (this: Inside) {
    resetCommandQueue.call(this);
    change(this);
  });
}

/** A driver that changes its sockets before anybody listens to them. */
function withSockets(server: RedisServer, change: (socket: Socket) => void): RedisOptions {
  class Connector {
    private socket: Socket | undefined;
    async connect(): Promise<Socket> {
      this.socket = connect(server.port, server.host);
      change(this.socket);
      return this.socket;
    }
    check = (): boolean => true;
    disconnect(): void {
      this.socket?.end();
    }
  }
  return { Connector: Connector as unknown as RedisOptions['Connector'] };
}

describe('whatever the driver and others do with a connection', () => {
  let server: RedisServer;
  let cache: CachexService;
  let metered = 0;
  const meter = (chunk: Buffer): number => (metered += chunk.length);
  beforeAll(async () => {
    server = await startServer({ engine: 'redis' });
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await cache.close();
    vi.restoreAllMocks();
  });

  const onConnect = (listen: (socket: Socket) => void) => (client: Redis) =>
    client.on('connect', () => listen(client.stream as Socket));

  it.each<[string, { before?(): RedisOptions | void; client?(client: Redis): unknown; meters?: boolean }]>([
    ['nothing', {}],
    [
      'a meter before all other listeners',
      { client: onConnect((s) => s.prependListener('data', meter)), meters: true },
    ],
    ['a meter behind them', { client: onConnect((socket) => socket.on('data', meter)), meters: true }],
    ['a meter from the start', { before: () => withSockets(server, (s) => s.on('data', meter)), meters: true }],
    [
      'a meter that comes with the connection',
      { before: () => withSockets(server, (s) => s.once('connect', () => s.on('data', meter))), meters: true },
    ],
    [
      'a meter that comes later',
      {
        client: (client: Redis) =>
          client.once('ready', () => setTimeout(() => client.stream.prependListener('data', meter))),
      },
    ],
    [
      'listeners that are wrapped',
      {
        before: () =>
          withSockets(server, (socket) => {
            const prepend = socket.prependListener.bind(socket) as (event: string, listener: Listener) => Socket;
            socket.prependListener = ((event: string, listener: Listener) =>
              prepend(event, (...args) => listener(...args))) as Socket['prependListener'];
          }),
      },
    ],
    [
      'a driver that reads without data events',
      {
        before: () =>
          withSockets(server, (socket) => {
            socket.prependListener = ((_: string, listener: Listener) =>
              socket.on('readable', () => {
                for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) listener(chunk);
              })) as Socket['prependListener'];
          }),
      },
    ],
    [
      'a driver that reads without data events, and a meter',
      {
        before: () =>
          withSockets(server, (socket) => {
            const prepend = socket.prependListener.bind(socket) as (event: string, listener: Listener) => Socket;
            socket.prependListener = ((event: string, listener: Listener) => {
              if (event !== 'data' || (listener as unknown) === meter) return prepend(event, listener);
              return socket.on('readable', () => {
                for (let chunk: unknown = socket.read(); chunk !== null; chunk = socket.read()) listener(chunk);
              });
            }) as Socket['prependListener'];
          }),
        client: onConnect((socket) => socket.prependListener('data', meter)),
      },
    ],
    [
      'wrapped commands',
      {
        before: () =>
          afterReset(({ commandQueue }) => {
            const push = commandQueue.push.bind(commandQueue);
            commandQueue.push = (item) =>
              push({ ...item, command: Object.create(item.command, { own: { value: 1 } }) });
          }),
      },
    ],
  ])('each call gets its own answer, in time: %s', async (_, { before, client, meters }) => {
    metered = 0;
    const redisOptions = before?.() ?? {};
    const connection = { host: server.host, port: server.port, commandTimeout: '1s', redisOptions } as const;
    cache = await openCache({ connection, keyPrefix: randomUUID() }, new QuietLogger('Cachex'));
    client?.(cache.getClient() as Redis);
    const keys = Array.from({ length: 100 }, (__, n) => `k${n}`);
    const long = 'x'.repeat(3000);
    await cache.setMany(Object.fromEntries(keys.map((key) => [key, key + long])));
    for (let round = 0; round < 3; round++) {
      const got = await Promise.all(keys.map((key) => cache.get(key)));
      expect(got).toEqual(keys.map((key) => key + long));
      expect(await (cache.getClient() as Redis).strlen(cache.makeKey('k0'))).toBeGreaterThan(3000);
    }
    expect(metered).toBe(meters ? (cache.getClient() as Redis).stream.bytesRead : metered);
    server.pause();
    try {
      const calls = await Promise.allSettled([cache.get('k0'), cache.pipeline().get('k0').get('k1').execute()]);
      for (const call of calls) expect(call).toMatchObject({ reason: expect.any(CommandTimeoutError) });
    } finally {
      server.resume();
    }
    await expect.poll(() => cache.get('k1').catch(() => undefined), { timeout: 20_000 }).toBe(`k1${long}`);
  });

  // A TLS socket may report the server's alert after its own refusal of the certificate; the driver hears one error.
  it('a socket that reports a second error ends no process', async () => {
    const cache = await openCache({ connection: server.url });
    await cache.set('a', 1);
    const client = cache.getClient() as Redis;
    const { stream } = client;
    const closed = new Promise((resolve) => client.once('close', resolve));
    stream.destroy(new Error('the certificate is refused'));
    await closed;
    expect(() => stream.emit('error', new Error('alert'))).not.toThrow();
    await cache.close();
  });
});
