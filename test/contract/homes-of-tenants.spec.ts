import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { type CachexService, ScopeError, WrongTypeError } from '../../lib/index.js';
import { CachexPubSub } from '../../lib/graphql/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { CachexSessionStore } from '../../lib/session/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { QueryResults } from '../../lib/views/query-results.js';
import { onEveryTopology } from './contract.js';

const tenants = new AsyncLocalStorage<string>();

/** An action of a tenant, which the same action of another tenant must not affect. */
type Act = (cache: CachexService, name: string) => Promise<unknown>;

const inTime = { blocking: false, timeout: '1m' } as const;
const take = 'return redis.call("INCR", KEYS[1])';

/** Each action returns one result to the first caller, and another one to the second. */
const acts: Record<string, Act> = {
  'a rate limiter': async (cache, name) =>
    (await cache.rateLimiter(name, { limit: 1, window: '1h', algorithm: 'gcra' }).consume('id')).allowed,
  'nest-cachex/throttler': async (cache, name) =>
    (await new CachexThrottlerStorage(cache).increment(name, 60_000, 5, 0, 'default')).totalHits,
  'an instant of @OncePerFleet': (cache, name) => cache.claimInstant(name, 1_000_000, 1000, {}),
  'a claim of @Idempotent': (cache, name) =>
    cache.idempotency(name, { timeout: '1m' }).lock.acquire({ blocking: false }),
  'an answer of @Idempotent': (cache, name) => cache.idempotency(name, {}).kept.keep({ answer: 1 }, 60_000),
  'several locks': (cache, name) => cache.lock([`${name}1`, `${name}2`], inTime).acquire(),
  'a read/write lock': (cache, name) => cache.rwLock(name, inTime).write().acquire(),
  'a semaphore': (cache, name) => cache.semaphore(name, 1, inTime).acquire(),
  'a group of a stream': async (cache, name) => {
    const made = await cache.xgroupCreate(name, 'g', '$', { mkstream: true }).catch(() => 'there');
    await cache.xadd(name, { n: 1 });
    return [made, await cache.xlen(name)];
  },
  'a script': (cache, name) => cache.evalScript(cache.registerScript('take', take, { numKeys: 1 }), [name]),
  'a script in a pipeline': (cache, name) => {
    const script = cache.registerScript('take', take, { numKeys: 1 });
    return cache.pipeline().evalScript(script, [name]).execute();
  },
};

