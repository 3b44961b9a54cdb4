import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BrotliCompressor,
  Cacheable,
  CacheEvict,
  CachePut,
  type CachexService,
  ConfigError,
  GzipCompressor,
  LuaScript,
  Lz4Compressor,
  StreamConsumer,
  StreamWorker,
  WithLock,
  WithSemaphore,
  ZlibCompressor,
  ZstdCompressor,
} from '../../lib/index.js';
import { CachexMetricsModule } from '../../lib/metrics/index.js';
import { perform, reads, type SampleCall, serviceReads, serviceWrites, vital, writes } from '../faults/every-method.js';
import { openCache } from '../open-cache.js';

const area = { from: { longitude: 1, latitude: 2 }, radius: 3 };

/** A call as JavaScript may write it. */
const given = (options: object) => options as never;

describe('an option that a call does not know is refused before anything is sent', () => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
  });
  afterAll(() => cache.close());

  it.each<[string, (options: never) => unknown, object, RegExp]>([
    ['get', (o) => cache.get('a', o), { defualt: 1 }, /"defualt": did you mean default\?$/],
    ['get', (o) => cache.get('a', o), { timeout: 1 }, /"timeout": known are default, raw, schema, stampede, version$/],
    ['set', (o) => cache.set('a', 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['set', (o) => cache.set('a', 1, o), { keepTTL: true }, /"keepTTL": did you mean keepTtl\?$/],
    ['add', (o) => cache.add('a', 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['getOrSet', (o) => cache.getOrSet('a', () => 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['getOrSet', (o) => cache.getOrSet('a', () => 1, o), { softTimeuot: 1 }, /did you mean softTimeout\?$/],
    ['getOrSetMany', (o) => cache.getOrSetMany(['a'], () => [1], o), { partail: true }, /did you mean partial\?$/],
    ['touch', (o) => cache.touch('a', 1, o), { timeout: 1 }, /"timeout"/],
    ['incr', (o) => cache.incr('a', 1, o), { intial: 1 }, /did you mean initial\?$/],
    ['decr', (o) => cache.decr('a', 1, o), { ttl: 1 }, /did you mean timeout\?$/],
    ['getMany', (o) => cache.getMany(['a'], o), { timeout: 1 }, /"timeout"/],
    ['setMany', (o) => cache.setMany({ a: 1 }, o), { expiresIn: 1 }, /did you mean timeout\?$/],
    ['deleteMany', (o) => cache.deleteMany(['a'], o), { versoin: 2 }, /did you mean version\?$/],
    ['keys', (o) => cache.keys('*', o), { itersise: 2 }, /did you mean itersize\?$/],
    ['clear', (o) => cache.clear(o), { all: true }, /"all"/],
    ['zrange', (o) => cache.zrange('a', 0, -1, o), { withscores: true }, /did you mean withScores\?$/],
    ['zadd', (o) => cache.zadd('a', [['b', 1]], o), { cache: 'sessions' }, /"cache"/],
    ['xadd', (o) => cache.xadd('a', { b: 1 }, o), { maxLen: 1 }, /did you mean maxlen\?$/],
    ['blpop', (o) => cache.blpop(['a'], 1, o), { abortSignal: 1 }, /"abortSignal"/],
    ['lock', (o) => cache.lock('a', o), { ttl: 1 }, /did you mean timeout\?$/],
    ['withLock', (o) => cache.withLock('a', o, () => 1), { weight: 1 }, /"weight"/],
    ['semaphore', (o) => cache.semaphore('a', 1, o), { blockingTimeOut: 1 }, /did you mean blockingTimeout\?$/],
    ['pipeline', (o) => cache.pipeline(o), { transactions: true }, /did you mean transaction\?$/],
    ['a command of a pipeline', (o) => cache.pipeline().set('a', 1, o), { ttl: 1 }, /did you mean timeout\?$/],
    ['registerScript', (o) => cache.registerScript('a', 'return 1', o), { numkeys: 1 }, /did you mean numKeys\?$/],
    ['a name with a line feed', (o) => cache.set('a', 1, o), { 'a\nb': 1 }, /"a\\nb"/],
    ['a name of all objects', (o) => cache.set('a', 1, o), { toString: 1 }, /"toString"/],
    ['scan', (o) => cache.scan('0', o), { match: 'user:*' }, /"match": did you mean pattern\?$/],
    ['scan', (o) => cache.scan('0', o), { itersize: 1 }, /"itersize": did you mean count\?$/],
    ['keys', (o) => cache.keys('*', o), { match: 'user:*' }, /"match": known are itersize, version$/],
    ['iterKeys', (o) => cache.iterKeys('*', o).next(), { count: 1 }, /"count": did you mean itersize\?$/],
    ['deletePattern', (o) => cache.deletePattern('*', o), { match: 'a' }, /"match"/],
    ['hscan', (o) => cache.hscan('a', '0', o), { pattern: 'a*' }, /"pattern": did you mean match\?$/],
    ['hscanIter', (o) => cache.hscanIter('a', o).next(), { pattern: 'a*' }, /"pattern": did you mean match\?$/],
    ['sscan', (o) => cache.sscan('a', '0', o), { match: 'a*' }, /"match": known are count, version$/],
    ['sscanIter', (o) => cache.sscanIter('a', o).next(), { match: 'a*' }, /"match"/],
    ['zrange', (o) => cache.zrange('a', 0, 1, o), { nx: true }, /"nx": known are desc, version, withScores$/],
    ['zrevrange', (o) => cache.zrevrange('a', 0, 1, o), { desc: true }, /"desc"/],
    ['zrangebyscore', (o) => cache.zrangebyscore('a', 0, 1, o), { limit: 1 }, /"limit": did you mean count\?$/],
    ['zunion', (o) => cache.zunion(['a'], o), { weight: [1] }, /"weight": did you mean weights\?$/],
    ['zdiff', (o) => cache.zdiff(['a'], o), { weights: [1] }, /"weights": known are version, withScores$/],
    ['zunionstore', (o) => cache.zunionstore('a', ['b'], o), { withScores: true }, /"withScores"/],
    ['sintercard', (o) => cache.sintercard(['a'], o), { count: 1 }, /"count": known are limit, version$/],
    ['zrangebylex', (o) => cache.zrangebylex('a', '-', '+', o), { withScores: true }, /"withScores"/],
    ['zrangestore', (o) => cache.zrangestore('a', 'b', 0, 1, o), { rev: true }, /"rev": did you mean desc\?$/],
    ['zmpop', (o) => cache.zmpop(['a'], 'MIN', o), { limit: 1 }, /"limit": did you mean count\?$/],
    ['lmpop', (o) => cache.lmpop(['a'], 'LEFT', o), { signal: 1 }, /"signal"/],
    ['bzpopmin', (o) => cache.bzpopmin(['a'], 1, o), { count: 1 }, /"count": known are signal, version$/],
    ['bzmpop', (o) => cache.bzmpop(['a'], 'MIN', 1, o), { block: 1 }, /"block"/],
    ['bitcount', (o) => cache.bitcount('a', o), { from: 1 }, /"from": known are end, start, unit, version$/],
    ['geosearch', (o) => cache.geosearch('a', area, o), { limit: 1 }, /"limit": did you mean count\?$/],
    ['geosearch', (o) => cache.geosearch('a', area, o), { withDist: true }, /"withDist"/],
    ['geosearchstore', (o) => cache.geosearchstore('a', 'b', area, o), { withDistance: true }, /"withDistance"/],
    ['xsetid', (o) => cache.xsetid('a', '1-1', o), { entriesRead: 1 }, /"entriesRead"/],
    ['delete', (o) => cache.delete('a', o), { tags: ['a'] }, /"tags": known is version$/],
    [
      'add',
      (o) => cache.add('a', 1, o),
      { xx: true },
      /"xx": known are keepTtl, raw, stampede, tags, timeout, version$/,
    ],
    ['blpop of no lists', (o) => cache.blpop([], 1, o), { versionSrc: 1 }, /"versionSrc": known are signal, version$/],
    ['xread', (o) => cache.xread({ a: '0' }, o), { timeout: 1 }, /"timeout": did you mean block\?$/],
    ['xrange', (o) => cache.xrange('a', '-', '+', o), { maxlen: 1 }, /"maxlen"/],
    ['execute', (o) => cache.pipeline().set('a', 1).execute(o), { throwOnErrors: false }, /mean throwOnError\?$/],
    ['acquire', (o) => cache.lock('a').acquire(o), { timeout: 1 }, /"timeout": did you mean blockingTimeout\?$/],
    [
      'acquire',
      (o) => cache.semaphore('a', 1).acquire(o),
      { bogus: 1 },
      /known are blocking, blockingTimeout, signal$/,
    ],
    ['getClient', (o) => cache.getClient(o), { wirte: false }, /"wirte": did you mean write\?$/],
    ['@LuaScript', (o) => LuaScript(o), { name: 'a', script: 'return 1', ttl: 1 }, /^@LuaScript must not have "ttl"/],
    [
      '@StreamConsumer',
      (o) => StreamConsumer(o),
      { stream: 'a', group: 'b', ttl: 1 },
      /^@StreamConsumer must not have "ttl"/,
    ],
    [
      'StreamWorker',
      (o) => new StreamWorker(cache, o, () => 1),
      { stream: 'a', group: 'b', retries: 1 },
      /"retries": did you mean maxDeliveries\?$/,
    ],
    ['CachexMetricsModule', (o) => CachexMetricsModule.forRoot(o), { prefx: 'a' }, /did you mean prefix\?$/],
    ['ZlibCompressor', (o) => new ZlibCompressor(o), { bogus: 1 }, /known are level, maxLength, minLength$/],
    ['GzipCompressor', (o) => new GzipCompressor(o), { levl: 1 }, /did you mean level\?$/],
    ['BrotliCompressor', (o) => new BrotliCompressor(o), { minlength: 1 }, /did you mean minLength\?$/],
    ['ZstdCompressor', (o) => new ZstdCompressor(o), { bogus: 1 }, /known are level, maxLength, minLength$/],
    ['Lz4Compressor', (o) => new Lz4Compressor(o), { level: 1 }, /"level": known are maxLength, minLength$/],
    [
      '@Cacheable',
      (o) => Cacheable(o),
      { key: 'a', ttl: 1 },
      /^@Cacheable must not have "ttl": did you mean timeout\?$/,
    ],
    ['@Cacheable', (o) => Cacheable(o), { name: 'sessions' }, /^@Cacheable must not have "name"/],
    ['@CachePut', (o) => CachePut(o), { key: 'a', grace: 1 }, /^@CachePut must not have "grace"/],
    ['@CacheEvict', (o) => CacheEvict(o), { key: 'a', tag: ['a'] }, /did you mean tags\?$/],
    ['@WithLock', (o) => WithLock(o), { key: 'a', ttl: 1 }, /^@WithLock must not have "ttl"/],
    ['@WithSemaphore', (o) => WithSemaphore(o), { key: 'a', capacity: 1, wieght: 1 }, /did you mean weight\?$/],
  ])('%s', async (_, call, options, message) => {
    const outcome = (async () => call(given(options)))();
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(message);
    expect(await cache.keys()).toEqual([]);
  });

  it.each<[string, (options: never) => unknown, string]>([
    ['get', (o) => cache.get('a', o), 'raw'],
    ['set', (o) => cache.set('a', 1, o), 'nx'],
    ['a set of a pipeline', (o) => cache.pipeline().set('a', 1, o), 'keepTtl'],
    ['getOrSet', (o) => cache.getOrSet('a', () => 1, o), 'setsTags'],
    ['getOrSetMany', (o) => cache.getOrSetMany(['a'], () => [1], o), 'partial'],
    ['hexpire', (o) => cache.hexpire('a', 60, ['f'], o), 'gt'],
    ['zadd', (o) => cache.zadd('a', [['b', 1]], o), 'xx'],
    ['zrange', (o) => cache.zrange('a', 0, -1, o), 'desc'],
    ['geosearch', (o) => cache.geosearch('a', area, o), 'withDistance'],
    ['copy', (o) => cache.copy('a', 'b', o), 'replace'],
    ['xgroupCreate', (o) => cache.xgroupCreate('a', 'g', '$', o), 'mkstream'],
    ['publish', (o) => cache.publish('a', 1, o), 'sharded'],
    ['pipeline', (o) => cache.pipeline(o), 'transaction'],
    ['execute', (o) => cache.pipeline().set('a', 1).execute(o), 'throwOnError'],
    ['lock', (o) => cache.lock('a', o), 'autoExtend'],
    ['acquire', (o) => cache.lock('a').acquire(o), 'blocking'],
    ['getClient', (o) => cache.getClient(o), 'write'],
  ])('a flag of %s that is no boolean', async (_, call, name) => {
    for (const value of ['false', 'yes', 0, 1, null, {}]) {
      const outcome = (async () => call(given({ [name]: value })))();
      await expect(outcome).rejects.toThrow(new RegExp(`^.*${name} must be true or false, not `));
    }
    expect(await cache.keys()).toEqual([]);
  });

  it('an undefined one is ignored', async () => {
    expect(await cache.getOrSet('b', () => 1, given({ timeout: undefined, tags: undefined, other: undefined }))).toBe(
      1,
    );
    expect(await cache.delete('b', { version: undefined } as never)).toBe(true);
  });
});

/** They take no options: an object in that place is one more value, or ignored. */
const without = new Set([
  ...['hmget', 'hdel', 'sadd', 'srem', 'smismember', 'zmscore', 'zrem', 'lpush', 'rpush', 'xack', 'xdel'],
  ...['lpushx', 'rpushx', 'exists', 'pfadd', 'geopos'],
  ...['invalidateTags', 'flushDb'],
]);

/** The position of the options, unless they follow the arguments of the sample. */
const places: Readonly<Record<string, number>> = {
  ...{
    incr: 2,
    decr: 2,
    hincrby: 3,
    spop: 2,
    hrandfield: 2,
    srandmember: 2,
    zrandmember: 2,
    lpop: 2,
    rpop: 2,
    zpopmin: 2,
    zpopmax: 2,
  },
  ...{ xrange: 3, xrevrange: 3, xtrim: 1, xgroupCreate: 3, xautoclaim: 5, evalScript: 3 },
  ...{ incrVersion: 2, decrVersion: 2, withLock: 1, rateLimiter: 1 },
};

const samples = new Map<string, SampleCall>();
for (const sample of [...reads, ...writes, ...serviceReads, ...serviceWrites, ...vital]) {
  if (!without.has(sample.method) && !samples.has(sample.method)) samples.set(sample.method, sample);
}

const sent: unknown[] = [];
const remember = (message: unknown): void => void sent.push(message);
beforeAll(() => subscribe('tracing:nest-cachex:command:start', remember));
afterAll(() => void unsubscribe('tracing:nest-cachex:command:start', remember));

/** `null` is a valid timeout for them. */
const takesTimeout = new Set(['set', 'add', 'setMany', 'getOrSet', 'getOrSetMany', 'hsetex', 'getex', 'setIfEqual']);

describe.each([...samples.values()])('$method', ({ method, args }) => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
    cache.registerScript('answer', 'return 42');
  });
  afterAll(() => cache.close());

  const withOptions = (options: unknown): Promise<unknown> => {
    const place = places[method] ?? args.length;
    const given = [...Array.from({ length: place }, (_, index) => args[index]), options, ...args.slice(place + 1)];
    return (async () => perform(cache, { method, args: given, away: undefined }))();
  };

  it('refuses an unknown option', async () => {
    sent.length = 0;
    const outcome = withOptions({ bogusOption: 1 });
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(/^Options must not have "bogusOption": known (is|are) [\w, ]*\bversion\b/);
    expect(sent).toEqual([]);
  });

  it('accepts a version', async () => {
    // They need another option as well.
    if (method === 'xtrim' || method === 'rateLimiter') return;
    const outcome = withOptions({ version: 7 });
    await expect(outcome.catch((error: unknown) => error)).resolves.not.toBeInstanceOf(TypeError);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['an array', []],
    ['a Map', new Map()],
    ['a promise', Promise.resolve({})],
    ['a number that is no timeout', Number.NaN],
  ])('refuses %s in the place of its options', async (_, options) => {
    if (takesTimeout.has(method) && (options === null || Array.isArray(options) || Number.isNaN(options))) return;
    sent.length = 0;
    const outcome = withOptions(options);
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(/^Options must be an object such as \{ version: 2 \}, not /);
    expect(sent).toEqual([]);
  });
});

it('the calls of this spec that count as sent are sent', async () => {
  const cache = await openCache({ connection: 'memory://' });
  sent.length = 0;
  await cache.get('a');
  expect(sent).toHaveLength(1);
  await cache.close();
});

describe('in place of options', () => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
  });
  afterAll(() => cache.close());

  it.each<[string, (options: never) => unknown]>([
    ['pipeline', (o) => cache.pipeline(o)],
    ['a command of a pipeline', (o) => cache.pipeline().get('a', o)],
    ['execute', (o) => cache.pipeline().set('a', 1).execute(o)],
    ['acquire', (o) => cache.lock('a').acquire(o)],
    ['getClient', (o) => cache.getClient(o)],
    ['makeKey', (o) => cache.makeKey('a', o)],
    ['registerScript', (o) => cache.registerScript('a', 'return 1', o)],
    ['StreamWorker', (o) => new StreamWorker(cache, o, () => 1)],
    ['CachexMetricsModule', (o) => CachexMetricsModule.forRoot(o)],
    ['@Cacheable', (o) => Cacheable(o)],
    ['@CachePut', (o) => CachePut(o)],
    ['@CacheEvict', (o) => CacheEvict(o)],
    ['@WithLock', (o) => WithLock(o)],
    ['@WithSemaphore', (o) => WithSemaphore(o)],
    ['@LuaScript', (o) => LuaScript(o)],
    ['@StreamConsumer', (o) => StreamConsumer(o)],
    ['ZlibCompressor', (o) => new ZlibCompressor(o)],
    ['Lz4Compressor', (o) => new Lz4Compressor(o)],
  ])('%s refuses null', async (_, call) => {
    const outcome = (async () => call(null as never))();
    await expect(outcome).rejects.toThrow(TypeError);
    await expect(outcome).rejects.toThrow(/ must be an object such as .*, not null$/);
    expect(await cache.keys()).toEqual([]);
  });

  it('a refused execute leaves the queue unchanged', async () => {
    const pipe = cache.pipeline().llen('a');
    await expect(pipe.execute(null as never)).rejects.toThrow(TypeError);
    expect(pipe.length).toBe(1);
  });
});

