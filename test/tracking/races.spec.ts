import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type CachexService, resolveOptions } from '../../lib/index.js';
import type { LocalCopies } from '../../lib/tracking/local-copies.js';
import { okReply } from '../recording-pool.js';
import { Questions, SlowPool, turn } from '../slow-pool.js';
import { copiesOf } from './tracked.js';

describe('local copies', () => {
  let pool: SlowPool;
  let server: Questions;
  let cache: CachexService;
  let copies: LocalCopies;
  const before = Buffer.from('1');
  const after = Buffer.from('2');

  beforeEach(() => {
    pool = new SlowPool();
    server = new Questions();
    pool.reply = server.ask;
    const options = resolveOptions({ connection: 'redis://nowhere', keyPrefix: 'p', timeout: null, tracking: true });
    cache = createService(options, pool, new Logger());
    copies = copiesOf(cache);
    copies.resume();
  });

  afterEach(() => cache.close());

  /** The replies to a read and to the query of the key's time to live. */
  async function answerRead(key: string, reply: Buffer | null, ttl = -1): Promise<void> {
    await server.answer(`GET p:1:${key}`, reply);
    await server.answer(`PTTL p:1:${key}`, ttl);
  }

  async function readWith(key: string, reply: Buffer): Promise<void> {
    const value = cache.get(key);
    await answerRead(key, reply);
    await value;
  }

  it('answer after the first read', async () => {
    await readWith('k', before);
    expect(await cache.get('k')).toBe(1);
    expect(await cache.getMany(['k'])).toEqual(new Map([['k', 1]]));
    expect(await cache.getOrSet('k', 'never')).toBe(1);
    expect(pool.trips).toEqual([['GET p:1:k', 'PTTL p:1:k']]);
  });

  it('answer what they have, and the server the rest', async () => {
    await readWith('b', before);
    const values = cache.getMany(['a', 'b', 'c', 'd']);
    await server.answer('MGET p:1:a p:1:c p:1:d', [after, null, Buffer.from('4')]);
    for (const key of ['a', 'c', 'd']) await server.answer(`PTTL p:1:${key}`, key === 'c' ? -2 : 1000);
    expect([...(await values)]).toEqual([
      ['a', 2],
      ['b', 1],
      ['d', 4],
    ]);
    expect(copies.entries).toBe(3);
  });

  it('do not keep a reply that was overtaken by its invalidation', async () => {
    const value = cache.get('k');
    await server.answer('GET', before);
    copies.forget('p:1:k');
    await server.answer('PTTL', -1);
    expect(await value).toBe(1);
    expect(copies.entries).toBe(0);
  });

  it('keep a reply to a request after the invalidation, even if an older reply comes later', async () => {
    const [old, other] = [cache.get('k'), cache.get('k')];
    await turn();
    copies.forget('p:1:k');
    const young = cache.get('k');
    await server.answer('GET', before);
    await server.answer('GET', before);
    await server.answer('GET', after);
    for (let i = 0; i < 3; i++) await server.answer('PTTL', -1);
    expect(await Promise.all([old, other, young])).toEqual([1, 1, 2]);
    expect(await cache.get('k')).toBe(2);
  });

  it('do not keep the last of several replies if the first came before the invalidation', async () => {
    const values = [cache.get('k'), cache.get('k')];
    await answerRead('k', before);
    copies.forget('p:1:k');
    await answerRead('k', before);
    expect(await Promise.all(values)).toEqual([1, 1]);
    expect(copies.entries).toBe(0);
  });

  it.each([
    ['nobody tells any more', () => copies.pause()],
    ['nobody told for a while', () => (copies.pause(), copies.resume())],
    ['everything was flushed', () => copies.forgetAll()],
  ])('do not take a reply where, since it was asked for, %s', async (_, happen) => {
    const value = cache.get('k');
    await turn();
    happen();
    copies.resume();
    await answerRead('k', before);
    expect(await value).toBe(1);
    expect(copies.entries).toBe(0);
  });

  it('are neither kept nor used while no server reports changes', async () => {
    await readWith('k', before);
    copies.pause();
    const value = cache.get('k');
    await turn();
    copies.resume();
    await server.answer('GET', after);
    expect(await value).toBe(2);
    expect(copies.entries).toBe(0);
  });

  it.each<[string, (own: CachexService) => Promise<unknown>, unknown]>([
    ['set', (own) => own.set('k', 2), okReply],
    ['delete', (own) => own.delete('k'), 1],
    ['deleteMany', (own) => own.deleteMany(['x', 'k']), 1],
    ['setMany', (own) => own.setMany({ k: 2 }), okReply],
    ['incr', (own) => own.incr('k'), 2],
    ['rename', (own) => own.rename('x', 'k'), okReply],
    ['script', (own) => own.evalScript('touch', ['k']), 1],
    ['script that names no keys', (own) => own.evalScript('touch'), 1],
    ['flushDb', (own) => own.flushDb(), okReply],
    ['blpop', (own) => own.blpop(['k'], 1), null],
    ['pipeline', (own) => own.pipeline().hget('h', 'f').set('k', 2).execute(), null],
    ['transaction', (own) => own.pipeline({ transaction: true }).set('k', 2).execute(), okReply],
  ])('are forgotten before and after an own %s', async (_, write, reply) => {
    cache.registerScript('touch', 'return 1');
    await readWith('k', before);
    const written = write(cache);
    await turn();
    expect(copies.entries).toBe(0);
    // On another connection, and executed before the write.
    const value = cache.get('k');
    await answerRead('k', before);
    expect(await value).toBe(1);
    expect(copies.entries).toBe(1);
    await server.answerRest(reply);
    await written;
    expect(copies.entries).toBe(0);
  });

  it('are dropped before and after this process’s own expire', async () => {
    await readWith('k', before);
    const written = cache.expire('k', 5);
    await turn();
    expect(copies.entries).toBe(0);
    await server.answer('GETRANGE', before);
    await server.answer('PTTL', -1);
    const value = cache.get('k');
    await answerRead('k', before);
    expect(await value).toBe(1);
    expect(copies.entries).toBe(1);
    await server.answerRest(1);
    expect(await written).toBe(true);
    expect(copies.entries).toBe(0);
  });

  it('are not dropped for a write elsewhere', async () => {
    await readWith('k', before);
    const written = cache.set('other', 1);
    await server.answer('SET', okReply);
    await written;
    expect(copies.entries).toBe(1);
  });

  it('are dropped after a failed write, which may have happened', async () => {
    await readWith('k', before);
    const outcome = Promise.allSettled([cache.set('k', 2)]);
    const value = cache.get('k');
    await answerRead('k', before);
    await value;
    await server.answer('SET', new Error('connection lost'));
    expect(await outcome).toMatchObject([{ reason: { message: expect.stringContaining('connection lost') } }]);
    expect(copies.entries).toBe(0);
  });

  it('are not made of missing, expired or refused values', async () => {
    const values = [cache.get('a'), cache.get('b')];
    const refused = Promise.allSettled([cache.get('c')]);
    await answerRead('a', null, -2);
    await answerRead('b', before, -2);
    await server.answer('GET', new Error('WRONGTYPE'));
    await server.answer('PTTL', -1);
    expect(await refused).toMatchObject([{ reason: { message: expect.stringContaining('WRONGTYPE') } }]);
    expect(await Promise.all(values)).toEqual([undefined, 1]);
    expect(copies.entries).toBe(0);
    expect(copies['pending'].size).toBe(0);
  });

  it('know how long a key lives, for callers that ask for both', async () => {
    const stampede = { buffer: 1 };
    const value = cache.get('k', { stampede });
    await server.answer('PTTL', 60_000);
    await answerRead('k', before, 60_000);
    expect(await value).toBe(1);
    expect(await cache.get('k', { stampede })).toBe(1);
    expect(pool.trips).toHaveLength(1);
  });

  it('are not used if only the server knows the rest', async () => {
    await readWith('k', before);
    const results = cache
      .pipeline()
      .get('k', { stampede: { buffer: 1 } })
      .hget('h', 'f')
      .execute();
    await server.answer('PTTL', 60_000);
    await server.answer('GET', after);
    await server.answer('HGET', null);
    expect(await results).toEqual([2, undefined]);
  });

  it('are not used in a transaction, which sees one moment', async () => {
    await readWith('k', before);
    const results = cache.pipeline({ transaction: true }).get('k').execute();
    await server.answer('GET', after);
    expect(await results).toEqual([2]);
  });

  it('let the event loop turn, for callers that wait for a change', async () => {
    await readWith('k', before);
    const change = new Promise<void>((resolve) =>
      setImmediate(() => {
        copies.forget('p:1:k');
        pool.reply = (name) => (name === 'GET' ? after : -1);
        resolve();
      }),
    );
    while ((await cache.get('k')) === 1);
    await change;
    expect(await cache.get('k')).toBe(2);
  });

  it('are not made of very many keys that are read at once', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `k${index}`);
    const values = cache.getMany(keys);
    await server.answer(
      'MGET',
      Array.from({ length: 1000 }, () => before),
    );
    await server.answer('MGET', [before]);
    expect((await values).size).toBe(1001);
    expect(pool.trips[0]).toHaveLength(2);
    expect(copies.entries).toBe(0);
  });
});
