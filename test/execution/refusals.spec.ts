import { getEventListeners } from 'node:events';
import { ReplyError } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import {
  AuthenticationError,
  type CachexError,
  CommandError,
  ConnectionError,
  CrossSlotError,
  KeyNotFoundError,
  NotSupportedError,
  OutOfMemoryError,
  PipelineError,
  ReadOnlyError,
  resolveOptions,
  ScriptError,
  WrongTypeError,
} from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { RecordingPool } from '../recording-pool.js';
import { type RedisServer, startServer } from '../servers/server.js';

/** A cache whose server gives this reply to every command. */
function cacheThatHears(reply: string, ignoreExceptions: boolean) {
  const pool = new RecordingPool();
  pool.reply = () => new ReplyError(reply);
  return createService(resolveOptions({ ignoreExceptions }), pool, new QuietLogger('Cachex'));
}

it('a node of a cluster that was taken for a single server says how to connect to it', async () => {
  const call = cacheThatHears('MOVED 3999 127.0.0.1:6381', false).get('key');
  await expect(call).rejects.toThrow('connect to it with connection.nodes');
});

describe('a server that cannot answer at the moment', () => {
  it.each([
    'LOADING Redis is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'CLUSTERDOWN The cluster is down',
    'CLUSTERDOWN Hash slot not served',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'MOVED 3999 127.0.0.1:6381',
    'ASK 3999 127.0.0.1:6381',
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'BUSY Valkey is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.',
    'BUSY Redis is busy running a module command.',
    'ERR max number of clients reached',
    'ERR max number of clients + cluster connections reached',
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
    'EXECABORT Transaction discarded because of: BUSY Redis is busy running a script. You can only call SCRIPT KILL.',
    'EXECABORT Transaction discarded because of: LOADING Redis is loading the dataset in memory',
  ])('is away, which ignoreExceptions covers: %s', async (reply) => {
    const strict = cacheThatHears(reply, false);
    await expect(strict.get('key')).rejects.toThrow(ConnectionError);
    await expect(strict.get('key')).rejects.toThrow(`GET "key": ${reply}`);
    const lenient = cacheThatHears(reply, true);
    expect(await lenient.get('key')).toBeUndefined();
    expect(await lenient.set('key', 1)).toBe(false);
    expect(await lenient.pipeline().get('key').hlen('h').execute()).toEqual([undefined, 0]);
  });

  it('lets waiting calls share one listener on their signal, and ends them with it', async () => {
    const pool = new RecordingPool();
    pool.sendBlocking = () => Promise.reject(new ReplyError('LOADING Redis is loading the dataset in memory'));
    const cache = createService(resolveOptions({ ignoreExceptions: true }), pool, new QuietLogger('Cachex'));
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => cache.blpop(['list'], '30s', { signal })));
    await expect.poll(() => getEventListeners(signal, 'abort').length).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await calls).toEqual(Array(20).fill({ status: 'rejected', reason }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('a refusal is never ignored', () => {
  it.each<[string, new (...args: never[]) => CachexError]>([
    ['WRONGTYPE Operation against a key holding the wrong kind of value', WrongTypeError],
    ['ERR value is not an integer or out of range', WrongTypeError],
    ['ERR no such key', KeyNotFoundError],
    ["OOM command not allowed when used memory > 'maxmemory'.", OutOfMemoryError],
    ["READONLY You can't write against a read only replica.", ReadOnlyError],
    ['NOREPLICAS Not enough good replicas to write.', ReadOnlyError],
    ['MISCONF Redis is configured to save RDB snapshots, but cannot', ReadOnlyError],
    ['NOAUTH Authentication required.', AuthenticationError],
    ['WRONGPASS invalid username-password pair or user is disabled.', AuthenticationError],
    ["NOPERM this user has no permissions to run the 'get' command", AuthenticationError],
    ["ERR The user executing the script can't run this command or subcommand", AuthenticationError],
    ["CROSSSLOT Keys in request don't hash to the same slot", CrossSlotError],
    [
      "EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.",
      ReadOnlyError,
    ],
    ['READONLY Can not run script with write flag on readonly replica', ReadOnlyError],
    ['MISCONF Redis is configured to save RDB snapshots. Writable scripts are blocked.', ReadOnlyError],
    ['DENIED Redis is running in protected mode because no password is set for the default user.', AuthenticationError],
    ['NOSCRIPT No matching script. Please use EVAL.', ScriptError],
    ['NOTBUSY No scripts in execution right now.', ScriptError],
    ['BUSYGROUP Consumer Group name already exists', CommandError],
    ['BUSYKEY Target key name already exists.', CommandError],
    ['UNBLOCKED the stream key no longer exists', CommandError],
    ['ERR the description does not match', CommandError],
    ['ERR an invalid passwordless description', CommandError],
    ['ERR there is no such keyboard', CommandError],
    ['ERR the queue would overflow', CommandError],
    ['ERR an unknown command line', CommandError],
    ["ERR unknown command 'HEXPIRE'", NotSupportedError],
    ['ERR something else', CommandError],
  ])('%s', async (reply, type) => {
    for (const ignoreExceptions of [false, true]) {
      const cache = cacheThatHears(reply, ignoreExceptions);
      await expect(cache.get('key')).rejects.toThrow(type);
      await expect(cache.set('key', 1)).rejects.toThrow(`SET "key": ${reply}`);
      await expect(cache.getMany(['a', 'b'])).rejects.toThrow(type);
      const failed = cache.pipeline().get('key').execute();
      await expect(failed).rejects.toThrow(PipelineError);
      await expect(failed).rejects.toMatchObject({ results: [expect.any(type)] });
    }
  });
});

describe('a real server that refuses', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer({
      engine: 'redis',
      aclUsers: { reader: 'on >reader-secret ~app:* +@read +info' },
    });
  });
  afterAll(() => server.stop());

  it('is not ignored where the user may not write (NOPERM), nor where replicas are missing (NOREPLICAS)', async () => {
    const connection = { url: server.url, username: 'reader', password: 'reader-secret' };
    const reader = await openCache({ connection, keyPrefix: 'app', ignoreExceptions: true });
    expect(await reader.get('key')).toBeUndefined();
    await expect(reader.set('key', 1)).rejects.toThrow(AuthenticationError);
    await expect(reader.set('key', 1)).rejects.toThrow(
      /^SET "key": NOPERM.* \(check username, password and ACL\)\. See /,
    );
    await reader.close();

    const cache = await openCache({ connection: server.url, ignoreExceptions: true });
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await expect(cache.set('key', 1)).rejects.toThrow(ReadOnlyError);
    await expect(cache.set('key', 1)).rejects.toThrow(/NOREPLICAS/);
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0');
    expect(await cache.set('key', 1)).toBe(true);
    await cache.close();
  });

  it('is away while it accepts no more connections', async () => {
    await server.cli('CONFIG', 'SET', 'maxclients', '1');
    const holder = await openCache({ connection: { url: server.url, connect: 'eager' } });
    const cache = await openCache({ connection: server.url }, new QuietLogger('Cachex'));
    await expect(cache.get('key')).rejects.toThrow(ConnectionError);
    await holder.close();
    await expect.poll(() => cache.set('key', 1).catch(() => false)).toBe(true);
    await cache.close();
  });
});
