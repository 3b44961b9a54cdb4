import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { sealEnvelope, type Stamp } from '../../lib/codec/envelope.js';
import { CachexError, type CachexService, resolveOptions } from '../../lib/index.js';
import { Questions, SlowPool } from '../slow-pool.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

describe('a read with tags', () => {
  let server: Questions;
  let pool: SlowPool;
  let cache: CachexService;
  const factory = vi.fn(() => 'made');
  const entry = (...tags: Stamp[]): Buffer => sealEnvelope({ tags }, Buffer.from('1'));
  const stamps = (...of: string[]): Buffer[] => of.map((stamp) => Buffer.from(stamp));

  beforeEach(() => {
    factory.mockClear();
    pool = new SlowPool();
    server = new Questions();
    pool.reply = server.ask;
    cache = createService(resolveOptions({ connection: 'redis://nowhere', keyPrefix: 'p' }), pool, new Logger());
  });
  afterEach(() => cache.close());

  const read = (): Promise<unknown> => cache.getOrSet('k', factory, { timeout: 60, tags: ['a', 'b'] });

  it('asks for their stamps in the same round trip', async () => {
    const value = read();
    await server.answer('GET p:1:k', entry(['a', 's1'], ['b', 's2']));
    await server.answer('MGET p:tag:a p:tag:b', stamps('s1', 's2'));
    expect(await value).toBe(1);
    expect(factory).not.toHaveBeenCalled();
    expect(pool.trips).toHaveLength(2);
  });

  it.each<[string, () => Promise<unknown>, Record<string, unknown>]>([
    ['getex', () => cache.getex('k', 5), { PTTL: 60_000, GETEX: entry(['a', 's1']), PEXPIRETIME: 4e12 }],
    [
      'set',
      () => cache.set('k', 1, { xx: true, get: true }),
      { PEXPIRETIME: 4e12, PTTL: 60_000, SET: entry(['a', 's1']) },
    ],
    ['getMany', () => cache.getMany(['k', 'l']), { MGET: [entry(['a', 's1']), Buffer.from([0xc1])] }],
    ['lrange', () => cache.lrange('k', 0, -1), { LRANGE: [Buffer.from('1'), null] }],
  ])(
    'may fail for want of the stamps, and for anything else, without a rejection that nobody handles: %s',
    async (...[, call, replies]) => {
      pool.reply = (name, args) => (String(args[0]).startsWith('p:tag:') ? 1 : replies[name]);
      await expect(call()).rejects.toThrow(CachexError);
    },
  );

  it('asks once for the tags of all who read at a time', async () => {
    const values = Array.from({ length: 3 }, () => read());
    for (const _ of values) await server.answer('GET p:1:k', entry(['b', 's2']));
    await server.answer('MGET p:tag:a p:tag:b', stamps('s1', 's2'));
    expect(await Promise.all(values)).toEqual([1, 1, 1]);
  });

  it('asks for the tags of the entry where it has others', async () => {
    const value = read();
    await server.answer('GET p:1:k', entry(['a', 's1'], ['other', 's3']));
    await server.answer('MGET p:tag:a p:tag:other', stamps('s1', 's3'));
    expect(await value).toBe(1);
    await server.answerRest([]);
  });

  it('asks again where the entry is newer than the answer', async () => {
    const value = read();
    await server.answer('MGET p:tag:a p:tag:b', [null, null]);
    await server.answer('GET p:1:k', entry(['a', 's1']));
    await server.answer('MGET p:tag:a', stamps('s1'));
    expect(await value).toBe(1);
    expect(factory).not.toHaveBeenCalled();
  });

  it('makes the value where a tag was invalidated', async () => {
    const value = read();
    await server.answer('GET p:1:k', entry(['a', 's1']));
    await server.answer('MGET p:tag:a p:tag:b', [null, null]);
    await server.answer('MGET p:tag:a', [null]);
    pool.reply = () => Buffer.from('s9');
    await server.answerRest(Buffer.from('s9'));
    expect(await value).toBe('made');
  });

  it('does not fail by them where there is no entry', async () => {
    const value = read();
    await server.answer('MGET p:tag:a p:tag:b', new Error('ERR out of order'));
    await server.answer('GET p:1:k', null);
    await server.answerRest(Buffer.from('s9'));
    expect(await value).toBe('made');
  });
});
