import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { tracingChannel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type CachexOptions, type CachexService, type CommandMessage, WrongTypeError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { armed, keep } from '../tracking/tracked.js';
import { Listener } from './listener.js';

const secret = 'card 4111-1111';

describe('the channel nest-cachex:command', () => {
  let server: RedisServer;
  let name: string;
  let cache: CachexService;
  let listener: Listener;
  const open = (options: CachexOptions = {}) =>
    openCache({ connection: server.url, keyPrefix: name, ...options }, new QuietLogger('Cachex'), name);

  beforeAll(async () => {
    server = await startServer({ engine: 'valkey' });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    name = randomUUID();
    cache = await open();
    listener = new Listener(name);
  });
  afterEach(() => cache.close());

  it('reports a command, and its server', async () => {
    await cache.set('key', secret);
    expect(listener.messages).toEqual([
      {
        cache: name,
        command: 'SET',
        keyCount: 1,
        topology: 'standalone',
        serverAddress: '127.0.0.1',
        serverPort: server.port,
        database: 0,
      },
    ]);
    expect(listener.events).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
  });

  it.each<[string, (on: CachexService) => Promise<unknown>, string[]]>([
    ['one with another ahead, once', (on) => on.hasKey('key'), ['PTTL']],
    ['one that reads many keys', (on) => on.getMany(['a', 'b']), ['MGET']],
    ['one that waits', (on) => on.blpop(['list'], 0.01), ['BLPOP']],
    ['each of a method that sends several', (on) => on.getOrSet('key', 1), ['GET', 'SET', 'EVALSHA']],
    [
      'the trips of one for many keys',
      (on) => on.getOrSetMany(['k', 'l'], () => [1, 2], { setsTags: false }),
      ['MGET', 'PIPELINE', 'PIPELINE'],
    ],
    ['those of a lock', (on) => on.lock('l', { timeout: 5 }).using(() => 1), ['EVALSHA', 'EVALSHA']],
    ['those for each server', (on) => on.flushDb(), ['FLUSHDB']],
    ['none that has nothing to do', (on) => on.getMany([]), []],
    ['none that asks for statistics', (on) => on.stats(), []],
    ['a pipeline of one as that one', (on) => on.pipeline().incr('n').execute(), ['INCRBY']],
    ['a transaction of one', (on) => on.pipeline({ transaction: true }).incr('n').execute(), ['MULTI']],
  ])('tells of %s', async (_, call, commands) => {
    await call(cache);
    expect(listener.commands).toEqual(commands);
    expect(listener.events.filter((event) => event === 'asyncEnd')).toHaveLength(commands.length);
  });

  it('reports commands that are sent together as one', async () => {
    await cache.pipeline().set('a', 1).hget('h', 'f').hasKey('a').renamenx('a', 'b').execute();
    expect(listener.messages).toMatchObject([
      { command: 'PIPELINE', batch: ['SET', 'HGET', 'PTTL', 'RENAMENX'], keyCount: 5 },
    ]);
    expect(listener.events).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
  });

  it('names a script', async () => {
    const script = cache.registerScript('take', 'return 1', { numKeys: 1 });
    await cache.evalScript(script, ['key']);
    expect(listener.messages).toMatchObject([{ command: 'EVALSHA', script: 'take', keyCount: 1 }]);
  });

  it('reports that a command failed, with the error', async () => {
    await cache.set('secret-key', secret);
    await expect(cache.lpush('secret-key', secret)).rejects.toThrow(WrongTypeError);
    expect(listener.messages[1]!.error).toEqual({
      name: 'WrongTypeError',
      code: 'CACHEX_WRONG_TYPE',
      message: 'LPUSH failed',
    });
    expect(listener.events.slice(4)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
  });

  it('reports the first error of a pipeline', async () => {
    await cache.set('text', 'x');
    await cache.pipeline().get('text').incr('text').lpush('text', 1).execute({ throwOnError: false });
    expect(listener.messages[1]).toMatchObject({ command: 'PIPELINE', error: { message: 'PIPELINE failed' } });
    expect(listener.events.filter((event) => event === 'error')).toHaveLength(1);
  });

  it('reports an ignored error', async () => {
    const away = await open({ connection: { host: '127.0.0.1', port: 1 }, ignoreExceptions: true });
    expect(await away.get('key')).toBeUndefined();
    await away.pipeline().get('a').get('b').execute();
    const error = { code: 'CACHEX_CONNECTION' };
    expect(listener.messages).toMatchObject([
      { command: 'GET', error, ignored: true },
      { command: 'PIPELINE', error, ignored: true },
    ]);
    await away.close();
  });

  it('reports a waiting command as given up', async () => {
    const aborter = new AbortController();
    const wait = cache.blpop(['list'], 10, { signal: aborter.signal });
    aborter.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
    expect(listener.events.at(-1)).toBe('asyncEnd');
    expect(listener.messages[0]!.error).toBeUndefined();
  });

  describe('with keys', () => {
    it('hides them, and values, by default', async () => {
      await cache.set('secret-key', secret);
      await cache.getMany(['secret-key']);
      await cache.pipeline().set('secret-key', secret).lpush('secret-key', secret).execute({ throwOnError: false });
      await cache.lpush('secret-key', 1).catch(() => undefined);
      const told = inspect(listener.messages, { depth: 20, showHidden: true });
      expect(listener.messages).toHaveLength(4);
      expect(told).not.toContain('secret');
      expect(told).not.toContain('4111');
      expect(told).not.toContain('result');
    });

    it('shows them as written with traceKeys, and still no values', async () => {
      const open1 = await open({ traceKeys: true });
      await open1.setMany({ 'user:1': secret, 'user:2': secret });
      await open1.rename('user:1', 'user:3');
      await open1.get('user:3');
      await expect(open1.lpush('user:2', 1)).rejects.toThrow();
      expect(listener.messages.map(({ keys }) => keys)).toEqual([
        ['user:1', 'user:2'],
        ['user:1', 'user:3'],
        ['user:3'],
        ['user:2'],
      ]);
      expect(listener.messages.at(-1)!.error!.message).toMatch(/^LPUSH "user:2": /);
      expect(inspect(listener.messages, { depth: 20, showHidden: true })).not.toContain('4111');
      await open1.close();
    });
  });

  it('reports nothing that local copies answer, because nothing is sent', async () => {
    const tracked = await open({ tracking: true });
    await tracked.setMany({ a: 1, b: 2 });
    await armed(tracked);
    await keep(tracked, 'a');
    await keep(tracked, 'b');
    listener.messages.length = 0;
    await tracked.get('a');
    await tracked.getMany(['a', 'b']);
    await tracked.pipeline().get('a').get('b').execute();
    expect(listener.commands).toEqual([]);
    await tracked.getMany(['a', 'c']);
    await tracked.get('c');
    expect(listener.messages).toMatchObject([{ command: 'MGET', keyCount: 2 }, { command: 'GET' }]);
    await tracked.close();
  });

  it('binds the listeners’ stores around the sending', async () => {
    const channel = tracingChannel<CommandMessage, CommandMessage>('nest-cachex:command');
    const store = new AsyncLocalStorage<string>();
    channel.start.bindStore(store as AsyncLocalStorage<unknown> as AsyncLocalStorage<CommandMessage>);
    onTestFinished(() => void channel.start.unbindStore(store as AsyncLocalStorage<unknown> as never));
    const seen: unknown[] = [];
    const pool = cache['executor'].pool;
    const send = pool.send.bind(pool);
    pool.send = (command) => {
      seen.push(store.getStore());
      return send(command);
    };
    await cache.get('key');
    expect(seen).toEqual([listener.messages[0]]);
    expect(store.getStore()).toBeUndefined();
  });
});
