import { expect } from 'vitest';
import { Commands } from '../../lib/pipeline/commands.js';
import {
  type CachexLock,
  type CachexRateLimiter,
  type CachexReadWriteLock,
  type CachexSemaphore,
  CachexService,
} from '../../lib/index.js';

/** A call of a method, and its result under `ignoreExceptions` while Redis is away. */
export interface SampleCall {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly away: unknown;
  /** Uses the result, if the call itself does not contact the server. */
  readonly use?: (answer: unknown) => Promise<unknown>;
}

/** Methods that do not contact the server, and internal ones, which no user calls. */
const silent = new Set([
  ...[
    'constructor',
    'keyOf',
    'keysOf',
    'sourceAndDestination',
    'targetAndSources',
    'groupOf',
    'send',
    'claimInstant',
    'idempotency',
  ],
  ...[
    'version',
    'withVersion',
    'withScope',
    'unscoped',
    'fromHere',
    'fromStart',
    'evictions',
    'evictAtCommit',
    'pipeline',
    'getClient',
    'makeKey',
    // Their handles contact the server later.
    'deferEvictions',
    'leader',
    'close',
    'registerScript',
    'toJSON',
    'onModuleInit',
    'onApplicationShutdown',
  ],
]);

const methodsOf = (prototype: object): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => !silent.has(name));

/** Methods of the service that need more than one command, so that a pipeline lacks them. */
export const serviceMethods = methodsOf(CachexService.prototype);
/** Methods that the service sends and a pipeline queues. */
export const commandMethods = methodsOf(Commands.prototype).filter((name) => !serviceMethods.includes(name));

const call = (method: string, args: readonly unknown[], away: unknown): SampleCall => ({ method, args, away });

/** They return the result of a missing key. */
export const reads: readonly SampleCall[] = [
  call('get', ['{k}'], undefined),
  call('get', ['{k}', { default: 'other' }], 'other'),
  call('hasKey', ['{k}'], false),
  call('ttl', ['{k}'], -2),
  call('pttl', ['{k}'], -2),
  call('expireTime', ['{k}'], -2),
  call('type', ['{k}'], undefined),
  call('exists', ['{k}1', '{k}2'], 0),
  call('dump', ['{k}'], undefined),
  call('memoryUsage', ['{k}'], undefined),
  call('strlen', ['{k}'], 0),
  call('getrange', ['{k}', 0, -1], ''),
  call('getbit', ['{k}', 7], 0),
  call('bitcount', ['{k}'], 0),
  call('bitpos', ['{k}', 1], undefined),
  call('pfcount', [['{k}1', '{k}2']], 0),
  call('hget', ['{k}', 'f'], undefined),
  call('hmget', ['{k}', 'f', 'g'], [undefined, undefined]),
  call('hgetall', ['{k}'], new Map()),
  call('hkeys', ['{k}'], []),
  call('hvals', ['{k}'], []),
  call('hexists', ['{k}', 'f'], false),
  call('hlen', ['{k}'], 0),
  call('hscan', ['{k}', 0], { cursor: '0', fields: new Map() }),
  call('httl', ['{k}', ['f', 'g']], [-2, -2]),
  call('hpttl', ['{k}', ['f']], [-2]),
  call('hexpiretime', ['{k}', ['f']], [-2]),
  call('hrandfield', ['{k}'], undefined),
  call('hrandfield', ['{k}', 2], []),
  call('smembers', ['{k}'], []),
  call('sismember', ['{k}', 1], false),
  call('smismember', ['{k}', 1, 2], [false, false]),
  call('scard', ['{k}'], 0),
  call('srandmember', ['{k}'], undefined),
  call('srandmember', ['{k}', 2], []),
  call('sdiff', [['{k}1', '{k}2']], []),
  call('sinter', [['{k}1', '{k}2']], []),
  call('sunion', [['{k}1', '{k}2']], []),
  call('sintercard', [['{k}1', '{k}2']], 0),
  call('sscan', ['{k}', 0], { cursor: '0', members: [] }),
  call('zcard', ['{k}'], 0),
  call('zcount', ['{k}', 0, 1], 0),
  call('zrange', ['{k}', 0, -1], []),
  call('zrange', ['{k}', 0, -1, { withScores: true }], []),
  call('zrevrange', ['{k}', 0, -1], []),
  call('zrangebyscore', ['{k}', 0, 1], []),
  call('zrevrangebyscore', ['{k}', 1, 0], []),
  call('zrank', ['{k}', 1], undefined),
  call('zrevrank', ['{k}', 1], undefined),
  call('zscore', ['{k}', 1], undefined),
  call('zmscore', ['{k}', 1, 2], [undefined, undefined]),
  call('zunion', [['{k}1', '{k}2']], []),
  call('zinter', [['{k}1', '{k}2']], []),
  call('zdiff', [['{k}1', '{k}2']], []),
  call('zintercard', [['{k}1', '{k}2']], 0),
  call('zrangebylex', ['{k}', '-', '+'], []),
  call('zrevrangebylex', ['{k}', '+', '-'], []),
  call('zlexcount', ['{k}', '-', '+'], 0),
  call('zrandmember', ['{k}'], undefined),
  call('zrandmember', ['{k}', 2], []),
  call('zscan', ['{k}', 0], { cursor: '0', members: [] }),
  call('geopos', ['{k}', 'a', 'b'], [undefined, undefined]),
  call('geodist', ['{k}', 'a', 'b'], undefined),
  call('geosearch', ['{k}', { from: { longitude: 1, latitude: 2 }, radius: 3 }], []),
  call('llen', ['{k}'], 0),
  call('lindex', ['{k}', 0], undefined),
  call('lrange', ['{k}', 0, -1], []),
  call('lpos', ['{k}', 1], undefined),
  call('lpos', ['{k}', 1, { count: 2 }], []),
  call('xlen', ['{k}'], 0),
  call('xrange', ['{k}'], []),
  call('xrevrange', ['{k}'], []),
  call('xread', [{ '{k}': '0' }], new Map()),
];

