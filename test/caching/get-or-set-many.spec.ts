import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type ManyContext, WrongTypeError } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

type Load = (missing: string[], context: ManyContext<string>) => Promise<Map<string, string>>;

const nameOf = (key: string): string => `value of ${key}`;
const loadAll = () => vi.fn<Load>(async (missing) => new Map(missing.map((key) => [key, nameOf(key)])));
const allOf = (keys: readonly string[]) => new Map(keys.map((key) => [key, nameOf(key)]));

onEveryTopology((t) => {
  /** Keys of many slots. */
  const keysOf = (count: number): string[] => {
    const own = randomUUID();
    return Array.from({ length: count }, (_, index) => `${own}:${index}`);
  };
  const flights = () => t.cache['caching']['flights'];

  describe('getOrSetMany', () => {
    it('loads the missing values with one call, and stores them', async () => {
      const keys = keysOf(1000);
      const [missing, stored] = [keys.filter((_, index) => index % 5 < 2), keys.filter((_, index) => index % 5 >= 2)];
      await t.cache.setMany(allOf(stored));
      const load = loadAll();
      const values = await t.cache.getOrSetMany(keys, load, { timeout: 60 });
      expect([...values]).toEqual([...allOf(keys)]);
      expect(load.mock.calls.map(([asked]) => asked)).toEqual([missing]);
      expect(await t.cache.getMany(keys)).toEqual(allOf(keys));
      expect(await t.cache.ttl(missing[0]!)).toEqual(leftOf(60));
      expect([...(await t.cache.getOrSetMany(keys, load))]).toEqual([...allOf(keys)]);
      expect(load).toHaveBeenCalledTimes(1);
      expect(flights().size).toBe(0);
    });

    it('asks for each key once, in the given order', async () => {
      const [a, b, c] = keysOf(3) as [string, string, string];
      await t.cache.set(b, nameOf(b));
      const load = loadAll();
      expect([...(await t.cache.getOrSetMany([c, b, c, a, b], load)).keys()]).toEqual([c, b, a]);
      expect(load.mock.calls[0]![0]).toEqual([c, a]);
    });

    it('calls no loader if nothing is missing', async () => {
      const load = loadAll();
      expect(await t.cache.getOrSetMany([], load)).toEqual(new Map());
      expect(load).not.toHaveBeenCalled();
    });

    it('accepts a Map, an object, or an array in the order of the keys', async () => {
      const results = [
        (keys: string[]) => new Map([[keys[1]!, 2] as const, [keys[0]!, 1] as const]),
        (keys: string[]) => ({ [keys[1]!]: 2, [keys[0]!]: 1 }),
        (keys: string[]) => [1, 2].slice(0, keys.length),
      ];
      for (const result of results) {
        const keys = keysOf(2);
        expect([...(await t.cache.getOrSetMany<number>(keys, result))]).toEqual([
          [keys[0], 1],
          [keys[1], 2],
        ]);
        expect(await t.cache.getMany(keys)).toEqual(new Map(keys.map((key, index) => [key, index + 1])));
      }
    });

    it('neither stores nor returns missing values, but stores null', async () => {
      const [a, b, c, d] = keysOf(4) as [string, string, string, string];
      const load = vi.fn<(missing: string[]) => (string | null | undefined)[]>(() => [undefined, null, 'c', undefined]);
      expect([...(await t.cache.getOrSetMany<string | null>([a, b, c, d], load))]).toEqual([
        [b, null],
        [c, 'c'],
      ]);
      expect(await t.cache.exists(a)).toBe(0);
      expect([...(await t.cache.getOrSetMany([a, b], () => new Map()))]).toEqual([[b, null]]);
    });

    it.each([
      ['nothing', undefined, /returned undefined: it must return a Map/],
      ['a number', 3, /returned 3/],
      ['a set', new Set(['x']), /it must return a Map/],
      ['a date', new Date(), /it must return a Map/],
      ['too few', ['x'], /an array of 1 for 2 keys/],
      ['too many', ['x', 'y', 'z'], /an array of 3 for 2 keys/],
      ['another key', new Map([['other', 'x']]), /a value for "other", which was not requested/],
      ['a key of another type', new Map([[1, 'x']]), /a value for 1, which was not requested$/],
      ['another property', { other: 'x' }, /a value for "other"/],
    ])('refuses a result that is %s, and stores nothing', async (_, result, message) => {
      const keys = keysOf(2);
      const loading = t.cache.getOrSetMany<string>(keys, () => result as never);
      await expect(loading).rejects.toThrow(TypeError);
      await expect(loading).rejects.toThrow(message);
      expect(await t.cache.getMany(keys)).toEqual(new Map());
      expect(flights().size).toBe(0);
    });

    it('refuses an array after the loader has sorted its keys', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const loading = t.cache.getOrSetMany([b, a], (missing) =>
        missing.toSorted().map((_, index) => missing.sort()[index]!),
      );
      await expect(loading).rejects.toThrow(/changed the list of keys/);
      const taking = t.cache.getOrSetMany([a, b], (missing) => missing.splice(0).map(nameOf));
      expect(await taking).toEqual(allOf([a, b]));
    });

    it('rejects wrong arguments before anything is sent', async () => {
      const load = loadAll();
      await expect(t.cache.getOrSetMany('ab' as never, load)).rejects.toThrow(TypeError);
      await expect(t.cache.getOrSetMany(['a', ''], load)).rejects.toThrow(TypeError);
      await expect(t.cache.getOrSetMany(['a'], 'value' as never)).rejects.toThrow('A loader must be a function');
      await expect(t.cache.getOrSetMany(['a'], load, { hardTimeout: 0 })).rejects.toThrow('hardTimeout');
      await expect(t.cache.getOrSetMany(['a'], load, { partial: 'yes' as never })).rejects.toThrow('partial');
      await expect(t.cache.getOrSetMany(['a'], load, { ttl: 5 } as never)).rejects.toThrow(/"ttl".*timeout/);
      expect(load).not.toHaveBeenCalled();
    });

    it('keeps versions apart', async () => {
      const keys = keysOf(2);
      await t.cache.getOrSetMany(keys, () => ['a', 'b']);
      expect([...(await t.cache.getOrSetMany(keys, () => ['c', 'd'], { version: 2 })).values()]).toEqual(['c', 'd']);
      expect([...(await t.cache.getMany(keys, { version: 2 })).values()]).toEqual(['c', 'd']);
      await t.cache.deleteMany(keys, { version: 2 });
    });

    it('passes errors of the loader to the caller, and stores nothing', async () => {
      const keys = keysOf(3);
      await t.cache.set(keys[0]!, 'hit');
      const failing = (): Promise<never> => Promise.reject(new Error('no database'));
      await expect(t.cache.getOrSetMany(keys, failing)).rejects.toThrow('no database');
      expect([...(await t.cache.getOrSetMany(keys, failing, { partial: true }))]).toEqual([[keys[0], 'hit']]);
      expect([...(await t.cache.getOrSetMany(keys.slice(0, 1), failing))]).toEqual([[keys[0], 'hit']]);
      expect(await t.cache.getMany(keys)).toEqual(new Map([[keys[0], 'hit']]));
      expect([...(await t.cache.getOrSetMany(keys, (missing) => missing.map(nameOf))).keys()]).toEqual(keys);
    });

    it('treats an Error among the values as a failure of that key alone', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const load = (): (string | Error)[] => ['a', new Error('b is broken')];
      await expect(t.cache.getOrSetMany<string>([a, b], load)).rejects.toThrow('b is broken');
      expect(await t.cache.get(a)).toBe('a');
      expect(await t.cache.hasKey(b)).toBe(false);
      expect([...(await t.cache.getOrSetMany<string>([a, b], () => [new Error('b')], { partial: true }))]).toEqual([
        [a, 'a'],
      ]);
    });

    it('fails for a key of another type', async () => {
      const [a, b] = keysOf(2) as [string, string];
      await t.cache.sadd(b, 1);
      await expect(t.cache.getOrSetMany([a, b], loadAll())).rejects.toThrow(WrongTypeError);
      expect([...(await t.cache.getOrSetMany([a, b], loadAll(), { partial: true })).keys()]).toEqual([a]);
    });
  });

  describe('callers of overlapping keys', () => {
    it.each([false, true])('load each key once, 50 of them, lock: %s', async (lock) => {
      const keys = keysOf(200);
      const loads = new Map<string, number>();
      const load = async (missing: string[]) => {
        for (const key of missing) loads.set(key, (loads.get(key) ?? 0) + 1);
        return allOf(missing);
      };
      const calls = Array.from({ length: 50 }, (_, index) => {
        const asked = Array.from({ length: 60 }, (__, place) => keys[(index * 7 + place * 3) % keys.length]!);
        return t.cache.getOrSetMany(asked, load, { lock }).then((values) => expect(values).toEqual(allOf(asked)));
      });
      await Promise.all(calls);
      expect([...loads.values()].filter((count) => count !== 1)).toEqual([]);
      expect(loads.size).toBeGreaterThan(150);
    });

    it('join a getOrSet under way, and it joins them', async () => {
      const [a, b, c] = keysOf(3) as [string, string, string];
      const single = deferred<string>();
      const factory = vi.fn<() => Promise<string>>(() => single.promise);
      const first = t.cache.getOrSet(a, factory);
      await vi.waitFor(() => expect(factory).toHaveBeenCalled());
      const many = deferred<Map<string, string>>();
      const load = vi.fn<Load>(() => many.promise);
      const both = t.cache.getOrSetMany([a, b], load);
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      expect(load.mock.calls[0]![0]).toEqual([b]);
      const other = vi.fn<() => string>(() => 'another');
      const joined = t.cache.getOrSet(b, other);
      const overlapping = t.cache.getOrSetMany([b, c], (missing) => missing.map(nameOf));
      await vi.waitFor(async () => expect(await t.cache.get(c)).toBe(nameOf(c)));
      many.resolve(allOf([b]));
      expect(await joined).toBe(nameOf(b));
      expect(await overlapping).toEqual(allOf([b, c]));
      single.resolve('single');
      expect(await first).toBe('single');
      expect([...(await both)]).toEqual([
        [a, 'single'],
        [b, nameOf(b)],
      ]);
      expect(other).not.toHaveBeenCalled();
      expect(flights().size).toBe(0);
    });

    it('wait for each other’s keys both ways', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const started = { first: deferred<void>(), second: deferred<void>() };
      const go = deferred<void>();
      const first = t.cache.getOrSetMany(
        [a],
        async (missing) => (started.first.resolve(), await go.promise, missing.map(nameOf)),
      );
      await started.first.promise;
      const second = t.cache.getOrSetMany(
        [b, a],
        async (missing) => (started.second.resolve(), await go.promise, missing.map(nameOf)),
      );
      await started.second.promise;
      const third = t.cache.getOrSetMany([a, b], () => []);
      go.resolve();
      expect(await first).toEqual(allOf([a]));
      expect(await second).toEqual(allOf([b, a]));
      expect(await third).toEqual(allOf([a, b]));
    });

    it('get errors of the keys that they wait for, and no others', async () => {
      const [a, b, c] = keysOf(3) as [string, string, string];
      await t.cache.set(c, nameOf(c));
      const failing = deferred<never>();
      const load = vi.fn<Load>(() => failing.promise);
      const first = t.cache.getOrSetMany([a, b, c], load);
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      const waiting = t.cache.getOrSetMany([b, c], loadAll());
      const single = t.cache.getOrSet(a, 'single');
      expect(await t.cache.getOrSetMany([c], loadAll())).toEqual(allOf([c]));
      failing.reject(new Error('no database'));
      await expect(first).rejects.toThrow('no database');
      await expect(waiting).rejects.toThrow('no database');
      await expect(single).rejects.toThrow('no database');
    });

    it('get copies of their own', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const made = deferred<{ n: number }[]>();
      const load = vi.fn<() => Promise<{ n: number }[]>>(() => made.promise);
      const first = t.cache.getOrSetMany([a, b], load);
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      const second = t.cache.getOrSetMany([a, b], load);
      made.resolve([{ n: 1 }, { n: 2 }]);
      const [mine, others] = await Promise.all([first, second]);
      expect(others).toEqual(mine);
      expect(others.get(a)).not.toBe(mine.get(a));
    });
  });

  describe('deletes', () => {
    it('win over a load under way, key by key', async () => {
      const [a, b, c] = keysOf(3) as [string, string, string];
      const values = deferred<string[]>();
      const load = vi.fn<() => Promise<string[]>>(() => values.promise);
      const loading = t.cache.getOrSetMany([a, b, c], load);
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      await t.cache.delete(a);
      await t.cache.set(b, 'newer');
      const next = t.cache.getOrSetMany([a, b, c], () => ['new a']);
      const [askedAgain] = await Promise.all([t.cache.getOrSet(a, 'new a'), t.cache.get(a)]);
      expect(askedAgain).toBe('new a');
      values.resolve(['old a', 'old b', 'old c']);
      expect([...(await loading).values()]).toEqual(['old a', 'old b', 'old c']);
      expect([...(await next)]).toEqual([
        [a, 'new a'],
        [b, 'newer'],
        [c, 'old c'],
      ]);
      expect([...(await t.cache.getMany([a, b, c])).values()]).toEqual(['new a', 'newer', 'old c']);
    });

    it('and writes win among many keys of one server, and so does another type', async () => {
      const own = `{${randomUUID()}}`;
      const keys = Array.from({ length: 250 }, (_, index) => `${own}:${index}`);
      const [gone, written, typed] = [keys[0]!, keys[120]!, keys[249]!];
      const load = async (missing: string[]): Promise<Map<string, string>> => {
        await t.cache.delete(gone);
        await t.cache.set(written, 'newer');
        await t.cache.delete(typed);
        await t.cache.sadd(typed, 'member');
        return allOf(missing);
      };
      expect(await t.cache.getOrSetMany(keys, load, { timeout: 60 })).toEqual(allOf(keys));
      const others = keys.filter((key) => ![gone, written, typed].includes(key));
      expect(await t.cache.getMany(keys)).toEqual(new Map([...allOf(others), [written, 'newer']]));
      expect(await t.cache.ttl(keys[248]!)).toEqual(leftOf(60));
      expect(await t.cache.smembers(typed)).toEqual(['member']);
    });

    it('by tag win over a load under way', async () => {
      const keys = keysOf(2);
      const tags = (key: string) => [`tag of ${key}`];
      const values = deferred<string[]>();
      const load = vi.fn<() => Promise<string[]>>(() => values.promise);
      const loading = t.cache.getOrSetMany(keys, load, { tags });
      await vi.waitFor(() => expect(load).toHaveBeenCalled());
      await t.cache.invalidateTags(tags(keys[0]!));
      values.resolve(['old', 'other']);
      expect([...(await loading).values()]).toEqual(['old', 'other']);
      expect([...(await t.cache.getMany(keys))]).toEqual([[keys[1], 'other']]);
    });
  });

  describe('options', () => {
    it('tag all values, and let the loader tag one', async () => {
      const keys = keysOf(2);
      const [all, one] = [randomUUID(), randomUUID()];
      const load = (missing: string[], context: ManyContext<string>) => {
        context.setTags([one], missing[0]);
        context.setTimeout(30, missing[1]);
        return missing.map(nameOf);
      };
      await t.cache.getOrSetMany(keys, load, { tags: [all], setsTags: true, timeout: 60 });
      expect(await t.cache.ttl(keys[0]!)).toEqual(leftOf(60));
      expect(await t.cache.ttl(keys[1]!)).toEqual(leftOf(30));
      await t.cache.invalidateTags([one]);
      expect([...(await t.cache.getMany(keys)).keys()]).toEqual([keys[1]]);
      await t.cache.invalidateTags([all]);
      expect(await t.cache.getMany(keys)).toEqual(new Map());
    });

    it('let the loader keep values out of the cache', async () => {
      const keys = keysOf(2);
      const load = (missing: string[], { skip }: ManyContext<string>) => {
        skip(missing[0]);
        expect(() => skip('other')).toThrow(/"other" is not among the keys/);
        return missing.map(nameOf);
      };
      expect(await t.cache.getOrSetMany(keys, load)).toEqual(allOf(keys));
      expect([...(await t.cache.getMany(keys)).keys()]).toEqual([keys[1]]);
    });

    it('let the loader spread what it gets', async () => {
      const keys = keysOf(2);
      const load = (missing: string[], context: ManyContext<string>) => {
        const { skip, signal, staleValues } = { ...context };
        skip(missing[0]);
        expect([signal, staleValues]).toEqual([context.signal, new Map()]);
        return missing.map(nameOf);
      };
      expect(await t.cache.getOrSetMany(keys, load)).toEqual(allOf(keys));
      expect([...(await t.cache.getMany(keys)).keys()]).toEqual([keys[1]]);
    });

    it('return stale copies if the loader fails, and report each', async () => {
      const keys = keysOf(3);
      const tags = [randomUUID()];
      const onStale = vi.fn<(key: string) => void>();
      const options = { grace: '1h', tags, onStale } as const;
      await t.cache.getOrSetMany(keys.slice(0, 2), () => ['a', 'b'], options);
      await t.cache.invalidateTags(tags);
      const seen: ReadonlyMap<string, string>[] = [];
      const failing = (_: string[], { staleValues }: ManyContext<string>): Promise<never> => {
        seen.push(staleValues);
        return Promise.reject(new Error('no database'));
      };
      const stale = new Map(keys.slice(0, 2).map((key, index) => [key, 'ab'[index]!]));
      expect(await t.cache.getOrSetMany(keys.slice(0, 2), failing, options)).toEqual(stale);
      expect(seen).toEqual([stale]);
      expect(onStale.mock.calls).toEqual([[keys[0]], [keys[1]]]);
      expect(await t.cache.getOrSetMany(keys, failing, { ...options, partial: true })).toEqual(stale);
    });

    it('return stale copies at once, and refresh with one load', async () => {
      const keys = keysOf(20);
      const tags = [randomUUID()];
      const options = { grace: '1h', softTimeout: 0, tags } as const;
      await t.cache.getOrSetMany(keys, (missing) => missing.map(() => 'old'), options);
      await t.cache.invalidateTags(tags);
      const refreshed = deferred<void>();
      const load = vi.fn<(missing: string[]) => Promise<string[]>>(
        async (missing) => (await refreshed.promise, missing.map(() => 'new')),
      );
      const values = await t.cache.getOrSetMany(keys, load, options);
      expect(new Set(values.values())).toEqual(new Set(['old']));
      refreshed.resolve();
      await expect.poll(async () => new Set((await t.cache.getMany(keys)).values())).toEqual(new Set(['new']));
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('read early with one load', async () => {
      const keys = keysOf(50);
      const stampede = { delta: '10h', buffer: '1h' } as const;
      await t.cache.getOrSetMany(keys, () => keys.map(() => ({ old: true })), { timeout: '1s', stampede });
      const load = vi.fn<(missing: string[]) => object[]>((missing) => missing.map(() => ({ old: false })));
      const values = await t.cache.getOrSetMany(keys, load, { timeout: '1s', stampede });
      expect(values.size).toBe(50);
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('check each value by a schema, on a hit and on a miss', async () => {
      const [a, b, c] = keysOf(3) as [string, string, string];
      const schema = z.string().transform(Number).pipe(z.number());
      await t.cache.setMany({ [a]: '1', [b]: { no: 'text' } });
      const load = vi.fn<(missing: string[]) => string[]>((missing) => missing.map(() => '2'));
      expect([...(await t.cache.getOrSetMany([a, b, c], load, { schema }))]).toEqual([
        [a, 1],
        [b, 2],
        [c, 2],
      ]);
      expect(load.mock.calls).toEqual([[[b, c], expect.anything()]]);
      expect(await t.cache.get(b)).toBe('2');
    });

    it('end the wait for the loader, and abort its signal', async () => {
      const keys = keysOf(2);
      await t.cache.set(keys[0]!, 'hit');
      const aborted = deferred<unknown>();
      const hanging = (_: string[], { signal }: ManyContext<string>) =>
        new Promise<never>((__, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(signal.reason);
            reject(new Error('aborted'));
          });
        });
      const calling = t.cache.getOrSetMany(keys, hanging, { hardTimeout: '300ms' });
      await expect(calling).rejects.toThrow(/did not finish within 300 ms/);
      expect(String(await aborted.promise)).toContain('did not finish');
    });
  });

  describe('loaders within loaders', () => {
    it('of the same keys go on without waiting for themselves', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const values = await t.cache.getOrSetMany([a, b], async (missing) => {
        const inner = await t.cache.getOrSetMany(missing, (again) => again.map((key) => `inner ${key}`));
        expect(await t.cache.getOrSet(a, 'alone')).toBe('alone');
        return inner;
      });
      expect([...values.values()]).toEqual([`inner ${a}`, `inner ${b}`]);
    });

    it('of other keys join what is under way', async () => {
      const [a, b] = keysOf(2) as [string, string];
      const load = vi.fn<(missing: string[]) => string[]>((missing) => missing.map(nameOf));
      const values = await t.cache.getOrSetMany([a], async ([key]) => {
        const inner = await t.cache.getOrSetMany([b], load);
        return [`${nameOf(key!)} and ${inner.get(b)!}`];
      });
      expect(values.get(a)).toBe(`${nameOf(a)} and ${nameOf(b)}`);
      expect(load).toHaveBeenCalledTimes(1);
    });
  });
});
