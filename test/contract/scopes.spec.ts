import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it, vi } from 'vitest';
import { type CachexService, keysOnlyPre, ScopeError } from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { onEveryTopology } from './contract.js';

const tenants = new AsyncLocalStorage<string>();
const within = <T>(tenant: string, run: () => T): T => tenants.run(tenant, run);

/** Names that would be equal if their parts were simply joined. */
const names = [
  '',
  'a',
  'b',
  'a:1',
  'a:1:k',
  '%',
  '%3a',
  '%3A',
  'a%3a1',
  '{a}',
  '{',
  '}',
  '*',
  '?',
  '[ab]',
  '\\',
  'é',
  'e\u0301',
  '🦆',
  '\ud800',
  '\udc80',
  '\ufffd',
  '\0',
  'scope',
  'scope:a',
  'lock',
  'tag',
  '1',
  ' a',
  'a ',
];

onEveryTopology(
  (t) => {
    /** Ways to see a tenant's part of a cache. */
    const ways: Record<string, (tenant: string) => CachexService> = {
      'the option': () => t.cache,
      withScope: (tenant) => t.cache.withScope(tenant),
    };

    it('no two names of tenants make the same key', () => {
      const views = [
        t.cache.unscoped(),
        t.cache.unscoped().withVersion(2),
        ...names.map((name) => t.cache.withScope(name)),
      ];
      const keys = ['k', '1:k', 'a:1:k', 'scope:a:1:k', ':1:k'];
      const wire = views.flatMap((view) => keys.map((key) => view.makeKey(key)));
      expect(new Set(wire).size).toBe(wire.length);
      expect(new Set(wire.map((key) => Buffer.from(key).toString('hex'))).size).toBe(wire.length);
    });

    it.each(names)('%j has separate values, tags, patterns and locks', async (name) => {
      const one = t.cache.withScope(name);
      const other = t.cache.withScope(`${name}x`);
      for (const [view, value] of [
        [one, 1],
        [other, 2],
        [t.cache.unscoped(), 3],
      ] as const) {
        await view.set(t.key(), value, { tags: [t.key('tag')] });
      }
      expect(await one.keys(t.key('*'))).toEqual([t.key()]);
      expect(await one.get(t.key())).toBe(1);
      await one.invalidateTags([t.key('tag')]);
      expect([await one.get(t.key()), await other.get(t.key())]).toEqual([undefined, 2]);
      await one.set(t.key(), 4);
      expect(await one.deletePattern('*')).toBe(1);
      expect(await other.get(t.key())).toBe(2);
      expect(await t.cache.unscoped().get(t.key())).toBe(3);
      const locks = [one, other, t.cache.unscoped()].map((view) => view.lock(t.key(), { blocking: false }));
      expect(await Promise.all(locks.map((lock) => lock.acquire()))).toEqual([true, true, true]);
      expect(await one.lock(t.key(), { blocking: false }).acquire()).toBe(false);
      await Promise.all(locks.map((lock) => lock.release()));
      await other.clear();
    });

    it('hash tags of keys still choose the slot', async () => {
      const view = t.cache.withScope('{a}');
      await view.set(t.key('one'), 1);
      await view.rename(t.key('one'), t.key('two'));
      expect(await view.get(t.key('two'))).toBe(1);
    });

    it('leaves keys of others under the prefix to unscoped, unchanged', async () => {
      await t.cache.unscoped().set(t.key(), 'shared');
      expect(await t.cache.unscoped().keys(t.key('*'))).toEqual([t.key()]);
      expect(t.cache.withScope('acme').makeKey('user:1')).toMatch(/:scope:acme:1:user:1$/);
    });

    it.each(Object.keys(ways))(
      'by %s, each tenant has separate limits, semaphores, streams and channels',
      async (way) => {
        const on = (tenant: string) => ways[way]!(tenant);
        const limiter = t.cache.unscoped().withScope('c').rateLimiter(t.key(), { limit: 1, window: '1h' });
        expect((await limiter.consume('x')).allowed).toBe(true);
        for (const tenant of ['a', 'b']) {
          await within(tenant, async () => {
            const cache = on(tenant);
            const limited = await cache.rateLimiter(t.key(way), { limit: 1, window: '1h' }).consume('id');
            expect(limited.allowed).toBe(true);
            expect(await cache.semaphore(t.key(way), 1, { blocking: false, timeout: '1m' }).acquire()).toBe(true);
            await cache.xadd(t.key(way), { tenant });
            expect(await cache.xlen(t.key(way))).toBe(1);
            const heard: unknown[] = [];
            const subscription = await cache.subscribe(t.key(way), (message) => void heard.push(message));
            await t.cache.withScope(tenant === 'a' ? 'b' : 'a').publish(t.key(way), 'for the other');
            await cache.publish(t.key(way), tenant);
            await vi.waitFor(() => expect(heard).toContain(tenant));
            expect(heard).toEqual([tenant]);
            await subscription.unsubscribe();
            await cache.clear();
          });
        }
      },
    );

    it('a rate limiter that was created outside counts in the scope of each call', async () => {
      const limiter = t.cache.rateLimiter(t.key(), { limit: 1, window: '1h' });
      const consume = (tenant: string) => within(tenant, async () => (await limiter.consume('id')).allowed);
      expect([await consume('a'), await consume('b'), await consume('a')]).toEqual([true, true, false]);
      await expect(limiter.consume('id')).rejects.toBeInstanceOf(ScopeError);
    });

    it('without a scope nothing is sent', async () => {
      for (const call of [
        () => t.cache.get('k'),
        () => t.cache.set('k', 1),
        () => t.cache.getOrSet('k', () => 1),
        () => t.cache.getMany(['k']),
        () => t.cache.setMany({ k: 1 }),
        () => t.cache.deleteMany(['k']),
        () => t.cache.invalidateTags(['t']),
        () => t.cache.clear(),
        () => t.cache.keys(),
        () => t.cache.randomkey(),
        () => t.cache.withLock('k', {}, () => 1),
        () => t.cache.publish('c', 1),
        () => t.cache.subscribe('c', () => undefined),
        () => t.cache.evalScript(t.cache.registerScript('scoped', 'return 1'), ['k']),
        () => t.cache.flushDb(),
        async () => t.cache.pipeline(),
        async () => t.cache.makeKey('k'),
      ]) {
        await expect(async () => call()).rejects.toBeInstanceOf(ScopeError);
      }
      await expect(within('a', () => t.cache.flushDb())).rejects.toThrow('cache.unscoped()');
    });

    it('a call cannot leave its scope by its version', async () => {
      for (const version of ['scope:b:1', 'scope', '1:b']) {
        await expect(t.cache.withScope('a').get('k', { version })).rejects.toThrow(TypeError);
        await expect(t.cache.unscoped().get('k', { version })).rejects.toThrow(TypeError);
      }
      await expect(t.cache.unscoped().set('k', 1, { tags: ['\0scope:a\0t'] })).rejects.toThrow('U+0000');
    });

    it('other versions belong to the same scope', async () => {
      const a = t.cache.withScope('a');
      await a.set(t.key(), 'one');
      expect(await a.incrVersion(t.key())).toBe(2);
      expect(await a.get(t.key(), { version: 2 })).toBe('one');
      expect(await a.withVersion(2).get(t.key())).toBe('one');
      expect(await t.cache.withVersion(2).withScope('a').get(t.key())).toBe('one');
      await a.copy(t.key(), t.key(), { versionSrc: 2, versionDst: 3 });
      expect(await a.get(t.key(), { version: 3 })).toBe('one');
      expect(await t.cache.unscoped().get(t.key(), { version: 3 })).toBeUndefined();
      const script = t.cache.registerScript('get two', `return redis.call('EXISTS', KEYS[1])`, {
        preFunc: (helpers, keys, args) => [[helpers.makeKey(keys[0]!, 3)], keysOnlyPre(helpers, [], args)[1]],
      });
      expect(await a.evalScript(script, [t.key()])).toBe(1);
      expect(await t.cache.unscoped().evalScript(script, [t.key()])).toBe(0);
    });

    it('a pipeline stays in the scope that it was created in', async () => {
      const pipeline = within('a', () => t.cache.pipeline());
      await within('b', () =>
        pipeline
          .set(t.key(), 1, { tags: [t.key('tag')] })
          .get(t.key(), { version: 2 })
          .execute(),
      );
      expect(await t.cache.withScope('a').get(t.key())).toBe(1);
      expect(await t.cache.withScope('b').get(t.key())).toBeUndefined();
      await t.cache.withScope('b').invalidateTags([t.key('tag')]);
      expect(await t.cache.withScope('a').get(t.key())).toBe(1);
      await t.cache.withScope('a').invalidateTags([t.key('tag')]);
      expect(await t.cache.withScope('a').get(t.key())).toBeUndefined();
    });

    it('an iteration stays in the scope of its call, whoever asks for the next page', async () => {
      const many = (tenant: string) => Array.from({ length: 1000 }, (_, index) => `${tenant}${index}`);
      for (const tenant of ['a', 'b']) {
        const view = t.cache.withScope(tenant);
        await view.hmset(t.key('hash'), Object.fromEntries(many(tenant).map((name) => [name, name])));
        await view.sadd(t.key('set'), ...many(tenant));
        await view.zadd(t.key('sorted'), Object.fromEntries(many(tenant).map((name) => [name, 1])));
      }
      const iterators: AsyncGenerator<unknown, void>[] = within('a', () => [
        t.cache.hscanIter(t.key('hash')),
        t.cache.hscanIter(t.key('hash'), { noValues: true }),
        t.cache.sscanIter(t.key('set')),
        t.cache.zscanIter(t.key('sorted')),
        t.cache.iterKeys(t.key('*')),
      ]);
      const counts: number[] = [];
      for (const iterator of iterators) {
        let count = 0;
        for (; ; count++) {
          const { done, value } = await within('b', () => iterator.next());
          if (done) break;
          expect(String(value)).not.toMatch(/^b/);
        }
        counts.push(count);
      }
      expect(counts).toEqual([1000, 1000, 1000, 1000, 3]);
      expect(() => t.cache.hscanIter(t.key('hash'))).toThrow(ScopeError);
    });

    it('loads of two tenants are separate, and a refresh stays in the scope of its call', async () => {
      const factory = vi.fn<() => string>(() => tenants.getStore()!);
      const get = (tenant: string) => within(tenant, () => t.cache.getOrSet(t.key(), factory, { lock: true }));
      expect(await Promise.all([get('a'), get('b'), get('a')])).toEqual(['a', 'b', 'a']);
      expect(factory).toHaveBeenCalledTimes(2);

      const options = { timeout: '1h', grace: '1h', softTimeout: 0, tags: [t.key('tag')], setsTags: true } as const;
      await within('a', () => t.cache.getOrSet(t.key('stale'), () => 'old', options));
      await t.cache.withScope('a').invalidateTags([t.key('tag')]);
      const slow = deferred<string>();
      const refresh = within('a', () =>
        t.cache.getOrSet(
          t.key('stale'),
          async ({ setTags }) => {
            const value = await slow.promise;
            setTags([t.key('late')]);
            return value;
          },
          options,
        ),
      );
      expect(await refresh).toBe('old');
      within('b', () => slow.resolve('new'));
      const a = t.cache.withScope('a');
      await vi.waitFor(async () => expect(await a.get(t.key('stale'))).toBe('new'));
      await t.cache.withScope('b').invalidateTags([t.key('late')]);
      expect(await a.get(t.key('stale'))).toBe('new');
      await a.invalidateTags([t.key('late')]);
      expect(await a.get(t.key('stale'))).toBeUndefined();
    });

    it('deferred evictions stay in the scope of their calls', async () => {
      const [a, b] = [t.cache.withScope('a'), t.cache.withScope('b')];
      await Promise.all([a.set(t.key(), 1), b.set(t.key(), 2)]);
      await within('a', () =>
        t.cache.deferEvictions(async () => {
          await t.cache.delete(t.key());
          expect(await within('b', () => t.cache.get(t.key()))).toBe(2);
          await within('b', () => t.cache.deletePattern('nothing*'));
        }),
      );
      expect([await a.get(t.key()), await b.get(t.key())]).toEqual([undefined, 2]);
    });
  },
  { scope: () => tenants.getStore() },
);