/** They return `false`, 0, or the result of an empty key. */
export const writes: readonly SampleCall[] = [
  call('set', ['{k}', 1], false),
  call('set', ['{k}', 1, { nx: true }], false),
  call('set', ['{k}', 1, { get: true }], undefined),
  call('set', ['{k}', 1, 0], false),
  call('add', ['{k}', 1], false),
  call('delete', ['{k}'], false),
  call('touch', ['{k}', 1], false),
  call('getdel', ['{k}'], undefined),
  call('getex', ['{k}'], undefined),
  call('setIfEqual', ['{k}', 1, 2], false),
  call('deleteIfEqual', ['{k}', 1], false),
  call('append', ['{k}', 'a'], 0),
  call('setrange', ['{k}', 0, 'a'], 0),
  call('incrbyfloat', ['{k}', 0.5], 0),
  call('incr', ['{k}'], 0),
  call('incr', ['{k}', 1, { timeout: 1 }], 0),
  call('decr', ['{k}'], 0),
  call('expire', ['{k}', 1], false),
  call('pexpire', ['{k}', 1], false),
  call('expireAt', ['{k}', 4_000_000_000], false),
  call('pexpireAt', ['{k}', 4_000_000_000_000], false),
  call('persist', ['{k}'], false),
  call('rename', ['{k}1', '{k}2'], undefined),
  call('copy', ['{k}1', '{k}2'], false),
  call('restore', ['{k}', Buffer.from([0])], false),
  call('renamenx', ['{k}1', '{k}2'], false),
  call('setbit', ['{k}', 7, 1], 0),
  call('bitop', ['OR', '{k}1', ['{k}2']], 0),
  call('bitfield', ['{k}', [{ incrby: 'u8', offset: 0, by: 1 }]], [0]),
  call('pfadd', ['{k}', 1], false),
  call('pfmerge', ['{k}1', ['{k}2']], false),
  call('hset', ['{k}', 'f', 1], 0),
  call('hmset', ['{k}', { f: 1 }], false),
  call('hsetnx', ['{k}', 'f', 1], false),
  call('hdel', ['{k}', 'f'], 0),
  call('hincrby', ['{k}', 'f'], 0),
  call('hincrbyfloat', ['{k}', 'f', 0.5], 0),
  call('hexpire', ['{k}', 60, ['f']], [false]),
  call('hpexpire', ['{k}', 60, ['f']], [false]),
  call('hexpireat', ['{k}', 4_000_000_000, ['f']], [false]),
  call('hpexpireat', ['{k}', 4_000_000_000_000, ['f']], [false]),
  call('hpersist', ['{k}', ['f']], [false]),
  call('hsetex', ['{k}', { f: 1 }], false),
  call('hgetex', ['{k}', 60, ['f']], [undefined]),
  call('hgetdel', ['{k}', ['f']], [undefined]),
  call('sadd', ['{k}', 1], 0),
  call('srem', ['{k}', 1], 0),
  call('spop', ['{k}'], undefined),
  call('spop', ['{k}', 2], []),
  call('smove', ['{k}1', '{k}2', 1], false),
  call('sdiffstore', ['{k}1', ['{k}2']], 0),
  call('sinterstore', ['{k}1', ['{k}2']], 0),
  call('sunionstore', ['{k}1', ['{k}2']], 0),
  call('zadd', ['{k}', { a: 1 }], 0),
  call('zadd', ['{k}', { a: 1 }, { incr: true }], undefined),
  call('zincrby', ['{k}', 1, 'a'], 0),
  call('zrem', ['{k}', 1], 0),
  call('zremrangebyrank', ['{k}', 0, -1], 0),
  call('zremrangebyscore', ['{k}', 0, 1], 0),
  call('zpopmin', ['{k}'], []),
  call('zpopmax', ['{k}'], []),
  call('zmpop', [['{k}'], 'MIN'], undefined),
  call('zunionstore', ['{k}1', ['{k}2']], 0),
  call('zinterstore', ['{k}1', ['{k}2']], 0),
  call('zdiffstore', ['{k}1', ['{k}2']], 0),
  call('zremrangebylex', ['{k}', '-', '+'], 0),
  call('zrangestore', ['{k}1', '{k}2', 0, -1], 0),
  call('geoadd', ['{k}', { a: { longitude: 1, latitude: 2 } }], 0),
  call('geosearchstore', ['{k}1', '{k}2', { from: { longitude: 1, latitude: 2 }, radius: 3 }], 0),
  call('lpush', ['{k}', 1], 0),
  call('rpush', ['{k}', 1], 0),
  call('lpop', ['{k}'], undefined),
  call('lpop', ['{k}', 2], []),
  call('rpop', ['{k}'], undefined),
  call('rpop', ['{k}', 2], []),
  call('lpushx', ['{k}', 1], 0),
  call('rpushx', ['{k}', 1], 0),
  call('lmpop', [['{k}'], 'LEFT'], undefined),
  call('lset', ['{k}', 0, 1], false),
  call('ltrim', ['{k}', 0, 1], false),
  call('lrem', ['{k}', 0, 1], 0),
  call('linsert', ['{k}', 'BEFORE', 1, 2], 0),
  call('lmove', ['{k}1', '{k}2', 'LEFT', 'LEFT'], undefined),
  call('xadd', ['{k}', { f: 1 }], undefined),
  call('xtrim', ['{k}', { maxlen: 1 }], 0),
  call('xdel', ['{k}', '1-0'], 0),
  call('xgroupCreate', ['{k}', 'g', '0', { mkstream: true }], false),
  call('xgroupDestroy', ['{k}', 'g'], false),
  call('xgroupSetid', ['{k}', 'g', '0'], false),
  call('xgroupDelconsumer', ['{k}', 'g', 'c'], 0),
  call('xreadgroup', ['g', 'c', { '{k}': '>' }], new Map()),
  call('xack', ['{k}', 'g', '1-0'], 0),
  call('xclaim', ['{k}', 'g', 'c', 0, ['1-0']], []),
  call('xautoclaim', ['{k}', 'g', 'c', 0], { cursor: '0-0', entries: [], deleted: [] }),
  // Without the stream or the group, these fail.
  call('xsetid', ['{k}', '1-0'], false),
  call('xinfoStream', ['{k}'], expect.objectContaining({ length: 0, lastGeneratedId: '0-0' })),
  call('xinfoStream', ['{k}', { full: true }], expect.objectContaining({ length: 0, entries: [], groups: [] })),
  call('xinfoGroups', ['{k}'], []),
  call('xinfoConsumers', ['{k}', 'g'], []),
  call('xpending', ['{k}', 'g'], { pending: 0, min: undefined, max: undefined, consumers: new Map() }),
  call('xpending', ['{k}', 'g', { count: 1 }], []),
  call('publish', ['{k}', 1], 0),
  call('evalScript', ['answer', ['{k}']], undefined),
];

