import { describe, expect, it, vi } from 'vitest';
import { type FactoryContext, type Pipeline, WrongTypeError } from '../../lib/index.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { keepFor, keptMs, raw } from '../raw.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

const hour = 3_600_000;
const stampede = { buffer: '10m', delta: 0 } as const;
const bufferMs = 600_000;

contract((t) => {
  /** Kept for an hour beyond its minute. */
  const store = (name?: string): Promise<string> =>
    t.cache.getOrSet(t.key(name), () => 'old', { timeout: '1m', grace: '1h' });
  const storeStale = async (name?: string): Promise<void> => {
    await store(name);
    await keepFor(t.cache, t.key(name), hour);
  };
  const storeInvalidated = async (): Promise<void> => {
    await t.cache.set(t.key(), 'old', { timeout: '1m', tags: [t.key('tag')] });
    await t.cache.invalidateTags([t.key('tag')]);
  };
  const staleValue = (): Promise<unknown> =>
    t.cache.getOrSet(t.key(), ({ staleValue: seen, skip }: FactoryContext) => (skip(), seen), { grace: '1h' });

  const ends = {
    expire: () => t.on.expire(t.key(), 30),
    pexpire: () => t.on.pexpire(t.key(), 30_000),
    expireAt: () => t.on.expireAt(t.key(), new Date(Date.now() + 30_000)),
    pexpireAt: () => t.on.pexpireAt(t.key(), Date.now() + 30_000),
    touch: () => t.on.touch(t.key(), 30),
  };

  describe.each(Object.keys(ends) as (keyof typeof ends)[])('%s', (method) => {
    it('moves the end of an entry, which is kept as long beyond it as before', async () => {
      await store();
      expect(await ends[method]()).toBe(true);
      expect(await t.on.ttl(t.key())).toBeGreaterThanOrEqual(29);
      expect(await t.on.ttl(t.key())).toBeLessThanOrEqual(30);
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(hour + 28_000);
      expect(await t.on.get(t.key())).toBe('old');
      await t.on.set(t.key(), 'old', { timeout: '5m', stampede });
      expect(await ends[method]()).toBe(true);
      expect(await t.on.get(t.key(), { stampede })).toBe('old');
      expect(await t.on.pttl(t.key())).toBeLessThanOrEqual(30_000);
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(bufferMs + 28_000);
    });

    it('does not revive an entry that no longer counts', async () => {
      await storeStale();
      expect(await ends[method]()).toBe(false);
      expect(await t.on.get(t.key())).toBeUndefined();
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(hour - 5_000);
      await storeInvalidated();
      expect(await ends[method]()).toBe(false);
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(55_000);
      expect(await t.on.get(t.key())).toBeUndefined();
    });
  });

  it('deletes with an end in the past, and reports whether an entry counted', async () => {
    await store();
    expect(await t.on.expire(t.key(), 0)).toBe(true);
    expect(await t.on.type(t.key())).toBeUndefined();
    await storeStale();
    expect(await t.on.expireAt(t.key(), 1)).toBe(false);
    expect(await t.on.type(t.key())).toBeUndefined();
  });

  it('persist removes the end of an entry that counts, and of no other', async () => {
    await store();
    expect(await t.on.persist(t.key())).toBe(true);
    expect(await t.on.persist(t.key())).toBe(false);
    expect(await t.on.ttl(t.key())).toBe(-1);
    expect(await t.on.expireTime(t.key())).toBe(-1);
    expect(await t.on.get(t.key())).toBe('old');
    await t.on.delete(t.key());
    await storeStale();
    expect(await t.on.persist(t.key())).toBe(false);
    expect(await t.on.expire(t.key(), null)).toBe(false);
    expect(await t.on.get(t.key())).toBeUndefined();
    expect(await keptMs(t.cache, t.key())).toBeGreaterThan(0);
  });

  it('expireTime returns the end, not how long the entry is kept', async () => {
    await store();
    const at = Date.now() / 1000 + 60;
    expect(Math.abs((await t.on.expireTime(t.key())) - at)).toBeLessThan(10);
    await t.on.set(t.key('plain'), 1, 60);
    expect(Math.abs((await t.on.expireTime(t.key('plain'))) - at)).toBeLessThan(10);
    await t.on.lpush(t.key('list'), 1);
    expect(await t.on.expireTime(t.key('list'))).toBe(-1);
    expect(await t.on.expireTime(t.key('missing'))).toBe(-2);
  });

  describe('set with keepTtl', () => {
    it.each([{}, { xx: true }, { get: true }, { xx: true, get: true }])(
      'keeps the end of an entry, not how long it was kept: %o',
      async (options) => {
        const answer = options.get ? 'old' : true;
        await store();
        expect(await t.on.set(t.key(), 'new', { ...options, keepTtl: true })).toBe(answer);
        expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
        expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(60_000);
        await t.on.set(t.key(), 'old', { timeout: '2m', stampede });
        expect(await t.on.set(t.key(), 'new', { ...options, keepTtl: true, stampede })).toBe(answer);
        expect(await t.on.ttl(t.key())).toEqual(leftOf(120));
        expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(120_000);
        expect(await t.on.get(t.key())).toBe('new');
        await t.on.set(t.key(), 'old', 90);
        expect(await t.on.set(t.key(), 'new', { ...options, keepTtl: true })).toBe(answer);
        expect(await t.on.ttl(t.key())).toEqual(leftOf(90));
        await t.cache.getOrSet(t.key('endless'), 'old', { timeout: null, grace: '1h', tags: [t.key('tag')] });
        expect(await t.on.set(t.key('endless'), 'new', { ...options, keepTtl: true })).toBe(answer);
        expect(await t.on.ttl(t.key('endless'))).toBe(-1);
      },
    );

    it('writes over an entry that no longer counts as over a missing key', async () => {
      for (const outdate of [storeStale, storeInvalidated]) {
        await outdate();
        expect(await t.on.set(t.key(), 'new', { keepTtl: true })).toBe(true);
        expect(await t.on.ttl(t.key())).toBe(-1);
        await t.on.delete(t.key());
        await outdate();
        expect(await t.on.set(t.key(), 'new', { keepTtl: true, get: true })).toBeUndefined();
        expect(await t.on.ttl(t.key())).toBe(-1);
        await t.on.delete(t.key());
      }
    });

    it('keeps the tags known as long as the entry', async () => {
      await store();
      await t.on.set(t.key(), 'new', { keepTtl: true, tags: [t.key('tag')] });
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.on.get(t.key())).toBe('new');
      await t.cache.invalidateTags([t.key('tag')]);
      expect(await t.on.get(t.key())).toBeUndefined();
    });
  });

  describe('set with xx', () => {
    it.each([{}, { keepTtl: true }, { timeout: 30 }, { tags: ['tag'] }, { stampede }])(
      'writes nothing over what counts no longer, and leaves it as it is: %o',
      async (options) => {
        for (const value of ['new', 7]) {
          await storeStale();
          expect(await t.on.set(t.key(), value, { ...options, xx: true })).toBe(false);
          expect(await t.on.get(t.key())).toBeUndefined();
          expect(await t.on.set(t.key(), value, { ...options, xx: true, get: true })).toBeUndefined();
          expect(await t.on.get(t.key())).toBeUndefined();
          expect(await keptMs(t.cache, t.key())).toBeGreaterThan(hour - 5_000);
          expect(await staleValue()).toBe('old');
          await t.on.delete(t.key());
          await storeInvalidated();
          expect(await t.on.set(t.key(), value, { ...options, xx: true })).toBe(false);
          expect(await t.on.get(t.key())).toBeUndefined();
          await t.on.delete(t.key());
        }
      },
    );

    it('overwrites anything that counts, of any type', async () => {
      await store();
      expect(await t.on.set(t.key(), 'new', { xx: true, timeout: 30 })).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(30));
      await t.on.lpush(t.key('list'), 1);
      expect(await t.on.set(t.key('list'), 'new', { xx: true })).toBe(true);
      expect(await t.on.get(t.key('list'))).toBe('new');
    });
  });

  describe.each([{}, { initial: 10 }, { timeout: 90 }, { timeout: 0 }])('incr with %o', (options) => {
    const first = (options.initial ?? 0) + 2;

    it.each([
      ['is over', storeStale],
      ['was invalidated', storeInvalidated],
    ])('counts from the beginning where what is there %s', async (_, storeGone) => {
      await storeGone();
      expect(await t.on.incr(t.key(), 2, options)).toBe(first);
      expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(90_000);
    });

    it('counts every call', async () => {
      await storeStale();
      const counts = await Promise.all(
        Array.from({ length: 5 }, () => t.on.incr(t.key(), 2, { ...options, timeout: 90 })),
      );
      expect(counts.toSorted((a, b) => a - b)).toEqual([0, 2, 4, 6, 8].map((more) => first + more));
      expect(await t.on.ttl(t.key())).toEqual(leftOf(90));
    });

    it('ignores an entry that no longer counts', async () => {
      await store();
      await expect(t.on.incr(t.key(), 2, options)).rejects.toThrow(WrongTypeError);
      expect(await t.on.get(t.key())).toBe('old');
    });
  });

  it('a timeout of 0 depends on whether an entry counts', async () => {
    await storeStale();
    expect(await t.on.set(t.key(), 1, { timeout: 0, nx: true })).toBe(true);
    expect(await t.on.set(t.key(), 1, { timeout: 0, xx: true })).toBe(false);
    await store('fresh');
    expect(await t.on.set(t.key('fresh'), 1, { timeout: 0, nx: true })).toBe(false);
    expect(await t.on.get(t.key('fresh'))).toBe('old');
    expect(await t.on.set(t.key('fresh'), 1, { timeout: 0, xx: true })).toBe(true);
    expect(await t.on.type(t.key('fresh'))).toBeUndefined();
  });
});