it.each<[string, (options: object) => unknown]>([
  ['zlib', (options) => new ZlibCompressor(options)],
  ['gzip', (options) => new GzipCompressor(options)],
  ['brotli', (options) => new BrotliCompressor(options)],
  ['zstd', (options) => new ZstdCompressor(options)],
  ['lz4', (options) => new Lz4Compressor(options)],
])('the compressor %s refuses lengths that are none when it is made', (_, made) => {
  for (const minLength of [-1, 1.5, '256', null]) expect(() => made({ minLength })).toThrow(ConfigError);
  for (const maxLength of [0, Number.NaN, '1mb', null]) expect(() => made({ maxLength })).toThrow(ConfigError);
  expect(() => made({ minLength: 0, maxLength: 1, level: undefined })).not.toThrow();
});

describe('an invalid cursor is refused', () => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
  });
  afterAll(() => cache.close());

  it.each<[string, unknown]>([
    ['an array', ['0']],
    ['an object without a prototype', Object.create(null)],
    ['an object of its own text', { toString: () => '0' }],
    ['null', null],
    ['true', true],
    ['a fraction', 0.5],
    ['a number below 0', -1],
    ['a number that is rounded', 2 ** 60],
    ['no number', Number.NaN],
    ['text', 'next'],
    ['two lines', '0\n'],
    ['nothing', ''],
  ])('%s', async (_, cursor) => {
    for (const scan of [
      () => cache.scan(cursor as string),
      () => cache.hscan('a', cursor as string),
      () => cache.sscan('a', cursor as string),
    ]) {
      await expect(scan()).rejects.toThrow(TypeError);
      await expect(scan()).rejects.toThrow(/^A cursor must be '0' or the cursor of the last page/);
    }
  });
});
