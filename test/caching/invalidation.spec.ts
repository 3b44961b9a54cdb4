import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { CachexService, GetOrSetOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { keepFor, raw } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

/** So that every read is early. */
const always = { delta: '1000d' } as const;

const settings: readonly Omit<GetOrSetOptions, 'tags'>[] = [
  {},
  { lock: true },
  { grace: '1h' },
  { grace: '1h', lock: true },
  { stampede: always },
  { stampede: always, lock: true },
  { grace: '1h', stampede: always },
];

onEveryTopology(
  (t) => {
    describe.each(settings)('a caller after invalidateTags, with %o', (setting) => {
      it('gets nothing that was made before it, by any flight', async () => {
        const options = { ...setting, tags: [t.key('tag')] };
        await t.cache.getOrSet(t.key(), () => 1, options);
        await t.cache.invalidateTags(options.tags);
        const value = deferred<number>();
        const slow = vi.fn<() => Promise<number>>(() => value.promise);
        const early = t.cache.getOrSet(t.key(), slow, options);
        await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
        await t.cache.invalidateTags(options.tags);
        const factory = vi.fn<() => number>(() => 2);
        const late = t.cache.getOrSet(t.key(), factory, options);
        // Until the second caller has joined the flight.
        await t.cache.get(t.key());
        value.resolve(1);
        expect(await early).toBe(1);
        expect(await late).toBe(2);
        expect(factory).toHaveBeenCalledTimes(1);
      });

      it('finds what was stored since: an earlier flight does not store over it', async () => {
        const options = { ...setting, tags: [t.key('tag')] };
        await t.cache.set(t.key(), 1, { tags: options.tags });
        if (!('stampede' in setting)) await t.cache.invalidateTags(options.tags);
        const value = deferred<number>();
        const slow = vi.fn<() => Promise<number>>(() => value.promise);
        const early = t.cache.getOrSet(t.key(), slow, options);
        await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
        await t.cache.invalidateTags(options.tags);
        await t.cache.set(t.key(), 2, { tags: options.tags });
        const late = t.cache.getOrSet(t.key(), () => 3, options);
        await t.cache.get(t.key());
        value.resolve(1);
        expect(await early).toBe(1);
        expect(await late).toBeGreaterThan(1);
        expect(await t.cache.get(t.key())).toBeGreaterThan(1);
      });
    });

    describe('under grace', () => {
      it('a failure before the invalidation does not justify a stale copy', async () => {
        const options = { grace: '1h', tags: [t.key('tag')] };
        await t.cache.getOrSet(t.key(), () => 1, options);
        await t.cache.invalidateTags(options.tags);
        const value = deferred<number>();
        const slow = vi.fn<() => Promise<number>>(() => value.promise);
        const early = t.cache.getOrSet(t.key(), slow, options);
        await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
        await t.cache.invalidateTags(options.tags);
        const late = t.cache.getOrSet(t.key(), () => 2, options);
        await t.cache.get(t.key());
        value.reject(new Error('no database'));
        expect(await early).toBe(1);
        expect(await late).toBe(2);
      });

      it.each([
        ['takes long', { softTimeout: '1ms' }, false],
        ['takes long', { softTimeout: '1ms' }, true],
        ['takes too long', { hardTimeout: '30s' }, false],
      ])('what %s since before the invalidation is none either: %o, tags by setTags: %s', async (_, limits, own) => {
        const tags = [t.key('tag')];
        const options = { ...limits, grace: '1h', ...(own ? { setsTags: true } : { tags }) };
        const call = (make: () => number | Promise<number>): Promise<number> =>
          t.cache.getOrSet(
            t.key(),
            ({ setTags }) => {
              if (own) setTags(tags);
              return make();
            },
            options,
          );
        await call(() => 1);
        await keepFor(t.cache, t.key(), 1_800_000);
        const value = deferred<number>();
        const slow = vi.fn<() => Promise<number>>(() => value.promise);
        const early = call(slow);
        await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
        if ('softTimeout' in limits) await early;
        await t.cache.invalidateTags(tags);
        const fast = vi.fn<() => number>(() => 2);
        const late = await Promise.all([call(fast), call(fast)]);
        expect('softTimeout' in limits || late.every((given) => given === 2)).toBe(true);
        await vi.waitFor(() => expect(fast).toHaveBeenCalledTimes(1), { interval: 1, timeout: 20_000 });
        value.resolve(0);
        await early;
        await vi.waitFor(() => expect(t.cache['caching']['flights'].size).toBe(0), { interval: 1, timeout: 20_000 });
        expect(await t.cache.get(t.key())).toBe(2);
      });

      const failing = vi.fn<() => never>(() => {
        throw new Error('no database');
      });

      it('an invalidation ends the pause between refreshes', async () => {
        const options = { grace: '1h', tags: [t.key('tag')] };
        await t.cache.getOrSet(t.key(), () => 1, options);
        await t.cache.invalidateTags(options.tags);
        failing.mockClear();
        expect(await t.cache.getOrSet(t.key(), failing, options)).toBe(1);
        expect(await t.cache.getOrSet(t.key(), failing, options)).toBe(1);
        expect(failing).toHaveBeenCalledTimes(1);
        await t.cache.invalidateTags(options.tags);
        expect(await t.cache.getOrSet(t.key(), () => 2, options)).toBe(2);
      });

      it('there is no such pause if nobody knows whether a tag was invalidated', async () => {
        const tags = [t.key('tag')];
        await t.cache.getOrSet(t.key(), ({ setTags }) => (setTags(tags), 1), { grace: '1h' });
        await t.cache.invalidateTags(tags);
        expect(await t.cache.getOrSet(t.key(), failing, { grace: '1h' })).toBe(1);
        await t.cache.invalidateTags(tags);
        expect(await t.cache.getOrSet(t.key(), () => 2, { grace: '1h' })).toBe(2);
      });
    });

    it('a value with tags from its factory is not stored over a newer one either', async () => {
      const tags = [t.key('tag')];
      const value = deferred<number>();
      const slow = vi.fn<() => void>();
      const early = t.cache.getOrSet(t.key(), async ({ setTags }) => {
        slow();
        setTags(tags);
        return value.promise;
      });
      await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
      await t.cache.invalidateTags(tags);
      await t.cache.set(t.key(), 2, { tags });
      value.resolve(1);
      expect(await early).toBe(1);
      expect(await t.cache.get(t.key())).toBe(2);
      expect(String(await raw(t.cache, 'GET', t.cache.makeKey(t.key())))).toMatch(/2$/);
    });

    describe('a value that was handed over before invalidateTags is missing after it', () => {
      const many = (): Record<string, number> =>
        Object.fromEntries(Array.from({ length: 2501 }, (_, index) => [t.key(String(index)), index]));
      const large = { text: randomBytes(1_000_000).toString('hex') };

      it.each<[string, (cache: CachexService, tags: string[]) => Promise<unknown>]>([
        ['a value of set', (cache, tags) => cache.set(t.key(), 1, { tags })],
        ['a value that takes long to compress', (cache, tags) => cache.set(t.key(), large, { tags })],
        ['one of a pipeline', (cache, tags) => cache.pipeline().set(t.key(), 1, { tags }).execute()],
        ['the last of many', (cache, tags) => cache.setMany(many(), { tags })],
        ['what add puts in the place of an invalidated entry', (cache, tags) => cache.add(t.key('old'), 2, { tags })],
        ['the same with nx and get', (cache, tags) => cache.set(t.key('old'), 2, { nx: true, get: true, tags })],
      ])('%s', async (_, store) => {
        const tags = [t.key('tag')];
        await t.cache.set(t.key('old'), 1, { tags });
        await t.cache.invalidateTags(tags);
        const storing = store(t.cache, tags);
        await t.cache.invalidateTags(tags);
        await storing;
        const found = await t.cache.getMany([t.key(), t.key('old'), t.key('0'), t.key('2500')]);
        expect([...found]).toEqual([]);
      });
    });
  },
  { compressor: 'zlib' },
);
