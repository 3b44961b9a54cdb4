import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type CachexService, type GetOrSetOptions } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { keepFor } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const opened: CachexService[] = [];
const open = async (): Promise<CachexService> => {
  const cache = await openCache({ connection: 'memory://' });
  opened.push(cache);
  return cache;
};

afterEach(() => Promise.all(opened.splice(0).map((cache) => cache.close())));

/** Two keys, each of which needs the other, unless the other has asked for it. */
function pair(first: CachexService, second: CachexService = first, options: GetOrSetOptions = {}) {
  const [firstStarted, secondStarted] = [deferred<void>(), deferred<void>()];
  const user = (isWhole = true): Promise<object> =>
    first.getOrSet(
      'user',
      async () => {
        firstStarted.resolve();
        await secondStarted.promise;
        return { team: isWhole && (await team(false)) };
      },
      options,
    );
  const team = (isWhole = true): Promise<object> =>
    second.getOrSet(
      'team',
      async () => {
        secondStarted.resolve();
        await firstStarted.promise;
        return { lead: isWhole && (await user(false)) };
      },
      options,
    );
  return { user, team };
}

describe('getOrSet', { timeout: 5000 }, () => {
  it('does not hang if two keys need each other', async () => {
    const { user, team } = pair(await open());
    expect(await Promise.all([user(), team()])).toEqual([
      { team: expect.anything() as object },
      { lead: expect.anything() as object },
    ]);
    expect(await user()).toHaveProperty('team');
  });

  it('nor if they are in two caches', async () => {
    const { user, team } = pair(await open(), await open());
    expect(await Promise.all([user(), team()])).toHaveLength(2);
  });

  it('nor if they have stale copies, and are refreshed in the background', async () => {
    const cache = await open();
    const options = { timeout: '1m', grace: '1h', softTimeout: 0 } as const;
    await cache.getOrSet('user', 'old', options);
    await cache.getOrSet('team', 'old', options);
    await Promise.all(['user', 'team'].map((key) => keepFor(cache, key, 3_600_000)));
    const { user, team } = pair(cache, cache, options);
    await Promise.all([user(), team()]);
    await expect.poll(() => Promise.all([cache.get('user'), cache.get('team')])).not.toContain(undefined);
  });

  it('nor if a factory waits for several', async () => {
    const cache = await open();
    const started = deferred<void>();
    const c = () => cache.getOrSet('c', async () => (await started.promise, await a(false), 'c'));
    const b = () => cache.getOrSet('b', async () => (await started.promise, 'b'));
    const a = (isWhole = true): Promise<unknown> =>
      cache.getOrSet('a', async () => (isWhole ? Promise.all([b(), c(), b()]) : 'a'));
    const calls = [a(), b(), c()];
    await sleep(5);
    started.resolve();
    expect(await Promise.all(calls)).toEqual([['b', 'c', 'b'], 'b', 'c']);
  });

  it('runs a factory within a factory of the same key, however its version is written', async () => {
    const cache = await open();
    const inner = vi.fn<() => string>(() => 'inner');
    const made = await cache.getOrSet('key', () => cache.getOrSet('key', inner, { version: '1' }), { version: 1 });
    expect([made, inner.mock.calls.length, await cache.get('key')]).toEqual(['inner', 1, 'inner']);
    const deep = await cache.getOrSet('deep', () => cache.getOrSet('other', () => cache.getOrSet('deep', inner)));
    expect(deep).toBe('inner');
  });

  it('stops a factory that needs itself endlessly', async () => {
    const cache = await open();
    const load = (): Promise<unknown> => cache.getOrSet('key', load);
    await expect(load()).rejects.toThrow(
      new RangeError('The factory of "key" calls getOrSet for its own key again and again'),
    );
  });

  it('also stops it for a caller of many keys, whatever else it waits for', async () => {
    const cache = await open();
    await cache.set('stored', 1);
    const schema = z.unknown().refine(() => new Promise((resolve) => setImmediate(resolve, true)));
    const load = (): Promise<Map<string, unknown>> => cache.getOrSetMany(['key', 'stored'], load, { schema });
    await expect(load()).rejects.toThrow('calls getOrSet for its own key again and again');
  });

  it('still shares flights between callers that do not wait for each other', async () => {
    const cache = await open();
    const shared = vi.fn<() => Promise<string>>(async () => (await sleep(20), 'shared'));
    const make = (key: string) => cache.getOrSet(key, () => cache.getOrSet('shared', shared));
    expect(await Promise.all(['a', 'b', 'c'].map(make))).toEqual(['shared', 'shared', 'shared']);
    expect(shared).toHaveBeenCalledTimes(1);
  });

  it('forgets who waited for whom when they have ended', async () => {
    const cache = await open();
    const shared = vi.fn<() => Promise<string>>(async () => 'shared');
    let late!: Promise<unknown>;
    const ended = deferred<void>();
    await cache.getOrSet('outer', () => {
      late = ended.promise.then(() => Promise.all([1, 2].map(() => cache.getOrSet('outer', shared, { version: 2 }))));
      return 'outer';
    });
    ended.resolve();
    expect(await late).toEqual(['shared', 'shared']);
    expect(shared).toHaveBeenCalledTimes(1);
  });

  it('never hangs, whatever keys need each other, and computes every value correctly', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
    const graph = fc.record({
      needs: fc.array(fc.uniqueArray(fc.nat(5), { maxLength: 3 }), { minLength: 6, maxLength: 6 }),
      delays: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
      asked: fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(graph, async ({ needs, delays, asked }) => {
        const cache = await open();
        // `rest` is the depth; the values depend neither on it nor on the first caller.
        const make = (index: number, rest: number): Promise<string> =>
          cache.getOrSet(keys[index]!, async () => {
            await sleep(delays[index]!);
            const needed = rest > 0 ? needs[index]! : [];
            const parts = await Promise.all(needed.map((other) => make(other, rest - 1)));
            expect(parts).toEqual(needed.map((other) => `value of ${keys[other]!}`));
            await sleep(delays[index]!);
            return `value of ${keys[index]!}`;
          });
        const values = await Promise.all(asked.map(async ([index, wait]) => (await sleep(wait), make(index, 3))));
        expect(values).toEqual(asked.map(([index]) => `value of ${keys[index]!}`));
        expect(cache['caching']['flights'].size).toBe(0);
        await cache.close();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 60_000);
});