onEveryTopology(
  (t) => {
    const scopes = ['a', 'b'];
    const within = <T>(tenant: string, run: () => T): T => tenants.run(tenant, run);

    it.each(Object.entries(acts))('%s belongs to the calling tenant', async (_, act) => {
      const first = await within('a', () => act(t.cache, t.key()));
      expect(await within('a', () => act(t.cache, t.key()))).not.toEqual(first);
      expect(await within('b', () => act(t.cache, t.key()))).toEqual(first);
      expect(await act(t.cache.withScope('c'), t.key())).toEqual(first);
      expect(await act(t.cache.unscoped(), t.key())).toEqual(first);
      await expect((async () => act(t.cache, t.key()))()).rejects.toBeInstanceOf(ScopeError);
    });

    it('a leader leads its own tenant', async () => {
      const leaders = scopes.map((tenant) => within(tenant, () => t.cache.leader(t.key())));
      await vi.waitFor(() => expect(leaders.map(({ isLeader }) => isLeader)).toEqual([true, true]), 10_000);
      await Promise.all(leaders.map((leader) => leader.stop()));
      expect(() => t.cache.leader(t.key())).toThrow(ScopeError);
    });

    it('sessions of one tenant do not exist for another, even with the same ids', async () => {
      const store = new CachexSessionStore(t.cache, { version: t.key().replaceAll(/\W/g, '') });
      const get = promisify((sid: string, done: (error: unknown, session?: unknown) => void) => store.get(sid, done));
      const set = promisify((sid: string, session: object, done: (error?: unknown) => void) =>
        store.set(sid, session, done),
      );
      const length = promisify((done: (error: unknown, length?: number) => void) => store.length(done));
      const clear = promisify((done: (error?: unknown) => void) => store.clear(done));
      for (const tenant of scopes) await within(tenant, () => set('sid', { cookie: {}, tenant }));
      for (const tenant of scopes) {
        expect(await within(tenant, () => get('sid'))).toEqual({ cookie: {}, tenant });
        expect(await within(tenant, () => length())).toBe(1);
      }
      await within('a', () => clear());
      expect(await within('a', () => get('sid'))).toBeNull();
      expect(await within('b', () => get('sid'))).toMatchObject({ tenant: 'b' });
      await expect(get('sid')).rejects.toBeInstanceOf(ScopeError);
      await within('b', () => clear());
    });

    it('a Keyv holds the values of its tenant', async () => {
      const keyv = new CachexKeyv(t.cache, { version: t.key().replaceAll(/\W/g, '') });
      for (const tenant of scopes) await within(tenant, () => keyv.set('key', tenant));
      await within('a', async () => {
        expect(await keyv.get('key')).toBe('a');
        for await (const entry of keyv.iterator()) expect(entry).toEqual(['key', 'a']);
        await keyv.clear();
      });
      expect(await within('a', () => keyv.has('key'))).toBe(false);
      expect(await within('b', () => keyv.getMany(['key']))).toEqual(['b']);
      await expect(keyv.get('key')).rejects.toBeInstanceOf(ScopeError);
      await within('b', () => keyv.clear());
    });

    it('results of queries, and their tables, belong to the tenant', async () => {
      const results = QueryResults.of(t.cache, t.key().replaceAll(/\W/g, ''));
      const table = [t.key('table')];
      for (const tenant of scopes) await within(tenant, () => results.store(t.key(), [tenant], table, 60_000));
      expect(await within('b', () => results.lookUp(t.key(), table))).toEqual(['b']);
      await within('a', () => t.cache.invalidateTags(table));
      expect(await within('a', () => results.lookUp(t.key(), table))).toBeUndefined();
      expect(await within('b', () => results.lookUp(t.key(), table))).toEqual(['b']);
      await t.cache.unscoped().invalidateTags(table);
      expect(await within('b', () => results.lookUp(t.key(), table))).toBeUndefined();
      await expect(results.lookUp(t.key(), table)).rejects.toBeInstanceOf(ScopeError);
      await within('b', () => results.clear());
    });

    it('subscriptions hear their tenant, to channels, patterns and triggers', async () => {
      const heard: string[] = [];
      const hear = (by: string) => (message: unknown) => void heard.push(`${by}: ${String(message)}`);
      const graphql = new CachexPubSub(t.cache);
      const hasPatterns = !t.refuses('PSUBSCRIBE');
      const ends = await Promise.all(
        scopes.map((tenant) =>
          within(tenant, async () => {
            const subscriptions = [await t.cache.subscribe(t.key(), hear(`${tenant}, channel`))];
            if (hasPatterns) subscriptions.push(await t.cache.psubscribe('*', hear(`${tenant}, pattern`)));
            const id = await graphql.subscribe(t.key(), hear(`${tenant}, trigger`));
            return async () => {
              for (const subscription of subscriptions) await subscription.unsubscribe();
              await graphql.unsubscribe(id);
            };
          }),
        ),
      );
      for (const tenant of scopes) await within(tenant, () => graphql.publish(t.key(), tenant));
      await t.cache.unscoped().publish(t.key(), 'nobody');
      await vi.waitFor(() => expect(new Set(heard).size).toBe(hasPatterns ? 6 : 4), 10_000);
      for (const line of heard) expect(line.at(0)).toBe(line.at(-1));
      for (const end of ends) await end();
      await expect(graphql.publish(t.key(), 1)).rejects.toBeInstanceOf(ScopeError);
    });

    it('a tenant’s own name is not a key that another tenant could read', async () => {
      await within('a', async () => {
        await t.cache.rateLimiter('limits', { limit: 1, window: '1h' }).consume('id');
        expect(await t.cache.keys('*limits*')).toEqual([]);
      });
      await within('b', async () => {
        await t.cache.zadd(t.key(), { member: 1 });
        await expect(t.cache.get(t.key())).rejects.toBeInstanceOf(WrongTypeError);
      });
      expect(await within('a', () => t.cache.get(t.key()))).toBeUndefined();
    });
  },
  { scope: () => tenants.getStore() },
);
