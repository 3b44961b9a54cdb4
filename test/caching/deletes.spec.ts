import { describe, expect, it, vi } from 'vitest';
import type { CachexService, GetOrSetOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const always = { delta: '1000d' } as const;
const settings: readonly GetOrSetOptions[] = [
  {},
  { lock: true },
  { stampede: always },
  { grace: '1h', lock: true, tags: ['any'] },
];

type Eviction = (cache: CachexService, key: string) => Promise<unknown>;

const evictions: Record<string, Eviction> = {
  delete: (cache, key) => cache.delete(key),
  deleteMany: (cache, key) => cache.deleteMany([key]),
  deletePattern: (cache, key) => cache.deletePattern(key),
  'a pipeline': (cache, key) => cache.pipeline().delete(key).execute(),
  'expire at once': (cache, key) => cache.expire(key, 0),
  'set and delete': async (cache, key) => {
    await cache.set(key, 'between');
    await cache.delete(key);
  },
  'somebody else’s DEL': (cache, key) => raw(cache, 'DEL', cache.makeKey(key)),
};

/** Conditional writes, their results for a missing key, and the value that remains after the load has ended. */
const writes: Record<string, { call: Eviction; answer: unknown; left: unknown }> = {
  add: { call: (cache, key) => cache.add(key, 'added'), answer: true, left: 'added' },
  'set with nx': { call: (cache, key) => cache.set(key, 'set', { nx: true }), answer: true, left: 'set' },
  'set with xx': { call: (cache, key) => cache.set(key, 'set', { xx: true }), answer: false, left: 'old' },
  incr: { call: (cache, key) => cache.incr(key, 5), answer: 5, left: 5 },
  setIfEqual: { call: (cache, key) => cache.setIfEqual(key, 'x', 'y'), answer: false, left: 'old' },
  getdel: { call: (cache, key) => cache.getdel(key), answer: undefined, left: undefined },
};

onEveryTopology((t) => {
  /** A load under way: the factory has read its source, but has not returned. */
  async function load(key: string, options: GetOrSetOptions) {
    const value = deferred<string>();
    const factory = vi.fn<() => Promise<string>>(() => value.promise);
    const given = t.cache.getOrSet(key, factory, options);
    await vi.waitFor(() => expect(factory).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    return { given, end: () => value.resolve('old') };
  }

  describe.each(settings)('with %o', (options) => {
    it.each(Object.keys(evictions))('a value made before %s is neither stored nor shared', async (name) => {
      const { given, end } = await load(t.key(), options);
      await evictions[name]!(t.cache, t.key());
      const factory = vi.fn<() => string>(() => 'new');
      const next = t.cache.getOrSet(t.key(), factory, options);
      // With a lock it waits for its turn.
      if (options.lock) end();
      expect(await next).toBe('new');
      end();
      expect(await given).toBe('old');
      expect(factory).toHaveBeenCalledTimes(1);
      expect(await t.cache.get(t.key(), { stampede: false })).toBe('new');
    });

    it('a value that was set meanwhile stays', async () => {
      const { given, end } = await load(t.key(), options);
      await t.cache.set(t.key(), 'set');
      end();
      expect(await given).toBe('old');
      expect(await t.cache.get(t.key(), { stampede: false })).toBe('set');
    });

    it('a value that was deleted during its refresh is not stored', async () => {
      await t.cache.getOrSet(t.key(), () => 'first', { timeout: '1h', grace: '1h', tags: [t.key('tag')] });
      await t.cache.invalidateTags([t.key('tag')]);
      const { given, end } = await load(t.key(), { ...options, tags: [t.key('tag')] });
      await t.cache.delete(t.key());
      end();
      expect(await given).toBe('old');
      expect(await t.cache.get(t.key())).toBeUndefined();
    });

    it('a key that is being loaded is missing for everybody else', async () => {
      const { given, end } = await load(t.key(), options);
      expect(await t.cache.get(t.key())).toBeUndefined();
      expect(await t.cache.getMany([t.key()])).toEqual(new Map());
      expect(await t.cache.exists(t.key())).toBe(0);
      expect(await t.cache.ttl(t.key())).toBe(-2);
      expect(await t.cache.touch(t.key(), 60)).toBe(false);
      end();
      await given;
      expect(await t.cache.get(t.key(), { stampede: false })).toBe('old');
    });

    it.each(Object.keys(writes))('%s finds nothing there', async (name) => {
      const { call, answer, left } = writes[name]!;
      const { given, end } = await load(t.key(), options);
      expect(await call(t.cache, t.key())).toBe(answer);
      end();
      await given;
      expect(await t.cache.get(t.key(), { stampede: false })).toBe(left);
    });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no database'))],
    ['gives undefined', () => undefined],
  ])('leaves nothing behind where the factory %s', async (_, factory) => {
    await t.cache.getOrSet<unknown>(t.key(), factory).catch(() => undefined);
    expect(await raw(t.cache, 'EXISTS', t.cache.makeKey(t.key()))).toBe(0);
    expect(await t.cache.getOrSet(t.key(), () => 'made')).toBe('made');
    expect(await t.cache.get(t.key())).toBe('made');
  });

  it('a value that was written again meanwhile stays, even with the same bytes', async () => {
    const options = { timeout: '1h', stampede: always } as const;
    for (const value of ['first', 1]) {
      await t.cache.set(t.key(), value, options);
      const { given, end } = await load(t.key(), options);
      await t.cache.delete(t.key());
      await t.cache.set(t.key(), value, { ...options, timeout: '2h' });
      end();
      expect(await given).toBe('old');
      expect(await t.cache.get(t.key(), { stampede: false })).toBe(value);
    }
  });

  it('runs the factory once for callers that arrive while nobody deletes', async () => {
    const value = deferred<string>();
    const factory = vi.fn<() => Promise<string>>(() => value.promise);
    const calls = Array.from({ length: 50 }, () => t.cache.getOrSet(t.key(), factory));
    await vi.waitFor(() => expect(factory).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    calls.push(...Array.from({ length: 50 }, () => t.cache.getOrSet(t.key(), factory)));
    await t.cache.get(t.key());
    value.resolve('made');
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['made']));
    expect(factory).toHaveBeenCalledTimes(1);
  });
});
