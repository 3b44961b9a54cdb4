import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Cluster, Command, Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { DriverCommand } from '../../lib/connection/driver-command.js';
import { ReplyReader } from '../../lib/connection/reply-reader.js';
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

describe('of what comes from the server', () => {
  let redis: Redis;
  let reader: ReplyReader;
  let driver: Buffer[];
  beforeEach(() => {
    redis = new Redis({ lazyConnect: true });
    reader = new ReplyReader(redis);
    connect();
  });

  function connect(): void {
    driver = [];
    redis.stream = new PassThrough().on('data', (chunk: Buffer) => driver.push(chunk)) as unknown as Redis['stream'];
  }
  function send(): DriverCommand {
    reader.begin();
    return add(new DriverCommand('get', ['key']));
  }
  function add<T extends Command | DriverCommand>(command: T): T {
    redis.commandQueue.push({ command: command as Command, stream: redis.stream, select: 0 });
    return command;
  }
  async function receive(replies: string): Promise<string> {
    redis.stream.emit('data', Buffer.from(replies));
    await setImmediate();
    return Buffer.concat(driver).toString();
  }

  it('the library reads what it has asked for, on each connection', async () => {
    for (let connections = 0; connections < 2; connections++) {
      connect();
      const calls = [send(), send()];
      expect(await receive(':1\r\n+OK\r\n')).toBe('');
      expect(await Promise.all(calls.map(({ promise }) => promise))).toEqual([1, Buffer.from('OK')]);
      expect(redis.commandQueue).toHaveLength(0);
    }
  });

  it('errors are for the driver', async () => {
    send();
    expect(await receive('-MOVED 1 127.0.0.1:1\r\n')).toBe('-MOVED 1 127.0.0.1:1\r\n');
  });

  it('so is what others have asked for', async () => {
    const call = send();
    add(new Command('get'));
    expect(await receive(':1\r\n:2\r\n')).toBe(':2\r\n');
    expect(await call.promise).toBe(1);
  });

  it('and what nobody has asked for, at a subscriber', async () => {
    send();
    Object.assign(redis, { condition: { subscriber: {} } });
    const message = '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n';
    expect(await receive(message)).toBe(message);
  });

  it('and all of a connection that was asked for RESP3, whose replies are of other kinds', async () => {
    send();
    Object.assign(redis, { condition: { protocol: 3 } });
    await receive('*2\r\n:1\r\n');
    expect(await receive('_\r\n')).toBe('*2\r\n:1\r\n_\r\n');
  });

  it('and all of a connection that waits for replies already: one may be half read', async () => {
    add(new DriverCommand('get', ['key']));
    await receive('$6\r\n');
    send();
    expect(await receive(':1\r\n:2\r\n')).toBe('$6\r\n:1\r\n:2\r\n');
  });
});

it('leaves to the driver what comes to a subscriber', async () => {
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