/** Methods of the service only. */
export const serviceReads: readonly SampleCall[] = [
  call('getMany', [['{k}', 'l']], new Map()),
  call('getOrSet', ['k', 'made'], 'made'),
  call(
    'getOrSetMany',
    [['l', 'm'], (missing: string[]) => missing],
    new Map([
      ['l', 'l'],
      ['m', 'm'],
    ]),
  ),
  call('keys', ['*'], []),
  call('iterKeys', ['*'], []),
  call('randomkey', [], undefined),
  call('objectInfo', ['{k}'], undefined),
  call('largestKeys', [], []),
  // A cursor that names the next server, if there are several.
  call('scan', ['0'], { cursor: expect.stringMatching(/^0(@|$)/), keys: [] }),
  call('hscanIter', ['{k}'], []),
  call('sscanIter', ['{k}'], []),
  call('zscanIter', ['{k}'], []),
];

export const serviceWrites: readonly SampleCall[] = [
  call('setMany', [{ '{k}': 1, l: 2 }], ['{k}', 'l']),
  call('setMany', [{ '{k}': 1, l: 2 }, 0], ['{k}', 'l']),
  call('deleteMany', [['{k}', 'l']], 0),
  call('invalidateTags', [['t']], 0),
  call('incrVersion', ['{k}'], 0),
  call('decrVersion', ['{k}'], 0),
  call('clear', [], 0),
  call('deletePattern', ['*'], 0),
  call('flushDb', [], false),
  call('blpop', [['{k}'], 0.1], undefined),
  call('brpop', [['{k}'], 0.1], undefined),
  call('blmpop', [['{k}'], 'LEFT', 0.1], undefined),
  call('bzpopmin', [['{k}'], 0.1], undefined),
  call('bzpopmax', [['{k}'], 0.1], undefined),
  call('bzmpop', [['{k}'], 'MIN', 0.1], undefined),
  call('blmove', ['{k}1', '{k}2', 'LEFT', 'LEFT', 0.1], undefined),
  // They listen as soon as possible.
  call('subscribe', ['c', () => undefined], expect.objectContaining({ isListening: false })),
  call('psubscribe', ['c*', () => undefined], expect.objectContaining({ isListening: false })),
];

