import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type CachexService, resolveOptions } from '../../lib/index.js';
import { okReply, RecordingPool } from '../recording-pool.js';

let pool: RecordingPool;
let cache: CachexService;
beforeEach(() => {
  pool = new RecordingPool();
  const options = resolveOptions({ connection: 'redis://127.0.0.1', keyPrefix: 'p', timeout: 60 });
  cache = createService(options, pool, new Logger());
});

describe('round trips', () => {
  it.each<[string, () => Promise<unknown>, unknown]>([
    ['getMany', () => cache.getMany([]), new Map()],
    ['setMany', () => cache.setMany({}), []],
    ['deleteMany', () => cache.deleteMany([]), 0],
    ['hset', () => cache.hset('k', {}), 0],
    ['hmget', () => cache.hmget('k'), []],
    ['hdel', () => cache.hdel('k'), 0],
    ['sadd', () => cache.sadd('k'), 0],
    ['srem', () => cache.srem('k'), 0],
    ['smismember', () => cache.smismember('k'), []],
    ['sunion', () => cache.sunion([]), []],
    ['sinterstore', () => cache.sinterstore('d', []), 0],
    ['zadd', () => cache.zadd('k', {}), 0],
    ['zrem', () => cache.zrem('k'), 0],
    ['zmscore', () => cache.zmscore('k'), []],
    ['an empty pipeline', () => cache.pipeline().execute(), []],
    ['a pipeline of known answers', () => cache.pipeline().sadd('k').execute(), [0]],
  ])('%s of nothing takes none', async (_, call, answer) => {
    expect(await call()).toEqual(answer);
    expect(pool.trips).toEqual([]);
  });

  it('getMany needs one, whatever the number of keys', async () => {
    pool.reply = (_, args) => args.map(() => null);
    await cache.getMany(['a', 'b', 'c']);
    expect(pool.trips).toEqual([['MGET p:1:a p:1:b p:1:c']]);
    await cache.getMany(Array.from({ length: 10_000 }, (_, index) => `k${index}`));
    expect(pool.trips).toHaveLength(2);
    expect(pool.trips[1]).toHaveLength(10);
  });

  it('setMany needs one', async () => {
    pool.reply = () => okReply;
    await cache.setMany({ a: 1, b: 2 });
    expect(pool.trips).toEqual([['SET p:1:a 1 PX 60000', 'SET p:1:b 2 PX 60000']]);
  });

  it('deleteMany needs one', async () => {
    pool.reply = (_, args) => args.length;
    expect(await cache.deleteMany(['a', 'b'])).toBe(2);
    expect(pool.trips).toEqual([['UNLINK p:1:a p:1:b']]);
  });

  it('very many keys are sent in several, each of bounded size', async () => {
    pool.reply = (_, args) => args.length;
    expect(await cache.deleteMany(Array.from({ length: 100_000 }, (_, index) => `k${index}`))).toBe(100_000);
    expect(pool.trips.length).toBeGreaterThan(1);
    for (const trip of pool.trips) expect(trip.join(' ').split(' ').length).toBeLessThan(20_000);
  });

  it('a pipeline needs one, and so does a transaction', async () => {
    pool.reply = () => 1;
    await cache.pipeline().incr('a').incr('b').execute();
    await cache.pipeline({ transaction: true }).incr('a').incr('b').execute();
    expect(pool.trips).toEqual([
      ['INCRBY p:1:a 1', 'INCRBY p:1:b 1'],
      ['MULTI', 'INCRBY p:1:a 1', 'INCRBY p:1:b 1', 'EXEC'],
    ]);
  });

  it('deletePattern asks for the next page while it deletes the last', async () => {
    const pages = [
      [Buffer.from('7'), [Buffer.from('p:1:a'), Buffer.from('p:1:b')]],
      [Buffer.from('0'), [Buffer.from('p:1:c')]],
    ];
    pool.reply = (name, args) => (name === 'SCAN' ? pages.shift() : args.length);
    expect(await cache.deletePattern('*')).toBe(3);
    expect(pool.trips.flat()).toEqual([
      'SCAN 0 MATCH p:1:* COUNT 1000',
      'UNLINK p:1:a p:1:b',
      'SCAN 7 MATCH p:1:* COUNT 1000',
      'UNLINK p:1:c',
    ]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an empty key', () => cache.get('')],
    ['a timeout that is none', () => cache.set('k', 1, NaN)],
    ['nx with xx', () => cache.set('k', 1, { nx: true, xx: true })],
    ['a value that cannot be stored', () => cache.set('k', { at: () => 1 })],
    ['one of many values that cannot be stored', () => cache.setMany({ a: 1, b: Symbol('b') })],
    ['one of many keys that is empty', () => cache.deleteMany(['a', ''])],
    ['a version that cannot be one', () => cache.get('k', { version: 'a:b' })],
    ['an amount that is no integer', () => cache.hincrby('k', 'f', 0.5)],
    ['a pattern that is no text', () => cache.keys(7 as unknown as string)],
    ['a cursor that is none', () => cache.scan('seven')],
  ])('%s takes none: it is refused before anything is sent', async (_, call) => {
    await expect(call()).rejects.toThrow();
    expect(pool.trips).toEqual([]);
  });
});
