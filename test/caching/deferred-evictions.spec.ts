import { describe, expect, it, vi } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { raw } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

type Eviction = (cache: CachexService, key: string, tag: string) => Promise<unknown>;

const evictions: Record<string, { evict: Eviction; answer: unknown }> = {
  delete: { evict: (cache, key) => cache.delete(key), answer: false },
  deleteMany: { evict: (cache, key) => cache.deleteMany([key]), answer: 0 },
  deletePattern: { evict: (cache, key) => cache.deletePattern(`${key.slice(0, -1)}?`), answer: 0 },
  clear: { evict: (cache) => cache.clear(), answer: 0 },
  invalidateTags: { evict: (cache, _key, tag) => cache.invalidateTags([tag]), answer: 0 },
  'delete in a pipeline': { evict: (cache, key) => cache.pipeline().delete(key).execute(), answer: [false] },
};

const failure = new Error('rolled back');

onEveryTopology((t) => {
  describe.each(Object.keys(evictions))('%s', (name) => {
    const { evict, answer } = evictions[name]!;
    const tag = () => t.key('tag');
    const store = (value: string) => t.cache.set(t.key(), value, { tags: [tag()] });

    it('happens when the function has resolved, from any depth', async () => {
      await store('old');
      const given = await t.cache.deferEvictions(async () => {
        const deep = async () => {
          await new Promise((resolve) => void setImmediate(resolve));
          return evict(t.cache, t.key(), tag());
        };
        expect(await deep()).toEqual(answer);
        return 'given';
      });
      expect(given).toBe('given');
      expect(await t.cache.get(t.key())).toBeUndefined();
    });

    it('does not happen before, for others', async () => {
      await store('old');
      const evicted = deferred<void>();
      const committed = deferred<void>();
      const deferring = t.cache.deferEvictions(async () => {
        await evict(t.cache, t.key(), tag());
        evicted.resolve();
        await committed.promise;
      });
      await evicted.promise;
      expect(await t.cache.get(t.key())).toBe('old');
      expect(await t.cache.getOrSet(t.key(), () => 'new')).toBe('old');
      committed.resolve();
      await deferring;
      expect(await t.cache.get(t.key())).toBeUndefined();
    });

    it('is dropped if the function throws', async () => {
      await store('old');
      const deferring = t.cache.deferEvictions(async () => {
        await evict(t.cache, t.key(), tag());
        throw failure;
      });
      await expect(deferring).rejects.toBe(failure);
      expect(await t.cache.get(t.key())).toBe('old');
    });

    it('makes reads inside bypass the cache', async () => {
      await store('old');
      await t.cache.set(t.key('other'), 'other');
      await expect(
        t.cache.deferEvictions(async () => {
          await evict(t.cache, t.key(), tag());
          expect(await t.cache.get(t.key())).toBeUndefined();
          expect(await t.cache.get(t.key(), { default: 'none' })).toBe('none');
          expect((await t.cache.getMany([t.key()])).size).toBe(0);
          expect(await t.cache.pipeline().get(t.key()).execute()).toEqual([undefined]);
          const factory = vi.fn<() => string>(() => 'uncommitted');
          for (const options of [{}, { grace: '1h' }, { lock: true }, { stampede: true }]) {
            expect(await t.cache.getOrSet(t.key(), factory, options)).toBe('uncommitted');
          }
          expect(factory).toHaveBeenCalledTimes(4);
          throw failure;
        }),
      ).rejects.toBe(failure);
      expect(await t.cache.get(t.key())).toBe('old');
    });

    it('prevents the storing of a load that began before the commit', async () => {
      const load = deferred<string>();
      const factory = vi.fn<() => Promise<string>>(() => load.promise);
      let other: Promise<string> | undefined;
      const begun = deferred<void>();
      const deferring = t.cache.deferEvictions(async () => {
        await evict(t.cache, t.key(), tag());
        await begun.promise;
      });
      other = t.cache.getOrSet(t.key(), factory, { tags: [tag()] });
      await vi.waitFor(() => expect(factory).toHaveBeenCalled());
      begun.resolve();
      await deferring;
      load.resolve('old');
      expect(await other).toBe('old');
      expect(await t.cache.getOrSet(t.key(), () => 'new', { tags: [tag()] })).toBe('new');
    });

    it('waits for the outer function, and is dropped with the inner one', async () => {
      await store('old');
      await t.cache.deferEvictions(async () => {
        await t.cache.deferEvictions(() => evict(t.cache, t.key(), tag()));
        expect(await t.cache.get(t.key())).toBeUndefined();
        expect(await raw(t.cache, 'EXISTS', t.cache.makeKey(t.key()))).toBe(1);
      });
      expect(await t.cache.get(t.key())).toBeUndefined();
      await store('old');
      await t.cache.deferEvictions(async () => {
        const inner = t.cache.deferEvictions(async () => {
          await evict(t.cache, t.key(), tag());
          throw failure;
        });
        await expect(inner).rejects.toBe(failure);
        expect(await t.cache.get(t.key())).toBe('old');
      });
      expect(await t.cache.get(t.key())).toBe('old');
    });
  });

  it('happens at once in work that was started inside and continues afterwards', async () => {
    await t.cache.set(t.key(), 'old');
    const ended = deferred<void>();
    let late: Promise<boolean> | undefined;
    await t.cache.deferEvictions(() => {
      late = ended.promise.then(() => t.cache.delete(t.key()));
    });
    ended.resolve();
    expect(await late).toBe(true);
  });

  it('evicts in the version that was meant', async () => {
    const next = t.cache.withVersion(2);
    await t.cache.set(t.key(), 'one');
    await next.set(t.key(), 'two');
    await t.cache.deferEvictions(async () => {
      await next.delete(t.key());
      expect(await t.cache.get(t.key())).toBe('one');
      expect(await next.get(t.key())).toBeUndefined();
    });
    expect(await next.get(t.key())).toBeUndefined();
    expect(await t.cache.get(t.key())).toBe('one');
  });

  it('a value whose factory sets a doomed tag is not stored', async () => {
    await t.cache.deferEvictions(async () => {
      await t.cache.invalidateTags([t.key('tag')]);
      const factory = (context: { setTags(tags: string[]): void }): string => {
        context.setTags([t.key('tag')]);
        return 'uncommitted';
      };
      expect(await t.cache.getOrSet(t.key(), factory, { setsTags: true })).toBe('uncommitted');
    });
    expect(await t.cache.get(t.key())).toBeUndefined();
  });

  it('writes happen at once', async () => {
    await t.cache.deferEvictions(async () => {
      await t.cache.set(t.key(), 'new');
      expect(await t.cache.get(t.key())).toBe('new');
    });
    expect(await t.cache.get(t.key())).toBe('new');
  });

  it('two at a time do not see each other', async () => {
    await t.cache.set(t.key(), 'old');
    const evicted = deferred<void>();
    const read = deferred<void>();
    await Promise.all([
      t.cache.deferEvictions(async () => {
        await t.cache.delete(t.key());
        evicted.resolve();
        await read.promise;
      }),
      t.cache.deferEvictions(async () => {
        await evicted.promise;
        expect(await t.cache.get(t.key())).toBe('old');
        read.resolve();
      }),
    ]);
  });

  it('rejects a wrong argument before it runs anything', async () => {
    // @ts-expect-error -- a promise is no function
    await expect(t.cache.deferEvictions(Promise.resolve())).rejects.toThrow(
      'deferEvictions takes a function, not a Promise',
    );
    await t.cache.deferEvictions(async () => {
      // @ts-expect-error -- a number is no key
      await expect(t.cache.delete(7)).rejects.toThrow(TypeError);
      await expect(t.cache.invalidateTags([''])).rejects.toThrow('A tag must not be empty');
    });
  });

  it('getOrSetMany loads nothing if tags cannot be read', async () => {
    const load = vi.fn<(missing: string[]) => string[]>((missing) => missing);
    const tags = (key: string): string[] => {
      if (key !== t.key()) throw new Error('no tags');
      return [];
    };
    await t.cache.deferEvictions(async () => {
      await t.cache.delete(t.key());
      await expect(t.cache.getOrSetMany([t.key(), t.key('other')], load, { tags })).rejects.toThrow('no tags');
    });
    expect(load).not.toHaveBeenCalled();
    expect(t.cache['caching'].underWay).toEqual([]);
  });
});
