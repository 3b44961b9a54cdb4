import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Cluster, Command, Redis, type RedisOptions } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { DriverCommand } from '../../lib/connection/driver/driver-command.js';
import { ReplyReader } from '../../lib/connection/driver/reply-reader.js';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';

describe.each(['redis standalone', 'valkey sentinel', 'redis cluster'])('on one connection, %s', (topology) => {
  let cache: CachexService;
  let client: Redis | Cluster;
  beforeEach(async () => {
    cache = await openCache({ connection: inject('connections')[topology]!, keyPrefix: randomUUID() });
    client = cache.getClient();
  });
  afterEach(() => cache.close());

  it('each call gets its own reply, whoever reads it', async () => {
    const number = cache.makeKey('number');
    const text = cache.makeKey('text');
    const long = 'long '.repeat(100_000);
    await Promise.all([cache.set('number', 0), cache.set('text', long)]);
    const rounds = Array.from({ length: 50 }, async (_, index) => {
      const own = [cache.incr('number'), cache.get('text'), cache.get('nothing'), cache.incr('text').catch(nameOf)];
      const drivers = [
        client.incr(number),
        client.strlen(text),
        client.get('nothing'),
        client.incr(text).catch(nameOf),
      ];
      const values = [...(await Promise.all(own)), ...(await Promise.all(drivers))];
      expect(values).toEqual([
        2 * index + 1,
        long,
        undefined,
        expect.stringMatching(/Error$/),
        2 * index + 2,
        expect.anything(),
        null,
        'ReplyError',
      ]);
    });
    await Promise.all(rounds);
  });

  it('transactions and lists are no different', async () => {
    const key = cache.makeKey('list');
    await cache.rpush('list', 'a', 'b', 'c');
    const [own, drivers, again] = await Promise.all([
      cache.pipeline({ transaction: true }).lrange('list', 0, -1).llen('list').execute(),
      client.multi().llen(key).lrange(key, 0, 0).exec(),
      cache.lrange('list', 1, 2),
    ]);
    expect(own).toEqual([['a', 'b', 'c'], 3]);
    expect(drivers).toEqual([
      [null, 3],
      [null, [expect.stringContaining('a')]],
    ]);
    expect(again).toEqual(['b', 'c']);
  });
});

describe('of the bytes from the server', () => {
  let redis: Redis;
  let stream: PassThrough;
  /** The bytes that the driver received. */
  let passed: unknown[];
  beforeEach(() => connect());
  afterEach(() => redis.disconnect());

  async function connect(options: RedisOptions = {}): Promise<void> {
    passed = [];
    stream = new PassThrough();
    // A PassThrough returns everything that is written to it.
    Object.assign(stream, { write: () => true, setNoDelay: () => stream, setKeepAlive: () => stream });
    class Connector {
      connect = async (): Promise<PassThrough> => stream;
      check = (): boolean => true;
      disconnect(): void {
        stream.destroy();
      }
    }
    redis = new Redis({
      lazyConnect: true,
      protocol: 2,
      enableReadyCheck: false,
      disableClientInfo: true,
      retryStrategy: null,
      Connector: Connector as unknown as RedisOptions['Connector'],
      ...options,
    });
    redis.on('error', (error: Error) => passed.push(error.message));
    const reader = new ReplyReader(redis);
    await redis.connect();
    expect(reader.lastWords).toBeUndefined();
  }
  function send(name = 'get'): DriverCommand {
    return add(new DriverCommand(name, ['key']));
  }
  function add<T extends Command | DriverCommand>(command: T): T {
    void (redis.sendCommand(command as Command) as Promise<unknown>).catch((error: Error) =>
      passed.push(error.message),
    );
    return command;
  }
  async function receive(replies: string): Promise<void> {
    stream.emit('data', Buffer.from(replies));
    await setImmediate();
  }

  it('the library reads the replies to its own commands, on each connection', async () => {
    const calls = [send(), send()];
    await receive(':1\r\n+OK\r\n');
    expect(await Promise.all(calls.map(({ promise }) => promise))).toEqual([1, Buffer.from('OK')]);
    expect(redis.commandQueue).toHaveLength(0);
  });

  it('errors go to the driver', async () => {
    const call = send();
    await receive('-MOVED 1 127.0.0.1:1\r\n');
    await expect(call.promise).rejects.toThrow('MOVED 1 127.0.0.1:1');
  });

  it('so do replies to other commands', async () => {
    const call = send();
    const other = add(new Command('get', ['key'], { replyEncoding: 'utf8' }));
    await receive(':1\r\n$1\r\n2\r\n');
    expect(await call.promise).toBe(1);
    expect(await other.promise).toBe('2');
  });

  it('and messages at a subscriber', async () => {
    send();
    const message = vi.fn();
    redis.on('message', message);
    Object.assign(redis.condition!, { subscriber: { channels: () => [] } });
    await receive('*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n');
    expect(message).toHaveBeenCalledWith('a', 'b');
  });

  // Before ioredis 6 the driver speaks only RESP2.
  it.runIf('protocol' in new Redis({ lazyConnect: true }).options)(
    'and all of a connection that was asked for RESP3, whose replies are of other kinds',
    async () => {
      const connected = connect({ protocol: 3 });
      await setImmediate();
      await receive('%1\r\n+proto\r\n:3\r\n');
      await connected;
      const calls = [send(), send()];
      await receive('*2\r\n:1\r\n');
      await receive('_\r\n#t\r\n');
      expect(await Promise.all(calls.map(({ promise }) => promise))).toEqual([[1, null], 1]);
    },
  );

  it('bytes that are no reply end the connection, and fail its waiters', async () => {
    const calls = [send(), add(new Command('get', ['key']))];
    await receive(':1.5\r\n:2\r\n');
    for (const { promise } of calls) await expect(promise).rejects.toThrow();
    expect(stream.destroyed).toBe(true);

    expect(passed).toContain('the server sent something that is not a Redis reply: an invalid integer');
  });
});

it('leaves messages for a subscriber to the driver', async () => {
  const cache = await openCache({ connection: inject('connections')['redis standalone']!, keyPrefix: randomUUID() });
  const client = cache.getClient() as Redis;
  const channel = randomUUID();
  await cache.set('key', 1);
  const message = once(client, 'message');
  await client.subscribe(channel);
  await expect(cache.get('key')).rejects.toThrow();
  const other = client.duplicate({ lazyConnect: false });
  await other.publish(channel, 'news');
  expect(await message).toEqual([channel, 'news']);
  await client.unsubscribe(channel);
  expect(await Promise.all([cache.get('key'), client.strlen(cache.makeKey('key'))])).toEqual([1, 1]);
  await Promise.all([cache.close(), other.quit()]);
});

function nameOf(error: Error): string {
  return error.name;
}