const acquire = (claim: unknown): Promise<unknown> => (claim as CachexLock | CachexSemaphore).acquire();

/** These fail even under `ignoreExceptions`, because a guessed answer would be wrong. */
export const vital: readonly SampleCall[] = [
  { ...call('lock', ['l'], undefined), use: acquire },
  { ...call('semaphore', ['s', 1], undefined), use: acquire },
  call('withLock', ['l', {}, () => 'ran'], undefined),
  { ...call('rwLock', ['rw'], undefined), use: (rw) => acquire((rw as CachexReadWriteLock).write()) },
  {
    ...call('rateLimiter', ['r', { limit: 1, window: 1, onError: 'throw' }], undefined),
    use: (limiter) => (limiter as CachexRateLimiter).consume('id'),
  },
];

/** It reports outages, and answers during all of them. */
export const stats = call('stats', [], expect.objectContaining({ errors: expect.any(Number), bytes: undefined }));

/** The keys that the calls above need. */
export function prepareFor(cache: CachexService): CachexService {
  cache.registerScript('answer', 'return 42');
  return cache;
}

/** Makes the call, and reads everything that it iterates over. */
export async function perform(cache: CachexService, { method, args, use }: SampleCall): Promise<unknown> {
  const made = (cache as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[method]!(...args);
  if (use) return use(made);
  if (!isIterable(made)) return made;
  const items: unknown[] = [];
  for await (const item of made) items.push(item);
  return items;
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
