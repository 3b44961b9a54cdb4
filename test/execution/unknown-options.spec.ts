import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cacheable, CacheEvict, CachePut, type CachexService, WithLock, WithSemaphore } from '../../lib/index.js';
import { openCache } from '../open-cache.js';

/** As JavaScript may write it. */
const given = (options: object) => options as never;

describe('an option that a call does not know is refused before anything is sent', () => {
  let cache: CachexService;
  beforeAll(async () => {
    cache = await openCache({ connection: 'memory://' });
  });
  afterAll(() => cache.close());

  it.each<[string, (options: never) => unknown, object, RegExp]>([
    ['get', (o) => cache.get('a', o), { defualt: 1 }, /"defualt": did you mean default\?$/],
    ['get', (o) => cache.get('a', o), { timeout: 1 }, /"timeout": known are default, stampede, version$/],
    ['set', (o) => cache.set('a', 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['set', (o) => cache.set('a', 1, o), { keepTTL: true }, /"keepTTL": did you mean keepTtl\?$/],
    ['add', (o) => cache.add('a', 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['getOrSet', (o) => cache.getOrSet('a', () => 1, o), { ttl: 60 }, /"ttl": did you mean timeout\?$/],
    ['getOrSet', (o) => cache.getOrSet('a', () => 1, o), { softTimeuot: 1 }, /did you mean softTimeout\?$/],
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

  it('while one that is undefined says nothing', async () => {
    expect(await cache.getOrSet('b', () => 1, given({ timeout: undefined, tags: undefined, other: undefined }))).toBe(
      1,
    );
    expect(await cache.delete('b', { version: undefined } as never)).toBe(true);
  });
});
