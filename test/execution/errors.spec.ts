import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  CachexError,
  type CachexService,
  ConnectionError,
  KeyNotFoundError,
  OutOfMemoryError,
  ReadOnlyError,
  SerializerError,
  WrongTypeError,
} from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';

const password = 'hunter2-secret';
const secretValue = { card: '4111-1111-secret' };

describe('errors', () => {
  let server: RedisServer;
  let cache: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine: 'redis', password });
    cache = await openCache({ connection: { url: server.url, connect: 'eager' }, keyPrefix: 'app' });
  });
  afterAll(async () => {
    await cache.close();
    await server.stop();
  });

  const failure = async (call: Promise<unknown>): Promise<CachexError> =>
    call.then(
      () => expect.fail('it succeeded'),
      (error: unknown) => error as CachexError,
    );

  it('name one command, and count once, if one command sends or replaces another', async () => {
    const before = (await cache.stats()).errors;
    const calls = [
      () => cache.setIfEqual('text', () => 1, 'x'),
      () => cache.setIfEqual('text', 1, () => 1),
      () => cache.deleteIfEqual('text', () => 1),
      () => cache.set('text', () => 1, { xx: true, get: true }),
    ];
    for (const call of calls) {
      const { message } = await failure(call());
      expect(message.match(/"text"/g)).toHaveLength(1);
    }
    expect((await cache.stats()).errors - before).toBe(calls.length);
  });

  it('name command and key, and carry a stable code and the cause', async () => {
    await cache.set('text', 'x');
    const error = await failure(cache.hset('text', 'field', secretValue));
    expect(error).toBeInstanceOf(WrongTypeError);
    expect(error).toBeInstanceOf(CachexError);
    expect(error.code).toBe('CACHEX_WRONG_TYPE');
    expect(error.name).toBe('WrongTypeError');
    expect(error.message).toMatch(/^HSET "text": WRONGTYPE/);
    expect(error.cause).toMatchObject({ name: 'ReplyError' });
  });

  it.each([
    ['of the server', () => cache.hset('text', 'field', secretValue)],
    ['of the server in a pipeline', () => cache.pipeline().hset('text', 'field', secretValue).execute()],
    ['of the server in a transaction', () => cache.pipeline({ transaction: true }).sadd('text', secretValue).execute()],
    ['of the codec', () => cache.set('key', { secretValue, bad: () => secretValue })],
    ['of a missing key', () => cache.rename('missing', 'other')],
  ])('%s never show a value or a password, however deep one looks', async (_, call) => {
    await cache.set('text', 'x');
    const shown = inspect(await failure(call()), { depth: 20, showHidden: true });
    expect(shown).not.toContain('4111');
    expect(shown).not.toContain(password);
  });

  it('of the codec name command and key too', async () => {
    const error = await failure(cache.set('key', { bad: () => 1 }));
    expect(error).toBeInstanceOf(SerializerError);
    expect(error.message).toMatch(/^SET "key": /);
    await cache.getClient().set('app:1:foreign', Buffer.from([0xc7, 1, 2]));
    expect((await failure(cache.get('foreign'))).message).toMatch(/^GET "foreign": /);
  });

  it('of several keys name the first', async () => {
    expect((await failure(cache.renamenx('missing', 'other'))).message).toMatch(
      /^RENAMENX "missing" and 1 more: .*no such key/,
    );
    await expect(cache.renamenx('missing', 'other')).rejects.toThrow(KeyNotFoundError);
  });

  it('a service does not show its password either, nor a pipeline its values', () => {
    const pipeline = cache.pipeline().set('key', secretValue);
    for (const each of [cache, pipeline]) {
      const shown = inspect(each, { depth: 20, showHidden: true }) + JSON.stringify(each);
      expect(shown).not.toContain(password);
      expect(shown).not.toContain('4111');
    }
    expect(inspect(pipeline)).toBe('Pipeline { transaction: false, length: 1 }');
  });

  it('say what to do next', async () => {
    await cache.set('text', 'x');
    expect((await failure(cache.sadd('text', 1))).message).toMatch(/\(the key holds another type: .*\)\. See /);
    expect((await failure(cache.incr('text'))).message).toMatch(/\(the stored value is not such a number: .*\)\. See /);
  });

  it('a server that is full is an OutOfMemoryError', async () => {
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await expect(cache.set('key', 1)).rejects.toThrow(OutOfMemoryError);
      await expect(cache.incr('n', 1, { timeout: 5 })).rejects.toThrow(OutOfMemoryError);
    } finally {
      await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  it('a server that accepts no writes is a ReadOnlyError', async () => {
    await server.cli('REPLICAOF', '127.0.0.1', '1');
    try {
      await expect(cache.set('key', 1)).rejects.toThrow(ReadOnlyError);
    } finally {
      await server.cli('REPLICAOF', 'NO', 'ONE');
    }
  });

  it('a wrong password is an AuthenticationError, at an eager start and at the call', async () => {
    const connection = { url: server.url.replace(password, 'wrong-secret') };
    await expect(openCache({ connection: { ...connection, connect: 'eager' } })).rejects.toThrow(AuthenticationError);
    const refused = await openCache({ connection });
    const error = await failure(refused.get('key'));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(inspect(error, { depth: 20 })).not.toContain('wrong-secret');
    await refused.close();
  });

  it('a missing server is a ConnectionError with the address', async () => {
    const connection = { host: '127.0.0.1', port: 1 };
    const away = await openCache({ connection });
    const error = await failure(away.get('key'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/^GET "key": no connection to 127\.0\.0\.1:1.*ECONNREFUSED/);
    await away.close();
    await expect(
      openCache({ connection: { ...connection, connect: 'eager', connectTimeout: '200ms' } }),
    ).rejects.toThrow(/no connection to 127\.0\.0\.1:1 within 200 ms.*ECONNREFUSED/);
  });
});
