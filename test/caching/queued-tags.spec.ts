import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type CachexService, CrossSlotError, resolveOptions, SerializerError } from '../../lib/index.js';
import { Invalidations } from '../../lib/tags/invalidations.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { okReply, RecordingPool } from '../recording-pool.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

/** The commands of a round trip, each with its key. */
const briefly = (trip: readonly string[]): string[] => trip.map((command) => command.split(' ', 2).join(' '));

describe('a pipeline that stores values with tags', () => {
  let pool: RecordingPool;
  let cache: CachexService;
  beforeEach(() => {
    pool = new RecordingPool();
    const replies: Record<string, unknown> = { SET: okReply, INCRBY: 1 };
    pool.reply = (name, args) => (args.includes('GET') ? null : (replies[name] ?? null));
    const options = resolveOptions({ connection: 'redis://127.0.0.1', keyPrefix: 'p', timeout: 60 });
    cache = createService(options, pool, new Logger());
  });

  const turnOfTheEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it.each([false, true])('sends nothing before it is executed (transaction: %s)', async (transaction) => {
    cache
      .pipeline({ transaction })
      .set('a', 1, { tags: ['x'] })
      .add('b', 2, { tags: ['y'] });
    await turnOfTheEventLoop();
    expect(pool.trips).toEqual([]);
  });

  it('asks once for the tags of all values, and sends the commands in one round trip', async () => {
    const pipeline = cache.pipeline();
    pipeline.set('a', 1, { tags: ['x', 'y'] });
    await turnOfTheEventLoop();
    pipeline.get('c').set('b', 2, { tags: ['y', 'z'] });
    await pipeline.execute();
    expect(pool.trips.map(briefly)).toEqual([
      ['x', 'y', 'z'].flatMap((tag) => [`SET p:tag:${tag}`, `PEXPIRE p:tag:${tag}`]),
      ['SET p:1:a', 'GET p:1:c', 'SET p:1:b'],
    ]);
  });

  it('asks before a transaction, whose commands stay together', async () => {
    await cache
      .pipeline({ transaction: true })
      .set('a', 1, { tags: ['x'] })
      .incr('b')
      .execute();
    expect(pool.trips.map(briefly)).toEqual([
      ['SET p:tag:x', 'PEXPIRE p:tag:x'],
      ['MULTI', 'SET p:1:a', 'INCRBY p:1:b', 'EXEC'],
    ]);
  });

  it('asks again when it is used again', async () => {
    const pipeline = cache.pipeline().set('a', 1, { tags: ['x'] });
    await pipeline.execute();
    await pipeline.set('a', 2, { tags: ['x'] }).execute();
    expect(pool.trips.map((trip) => trip.length)).toEqual([2, 1, 2, 1]);
  });

  it('asks nothing for values without tags', async () => {
    await cache.pipeline().set('a', 1).set('b', { n: 1 }, { stampede: true }).execute();
    expect(pool.trips.map(briefly)).toEqual([['SET p:1:a', 'SET p:1:b']]);
  });

  it('refuses what cannot be stored when it is queued', async () => {
    const pipeline = cache.pipeline();
    expect(() => pipeline.set('a', () => 1, { tags: ['x'] })).toThrow(SerializerError);
    expect(pipeline).toHaveLength(0);
    await turnOfTheEventLoop();
    expect(pool.trips).toEqual([]);
  });

  it('fails as a whole if the tags cannot be read, and sends nothing more', async () => {
    pool.sendAll = vi.fn<RecordingPool['sendAll']>(async () => {
      throw new Error('no connection');
    });
    await expect(
      cache
        .pipeline()
        .set('a', 1, { tags: ['x'] })
        .get('b')
        .execute(),
    ).rejects.toThrow('no connection');
    expect(pool.sendAll).toHaveBeenCalledTimes(1);
  });
});

