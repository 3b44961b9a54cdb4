import { ThrottlerStorageService } from '@nestjs/throttler';
import { describe, expect, it } from 'vitest';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';

const minute = 60_000;

onEveryTopology((t) => {
  describe('the storage of throttlers', () => {
    const storage = () => new CachexThrottlerStorage(t.cache);

    it('counts hits, and reports times in seconds', async () => {
      const first = await storage().increment(t.key(), minute, 2, minute, 'default');
      expect(first).toEqual({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
      const other = await storage().increment(t.key('other'), 1500, 2, minute, 'default');
      expect(other).toMatchObject({ totalHits: 1, timeToExpire: 2 });
    });

    it('blocks a caller that exceeds the limit, for the given time', async () => {
      const hit = () => storage().increment(t.key(), 1000, 2, 2 * minute, 'default');
      expect([await hit(), await hit()].map(({ isBlocked }) => isBlocked)).toEqual([false, false]);
      const blocked = { totalHits: 3, isBlocked: true, timeToBlockExpire: 120 };
      expect(await hit()).toMatchObject(blocked);
      expect(await hit()).toMatchObject(blocked);
    });

    it.each([0, -1])('blocks without an error under a blockDuration of %s', async (blockDuration) => {
      const hit = () => storage().increment(t.key(), minute, 2, blockDuration, 'default');
      await hit();
      expect(await hit()).toMatchObject({ totalHits: 2, isBlocked: false, timeToBlockExpire: 0 });
      const blocked = await hit();
      expect(blocked).toMatchObject({ totalHits: 3, isBlocked: true });
      expect(blocked.timeToBlockExpire).toBeGreaterThan(50);
      expect(blocked.timeToBlockExpire).toBeLessThanOrEqual(60);
    });

    it.each([0, -1])('asks a caller that may never come to try again later, under a limit of %s', async (limit) => {
      const hit = await storage().increment(t.key(), minute, limit, 0, 'default');
      expect(hit).toEqual({ totalHits: 1, timeToExpire: 60, isBlocked: true, timeToBlockExpire: 60 });
    });

    it('counts each key and each throttler separately', async () => {
      const block = async (key: string, throttler: string) =>
        storage().increment(t.key(key), minute, 0, minute, throttler);
      expect(await block('a', 'short')).toMatchObject({ isBlocked: true });
      for (const [key, throttler] of [
        ['a', 'long'],
        ['b', 'short'],
        ['short', 'a'],
        ['a:short', ''],
        ['', 'a'],
      ] as const) {
        const other = await storage().increment(t.key(key), minute, 1, minute, throttler);
        expect(other).toMatchObject({ totalHits: 1, isBlocked: false });
      }
    });

    it('accepts any key from a generator', async () => {
      for (const key of ['', ' ', 'ü\n{}', 'x'.repeat(10_000)]) {
        expect(await storage().increment(key + t.key(), minute, 1, 0, 'ü:%')).toMatchObject({ totalHits: 1 });
      }
      await expect(storage().increment(7 as never, minute, 1, 0, 'default')).rejects.toThrow('must be a string');
      await expect(storage().increment('key', NaN, 1, 0, 'default')).rejects.toThrow('ttl must be a finite number');
    });

    it('accepts infinite and missing times and limits', async () => {
      const forever = await storage().increment(t.key('forever'), Infinity, Infinity, Infinity, 'default');
      expect(forever).toMatchObject({ totalHits: 1, isBlocked: false });
      const blocked = await storage().increment(t.key('blocked'), minute, 0, Infinity, 'default');
      expect(blocked.timeToBlockExpire).toBeGreaterThan(1_000_000_000);
      for (let hit = 0; hit < 3; hit++) {
        expect(await storage().increment(t.key('none'), 0, 1, 0, 'default')).toMatchObject({ isBlocked: false });
      }
    });

    it('accepts a ttl and a limit of 0, for which other storages answer with an error', async () => {
      expect(await storage().increment(t.key(), 0, 0, 0, 'default')).toMatchObject({ isBlocked: true });
      expect(await storage().increment(t.key('long'), 0, 0, minute, 'default')).toMatchObject({ isBlocked: true });
    });

    it('accepts numbers as text, as read from the environment', async () => {
      const hit = () => storage().increment(t.key(), '60000' as never, '2' as never, '1500' as never, 'default');
      const answers = [await hit(), await hit(), await hit()];
      expect(answers.map(({ totalHits }) => totalHits)).toEqual([1, 2, 3]);
      expect(answers[0]!.timeToExpire).toBe(60);
      expect(answers[2]).toMatchObject({ isBlocked: true, timeToBlockExpire: 2 });
      for (const ttl of ['', 'soon', ' ', null]) {
        await expect(storage().increment('key', ttl as never, 1, 0, 'default')).rejects.toThrow('ttl must be');
      }
    });

    it('counts down one by one, to the last', async () => {
      const counted: number[] = [];
      for (let hit = 0; hit < 30; hit++) {
        counted.push((await storage().increment(t.key(), minute, 30, minute, 'default')).totalHits);
      }
      expect(counted).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    });

    it('admits as many of a flood as the limit says', async () => {
      const hits = Array.from({ length: 1000 }, () => storage().increment(t.key(), minute, 5, minute, 'default'));
      const records = await Promise.all(hits);
      expect(records.filter(({ isBlocked }) => !isBlocked)).toHaveLength(5);
    });

    it('counts every one of many simultaneous hits', async () => {
      const hits = Array.from({ length: 20 }, () => storage().increment(t.key(), minute, 15, 0, 'default'));
      const records = await Promise.all(hits);
      expect(records.filter(({ isBlocked }) => isBlocked)).toHaveLength(5);
    });

    it('names one key, with the prefix once, which ends and which clear() leaves alone', async () => {
      const { keyPrefix } = t.cache.toJSON();
      const key = t.key();
      const wire = `${keyPrefix}:own:throttle:1:default:${key}`;
      await storage().increment(key, minute, 1, minute, 'default');
      expect(Number(await raw(t.cache, 'PTTL', wire))).toBeGreaterThan(0);
      await storage().increment(key, minute, 1, minute, 'default');
      expect(Number(await raw(t.cache, 'PTTL', wire))).toBeGreaterThan(0);
      await t.cache.clear();
      expect(await storage().increment(key, minute, 1, minute, 'default')).toMatchObject({ isBlocked: true });
    });

    it('answers like the storage of @nestjs/throttler', async () => {
      const theirs = new ThrottlerStorageService();
      for (const blockDuration of [0, minute]) {
        for (let hit = 0; hit < 5; hit++) {
          const call = [t.key(`as-theirs-${blockDuration}`), minute, 2, blockDuration, 'default'] as const;
          const [our, their] = await Promise.all([storage().increment(...call), theirs.increment(...call)]);
          expect([hit, our.totalHits, our.isBlocked]).toEqual([hit, their.totalHits, their.isBlocked]);
        }
      }
      theirs.onApplicationShutdown();
    });
  });
});

describe('the arguments of the storage of throttlers', () => {
  it('are a cache, and known options', () => {
    expect(() => new CachexThrottlerStorage(undefined as never)).toThrow(
      'CachexThrottlerStorage must be given a CachexService, as injected, not undefined',
    );
  });
});
