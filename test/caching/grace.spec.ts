import { describe, expect, it, vi } from 'vitest';
import { type FactoryContext, FactoryTimeoutError } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { keepFor } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

const grace = '1h';
const graceMs = 3_600_000;
const failing = () =>
  vi.fn<() => never>(() => {
    throw new Error('no database');
  });

onEveryTopology((t) => {
  /** Stores a value whose timeout is over. */
  async function store(value: unknown, key = t.key()): Promise<void> {
    await t.cache.getOrSet(key, () => value, { timeout: 60, grace });
    await keepFor(t.cache, key, graceMs);
  }

  describe('an entry with grace', () => {
    it('is like any other until its timeout', async () => {
      await t.cache.getOrSet(t.key(), 'value', { timeout: 60, grace });
      expect(await t.cache.get(t.key())).toBe('value');
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(60));
      expect(await t.cache.getMany([t.key()])).toEqual(new Map([[t.key(), 'value']]));
      expect(await t.cache.touch(t.key(), 90)).toBe(true);
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(90));
      expect(await t.cache.touch(t.key(), null)).toBe(true);
      expect(await t.cache.ttl(t.key())).toBe(-1);
      expect(await t.cache.get(t.key())).toBe('value');
    });

    it('is missing from then on, except for callers that ask for grace', async () => {
      await store('old');
      expect(await t.cache.get(t.key())).toBeUndefined();
      expect(await t.cache.getMany([t.key()])).toEqual(new Map());
      expect(await t.cache.hasKey(t.key())).toBe(false);
      expect(await t.cache.ttl(t.key())).toBe(-2);
      expect(await t.cache.touch(t.key(), '3h')).toBe(false);
      expect(await t.cache.get(t.key())).toBeUndefined();
      await expect(t.cache.getOrSet(t.key(), failing())).rejects.toThrow('no database');
    });

    it('prevents add until its timeout, and then only one of many simultaneous adds succeeds', async () => {
      await t.cache.getOrSet(t.key(), 'old', { timeout: 60, grace });
      expect(await t.cache.add(t.key(), 'other')).toBe(false);
      await keepFor(t.cache, t.key(), graceMs);
      const adding = Array.from({ length: 20 }, (_, index) => t.cache.add(t.key(), index, 90));
      const added = await Promise.all(adding);
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await t.cache.get(t.key())).toBe(added.indexOf(true));
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(90));
    });

    it('has no grace if it never expires', async () => {
      await t.cache.getOrSet(t.key(), 5, { timeout: null, grace });
      expect(await t.cache.incr(t.key())).toBe(6);
    });
  });

  describe('grace', () => {
    it('returns the stale copy if the factory throws, and does not try again at once', async () => {
      await store('old');
      const factory = failing();
      const onStale = vi.fn<() => void>();
      const calls = Array.from({ length: 10 }, () => t.cache.getOrSet(t.key(), factory, { grace, onStale }));
      expect(await Promise.all(calls)).toEqual(calls.map(() => 'old'));
      expect(await t.cache.getOrSet(t.key(), factory, { grace, onStale })).toBe('old');
      expect(factory).toHaveBeenCalledTimes(1);
      expect(onStale).toHaveBeenCalledTimes(11);
      await expect(t.cache.getOrSet(t.key(), factory)).rejects.toThrow('no database');
      t.cache['caching']['misses']['failed'].clear();
      expect(await t.cache.getOrSet(t.key(), 'new', { grace })).toBe('new');
      expect(await t.cache.get(t.key())).toBe('new');
    });

    it('returns a value with an invalidated tag if the factory throws', async () => {
      const options = { grace, tags: [t.key('tag')] };
      await t.cache.getOrSet(t.key(), 'old', options);
      await t.cache.invalidateTags(options.tags);
      expect(await t.cache.getOrSet(t.key(), failing(), options)).toBe('old');
      t.cache['caching']['misses']['failed'].clear();
      expect(await t.cache.getOrSet(t.key(), 'new', options)).toBe('new');
    });

    it('shows the factory the stale copy', async () => {
      await store(20);
      const factory = ({ staleValue = 0 }: FactoryContext<number>): number => staleValue + 1;
      expect(await t.cache.getOrSet(t.key(), factory, { grace })).toBe(21);
      expect(await t.cache.getOrSet(t.key('none'), factory, { grace })).toBe(1);
    });

    it('gives the factory and its caller an object each', async () => {
      await store({ viewers: [] });
      const { promise, resolve } = deferred<void>();
      const seen: { viewers: string[] }[] = [];
      const factory = async ({ staleValue }: FactoryContext<{ viewers: string[] }>): Promise<object> => {
        seen.push(staleValue!);
        await promise;
        return staleValue!;
      };
      const given = await t.cache.getOrSet(t.key(), factory, { grace, softTimeout: 0 });
      (given as { viewers: string[] }).viewers.push('ann');
      await expect.poll(() => seen, { interval: 1 }).toEqual([{ viewers: [] }]);
      resolve();
      await expect.poll(() => t.cache.get(t.key()), { interval: 1 }).toEqual({ viewers: [] });
      await store({ viewers: [] });
      const spoil = ({ staleValue }: FactoryContext<{ viewers: string[] }>): never => {
        staleValue!.viewers.push('bob');
        throw new Error('no database');
      };
      expect(await t.cache.getOrSet(t.key(), spoil, { grace })).toEqual({ viewers: [] });
    });

    it('asks onStale once, though it throws', async () => {
      await store('old');
      const { stale } = await t.cache.stats();
      const { promise, resolve } = deferred<string>();
      const onStale = failing();
      const options = { grace, softTimeout: 0, onStale };
      await expect(t.cache.getOrSet(t.key(), () => promise, options)).rejects.toThrow('no database');
      resolve('new');
      await expect.poll(() => t.cache.get(t.key()), { interval: 1 }).toBe('new');
      expect(onStale).toHaveBeenCalledTimes(1);
      expect(await t.cache.stats()).toMatchObject({ stale: stale + 1 });
    });

    it('ends with the copy', async () => {
      await t.cache.getOrSet(t.key(), 'old', { timeout: 60, grace });
      await keepFor(t.cache, t.key(), 1);
      await expect.poll(() => t.cache.type(t.key()), { interval: 1 }).toBeUndefined();
      await expect(t.cache.getOrSet(t.key(), failing(), { grace })).rejects.toThrow('no database');
    });

    it('refuses an invalid duration', async () => {
      await expect(t.cache.getOrSet(t.key(), 1, { grace: null })).rejects.toThrow('grace');
      await expect(t.cache.getOrSet(t.key(), 1, { softTimeout: null })).rejects.toThrow('softTimeout');
    });
  });

  describe('softTimeout', () => {
    it('returns the stale copy meanwhile, and the new value once it exists', async () => {
      await store('old');
      const { promise, resolve } = deferred<string>();
      const factory = vi.fn<() => Promise<string>>(() => promise);
      const options = { timeout: 60, grace, softTimeout: '20ms' };
      expect(await Promise.all([1, 2].map(() => t.cache.getOrSet(t.key(), factory, options)))).toEqual(['old', 'old']);
      expect(await t.cache.getOrSet(t.key(), factory, options)).toBe('old');
      resolve('new');
      await expect.poll(() => t.cache.get(t.key()), { interval: 5 }).toBe('new');
      expect(factory).toHaveBeenCalledTimes(1);
    });

    it('waits if there is no stale copy', async () => {
      const factory = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return 'new';
      };
      expect(await t.cache.getOrSet(t.key(), factory, { grace, softTimeout: 0 })).toBe('new');
    });
  });

  it('hardTimeout ends the wait with the stale copy, or with an error if there is none', async () => {
    const never = (): Promise<string> => new Promise(() => undefined);
    await store('old');
    expect(await t.cache.getOrSet(t.key(), never, { grace, hardTimeout: '300ms' })).toBe('old');
    const call = t.cache.getOrSet(t.key('none'), never, { grace, hardTimeout: '20ms' });
    await expect(call).rejects.toThrow(FactoryTimeoutError);
  });

  it('hardTimeout also ends the wait for another’s factory', async () => {
    const value = deferred<string>();
    await store('old');
    const patient = t.cache.getOrSet(t.key(), () => value.promise, { grace });
    expect(await t.cache.getOrSet(t.key(), 'never', { grace, hardTimeout: '300ms' })).toBe('old');
    value.resolve('new');
    expect(await patient).toBe('new');
  });
});