onEveryTopology((t) => {
  it('an entry keeps its extra time under another name and version', async () => {
    await t.cache.set(t.key(), 'value', { timeout: '1m', stampede });
    await t.cache.rename(t.key(), t.key('renamed'));
    expect(await t.cache.ttl(t.key('renamed'))).toEqual(leftOf(60));
    await t.cache.incrVersion(t.key('renamed'));
    expect(await t.cache.ttl(t.key('renamed'), { version: 2 })).toEqual(leftOf(60));
    expect(await t.cache.get(t.key('renamed'), { version: 2, stampede })).toBe('value');
  });

  it('expire extends the tags, too', async () => {
    const tag = t.key('tag');
    await t.cache.set(t.key(), 'value', { timeout: '1m', tags: [tag] });
    await t.cache.expire(t.key(), '3h');
    const life = await raw(t.cache, 'PTTL', `${t.cache.toJSON().keyPrefix}:tag:${tag}`);
    expect(life).toBeGreaterThan(3 * hour);
  });

  it.each([{}, { transaction: true }])('a later write of the same pipeline stays: %o', async (options) => {
    const store = (): Promise<string> => t.cache.getOrSet(t.key(), () => 'old', { timeout: '1m', grace: '1h' });
    const storeStale = async (): Promise<void> => {
      await store();
      await keepFor(t.cache, t.key(), hour);
    };
    for (const begin of [store, storeStale]) {
      for (const timeout of [10, 7200]) {
        const calls = [
          () => t.cache.pipeline(options).touch(t.key(), 30),
          () => t.cache.pipeline(options).expire(t.key(), 30),
          () => t.cache.pipeline(options).persist(t.key()),
          () => t.cache.pipeline(options).set(t.key(), 'new', { keepTtl: true }),
          () => t.cache.pipeline(options).set(t.key(), 'new', { keepTtl: true, xx: true }),
          () => t.cache.pipeline(options).set(t.key(), 'new', { keepTtl: true, get: true }),
        ];
        for (const call of calls) {
          await begin();
          await call().set(t.key(), 'newer', timeout).execute();
          expect(await t.cache.get(t.key())).toBe('newer');
          expect(await t.cache.ttl(t.key())).toEqual(leftOf(timeout));
          await t.cache.delete(t.key());
        }
      }
    }
  });

  describe.each(['touch', 'expire', 'persist'] as const)('%s is not felt by the same value written again', (name) => {
    const change = (on: Pipeline): Pipeline => {
      if (name === 'persist') on.persist(t.key());
      else on[name](t.key(), 1000);
      return on;
    };
    const store = (timeout: number): Promise<unknown> => t.cache.set(t.key(), 'same', { timeout, stampede });
    const begins: [what: string, begin: () => Promise<unknown>][] = [
      ['counts', () => store(50)],
      ['counts no longer', () => store(50).then(() => keepFor(t.cache, t.key(), bufferMs))],
    ];

    it.each([{}, { transaction: true }])('by a pipeline: %o', async (options) => {
      for (const [, begin] of begins) {
        await begin();
        await change(t.cache.pipeline(options)).set(t.key(), 'same', { timeout: 5, stampede }).execute();
        expect(await t.cache.ttl(t.key())).toEqual(leftOf(5));
        await begin();
        await change(t.cache.pipeline(options)).set(t.key(), 'same', { timeout: 2000, stampede }).execute();
        expect(await t.cache.ttl(t.key())).toEqual(leftOf(2000));
      }
    });

    it.each(begins)('by another client, which %s', async (_, begin) => {
      const { pool } = t.cache['executor'];
      await begin();
      const sendAll = pool.sendAll.bind(pool);
      const spy = vi.spyOn(pool, 'sendAll').mockImplementationOnce(async (commands) => {
        const replies = await sendAll(commands);
        await store(5);
        return replies;
      });
      await change(t.cache.pipeline()).execute();
      spy.mockRestore();
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(5));
    });
  });

  it('the last of several ends in a pipeline is the one that holds', async () => {
    await t.cache.set(t.key(), 'value', { timeout: 50, stampede });
    await t.cache.pipeline().touch(t.key(), 1000).persist(t.key()).execute();
    expect(await t.cache.ttl(t.key())).toBe(-1);
    await t.cache.set(t.key(), 'value', { timeout: 50, stampede });
    const at = new Date(Date.now() + 300_000);
    await t.cache
      .pipeline()
      .expireAt(t.key(), new Date(Date.now() + 900_000))
      .touch(t.key(), 1000)
      .expireAt(t.key(), at)
      .execute();
    expect(Math.abs((await t.cache.expireTime(t.key())) - at.getTime() / 1000)).toBeLessThanOrEqual(1);
  });

  it('a key that changed its type meanwhile is left alone', async () => {
    await t.cache.getOrSet(t.key(), 'old', { timeout: '1m', grace: '1h' });
    const calls = t.cache.pipeline().touch(t.key(), 30).delete(t.key()).hset(t.key(), 'field', 1);
    expect(await calls.execute()).toEqual([true, true, expect.anything()]);
    expect(await t.cache.ttl(t.key())).toBe(-1);
  });

  it('a value that was written over a stale entry meanwhile is not undone', async () => {
    const { pool } = t.cache['executor'];
    await t.cache.getOrSet(t.key(), 'old', { timeout: '1m', grace: '1h' });
    await keepFor(t.cache, t.key(), hour);
    const sendAll = pool.sendAll.bind(pool);
    const spy = vi.spyOn(pool, 'sendAll').mockImplementationOnce(async (commands) => {
      const replies = await sendAll(commands);
      await t.cache.set(t.key(), 'newer', 30);
      return replies;
    });
    expect(await t.cache.set(t.key(), 'new', { xx: true })).toBe(false);
    spy.mockRestore();
    expect(await t.cache.get(t.key())).toBe('newer');
    expect(await t.cache.ttl(t.key())).toEqual(leftOf(30));
  });
});