describe('invalidations of a process', () => {
  it('are known by tag; of too many tags, all older ones count as invalidated', () => {
    const invalidations = new Invalidations();
    invalidations.add(['a']);
    const { count } = invalidations;
    expect(invalidations.isAfter(count - 1, 'a')).toBe(true);
    expect(invalidations.isAfter(count, 'a')).toBe(false);
    invalidations.add(['b']);
    invalidations.add(Array.from({ length: 10_000 }, (_, index) => `c${index}`));
    expect(invalidations.isAfter(count, 'b')).toBe(true);
    expect(invalidations.isAfter(count, 'a')).toBe(true);
    expect(invalidations.isAfter(invalidations.count, 'a')).toBe(false);
    expect(invalidations['last'].size).toBe(10_000);
  });
});

onEveryTopology(
  (t) => {
    describe.each([false, true])('a queued value with tags (transaction: %s)', (transaction) => {
      it('has the value of the moment when it was queued', async () => {
        const user = { name: 'Ada' };
        const large = { text: randomBytes(100_000).toString('hex') };
        const before = structuredClone(large);
        const tags = [t.key('tag')];
        const pipeline = t.cache.pipeline({ transaction });
        pipeline.set(t.key('user'), user, { tags }).set(t.key('large'), large, { tags });
        user.name = 'Bob';
        large.text = '';
        await pipeline.execute();
        expect(await t.cache.get(t.key('user'))).toEqual({ name: 'Ada' });
        expect(await t.cache.get(t.key('large'))).toEqual(before);
        await t.cache.invalidateTags(tags);
        expect(await t.cache.hasKey(t.key('user'))).toBe(false);
        expect(await t.cache.hasKey(t.key('large'))).toBe(false);
      });

      it('is missing if one of its tags is invalidated before it is sent; others are not', async () => {
        const [tag, other] = [t.key('tag'), t.key('other')];
        const pipeline = t.cache.pipeline({ transaction });
        pipeline.set(t.key('a'), 1, { tags: [tag, other] }).set(t.key('b'), 2, { tags: [other] });
        await t.cache.invalidateTags([tag]);
        pipeline.set(t.key('c'), 3, { tags: [tag, other] });
        expect(await pipeline.execute()).toEqual([true, true, true]);
        const found = await t.cache.getMany(['a', 'b', 'c'].map((name) => t.key(name)));
        expect([...found.values()]).toEqual([2, 3]);
      });

      it('is also missing if add replaces an invalidated entry by it', async () => {
        const tags = [t.key('tag')];
        await t.cache.set(t.key(), 'old', { tags });
        await t.cache.invalidateTags(tags);
        const pipeline = t.cache.pipeline({ transaction }).add(t.key(), 'new', { tags });
        await t.cache.withVersion(2).invalidateTags(tags);
        expect(await pipeline.execute()).toEqual([true]);
        expect(await t.cache.get(t.key())).toBeUndefined();
      });

      it('counts if another process has invalidated a tag before it was sent, until the next invalidation', async () => {
        const tags = [t.key('tag')];
        const invalidateElsewhere = (): Promise<unknown> => raw(t.cache, 'UNLINK', tagKey(tags[0]!));
        const pipeline = t.cache.pipeline({ transaction }).set(t.key(), 1, { tags });
        await invalidateElsewhere();
        await pipeline.execute();
        expect(await t.cache.get(t.key())).toBe(1);
        await invalidateElsewhere();
        expect(await t.cache.get(t.key())).toBeUndefined();
      });
    });

    it('a transaction over several slots of a cluster takes no stamps', async () => {
      if (!t.cache['executor'].pool.slotOf) return;
      const tag = t.key('tag');
      const pipeline = t.cache.pipeline({ transaction: true });
      pipeline.set('{1}a', 1, { tags: [tag] }).set('{2}b', 1, { tags: [tag] });
      await expect(pipeline.execute()).rejects.toThrow(CrossSlotError);
      expect(await raw(t.cache, 'EXISTS', tagKey(tag))).toBe(0);
    });

    const tagKey = (tag: string): string => `${t.cache.toJSON().keyPrefix}:tag:${tag}`;
  },
  { compressor: 'zlib' },
);
