import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { count, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/libsql';
import { alias, integer as pgInteger, pgSchema, pgTable } from 'drizzle-orm/pg-core';
import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CachexDrizzleCache, type CachexDrizzleCacheOptions } from '../../lib/drizzle/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';

const users = sqliteTable('users', {
  id: integer().primaryKey(),
  name: text().notNull(),
  length: integer(),
  since: integer({ mode: 'timestamp_ms' }),
  photo: blob({ mode: 'buffer' }),
});
const orders = sqliteTable('orders', { id: integer().primaryKey(), user: integer().notNull() });

type Cache = Awaited<ReturnType<typeof openCache>>;

const closing: (() => void)[] = [];

/**
 * A separate database. It is a file, because libsql runs a transaction on another connection, and an in-memory database
 * would then be lost.
 */
async function open(cache: Cache, options: CachexDrizzleCacheOptions = {}, url = ':memory:') {
  const client = createClient({ url });
  closing.push(() => client.close());
  await client.executeMultiple(`
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, length INTEGER, since INTEGER, photo BLOB);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, user INTEGER NOT NULL);
    INSERT INTO users VALUES (1, 'Ada', 3, 0, x'00ff'), (2, 'Bob', NULL, NULL, NULL);
    INSERT INTO orders VALUES (7, 1);`);
  const version = `drizzle-${randomUUID().slice(0, 8)}`;
  const results = new CachexDrizzleCache(cache, { settle: 0, version, ...options });
  const db = drizzle(client, { cache: results });
  /** Bypasses Drizzle, so that nothing is invalidated. */
  const rename = (name: string) => client.execute({ sql: 'UPDATE users SET name = ? WHERE id = 1', args: [name] });
  /** The same database in another process. */
  const elsewhere = () => drizzle(client, { cache: new CachexDrizzleCache(cache, { settle: 0, version, ...options }) });
  return { db, results, rename, version, elsewhere };
}

/** The file is removed after the test. */
async function openFile(cache: Cache, options: CachexDrizzleCacheOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'drizzle-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return open(cache, options, `file:${join(folder, 'shop.db')}`);
}

afterEach(() =>
  closing
    .splice(0)
    .toReversed()
    .forEach((close) => close()),
);

onEveryTopology((t) => {
  describe('the cache of Drizzle', () => {
    it('returns the same as the database, types included', async () => {
      const { db, rename } = await open(t.cache);
      const all = () => db.select().from(users).$withCache();
      const first = await all();
      expect(first[0]).toEqual({ id: 1, name: 'Ada', length: 3, since: new Date(0), photo: Buffer.from([0, 255]) });
      await rename('Eve');
      expect(await all()).toEqual(first);
      expect((await db.select().from(users))[0]!.name).toBe('Eve');
    });

    it('distinguishes parameters, columns and forms of a query', async () => {
      const { db } = await open(t.cache);
      const named = (id: number) => db.select({ name: users.name }).from(users).where(eq(users.id, id)).$withCache();
      expect([await named(1), await named(2), await named(1), await named(3)]).toEqual([
        [{ name: 'Ada' }],
        [{ name: 'Bob' }],
        [{ name: 'Ada' }],
        [],
      ]);
      const total = () => db.select({ total: count() }).from(users).$withCache();
      expect([await total(), await total()]).toEqual([[{ total: 2 }], [{ total: 2 }]]);
      const joined = () => db.select().from(users).innerJoin(orders, eq(orders.user, users.id)).$withCache();
      const found = await joined();
      expect(found).toMatchObject([{ users: { id: 1 }, orders: { id: 7 } }]);
      expect(await joined()).toEqual(found);
      const one = () => db.select().from(users).where(eq(users.id, 3)).$withCache().get();
      expect([await one(), await one()]).toEqual([undefined, undefined]);
    });

    it('separates results of tenants, and drops those of all when one changes a table', async () => {
      const version = `drizzle-${randomUUID().slice(0, 8)}`;
      const [a, b] = [await open(t.cache.withScope('a'), { version }), await open(t.cache.withScope('b'), { version })];
      const nameIn = async ({ db }: typeof a) =>
        (await db.select({ name: users.name }).from(users).$withCache())[0]!.name;
      await b.rename('Bea');
      expect([await nameIn(a), await nameIn(b)]).toEqual(['Ada', 'Bea']);
      await b.rename('Eve');
      expect([await nameIn(a), await nameIn(b)]).toEqual(['Ada', 'Bea']);
      await a.db.update(users).set({ name: 'Ann' }).where(eq(users.id, 1));
      expect([await nameIn(a), await nameIn(b)]).toEqual(['Ann', 'Eve']);
      await b.rename('Zoe');
      await t.cache.withScope('b').invalidateTags([`${version}:users`]);
      expect(await nameIn(b)).toBe('Zoe');
    });

    it('drops the results of a changed table, in any process, and no others', async () => {
      const { db, rename, version } = await open(t.cache);
      const names = () => db.select({ name: users.name }).from(users).$withCache();
      const ids = () => db.select({ id: orders.id }).from(orders).$withCache();
      await Promise.all([names(), ids()]);
      await db.update(users).set({ name: 'Eve' }).where(eq(users.id, 1));
      expect((await names())[0]).toEqual({ name: 'Eve' });
      await db.insert(users).values({ id: 3, name: 'Cid' });
      expect(await names()).toHaveLength(3);
      await db.delete(users).where(eq(users.id, 3));
      expect(await names()).toHaveLength(2);
      await rename('Zoe');
      await t.cache.invalidateTags([`${version}:users`]);
      expect((await names())[0]).toEqual({ name: 'Zoe' });
    });

    it('does not keep rows from before a change', async () => {
      const { results, version } = await open(t.cache);
      const slow = async () => {
        if ((await results.get('hash', ['users'], false, true)) !== undefined) return;
        await t.cache.invalidateTags([`${version}:users`]);
        await results.put('hash', [['old']], ['users'], false);
      };
      await slow();
      expect(await results.get('hash', ['users'], false, true)).toBeUndefined();
      await results.put('hash', [['new']], ['users'], false);
      expect(await results.get('hash', ['users'], false, true)).toEqual([['new']]);
    });

    it('separates simultaneous look-ups, even of one query', async () => {
      const { results, version } = await open(t.cache);
      const look = async (wait: Promise<unknown>, value: string) => {
        await results.get('hash', ['users'], false, true);
        await wait;
        await results.put('hash', [[value]], ['users'], false);
      };
      let finish!: () => void;
      const old = look(new Promise<void>((resolve) => (finish = resolve)), 'old');
      await results.get('hash', ['users'], false, true);
      await t.cache.invalidateTags([`${version}:users`]);
      await look(Promise.resolve(), 'new');
      finish();
      await old;
      expect(await results.get('hash', ['users'], false, true)).toBeUndefined();
    });

    it('drops results by the tag of a query, which may be all that invalidates it', async () => {
      const { db, rename } = await open(t.cache);
      const tagged = () =>
        db.select({ name: users.name }).from(users).$withCache({ tag: 'everyone', autoInvalidate: false });
      await tagged();
      await db.update(users).set({ name: 'Eve' }).where(eq(users.id, 1));
      expect((await tagged())[0]).toEqual({ name: 'Ada' });
      await rename('Zoe');
      await db.$cache.invalidate({ tags: 'everyone' });
      expect((await tagged())[0]).toEqual({ name: 'Zoe' });
      await rename('Ian');
      await db.$cache.invalidate({ tables: users });
      expect((await tagged())[0]).toEqual({ name: 'Zoe' });
    });

    it('keeps no row that was never committed', async () => {
      const { db, elsewhere } = await openFile(t.cache, { settle: '1h' });
      const names = (of: Pick<typeof db, 'select'>, config = {}) =>
        of.select({ name: users.name }).from(users).where(eq(users.id, 1)).$withCache(config);
      const seen: unknown[] = [];
      const rolledBack = db.transaction(async (tx) => {
        await names(tx);
        await tx.update(users).set({ name: 'Eve' }).where(eq(users.id, 1));
        for (const config of [{}, { tag: 'one' }, { tag: 'two', autoInvalidate: false }]) {
          seen.push(...(await names(tx, config)), ...(await names(tx, config)));
        }
        throw new Error('rolled back');
      });
      await expect(rolledBack).rejects.toThrow('rolled back');
      expect(seen).toEqual(Array.from({ length: 6 }, () => ({ name: 'Eve' })));
      for (const reader of [db, elsewhere()]) {
        expect(await names(reader)).toEqual([{ name: 'Ada' }]);
        expect(await names(reader, { tag: 'one' })).toEqual([{ name: 'Ada' }]);
        expect(await names(reader, { tag: 'two', autoInvalidate: false })).toEqual([{ name: 'Ada' }]);
      }
    });

    it('drops results of tables in a schema, and of tables with an alias', async () => {
      const { results } = await open(t.cache);
      const products = pgSchema('shop').table('products', { id: pgInteger() });
      const aliased = alias(pgTable('items', { id: pgInteger() }), 'i');
      for (const [table, name] of [
        [products, 'shop.products'],
        [aliased, 'items'],
      ] as const) {
        await results.get(name, [name], false, true);
        await results.put(name, [[1]], [name], false);
        expect(await results.get(name, [name], false, true)).toEqual([[1]]);
        await results.onMutate({ tables: table });
        expect(await results.get(name, [name], false, true)).toBeUndefined();
      }
    });

    it('keeps results as long as their queries say, and otherwise as long as its option says', async () => {
      const { db, version } = await open(t.cache, { timeout: '10m' });
      await db
        .select()
        .from(users)
        .$withCache({ config: { ex: 60 } });
      await db.select().from(orders).$withCache();
      const kept = t.cache.withVersion(version);
      const ttls = await Promise.all((await kept.keys()).map((key) => kept.ttl(key)));
      const [short, long] = ttls.toSorted((a, b) => a - b);
      expect(short).toBeLessThanOrEqual(60);
      expect(long).toBeGreaterThan(500);
      await db
        .select({ id: users.id })
        .from(users)
        .$withCache({ config: { pxat: Date.now() - 1 } });
      expect(await kept.keys()).toHaveLength(2);
      await db
        .select({ name: users.name })
        .from(users)
        .$withCache({ config: { ex: Infinity } });
      expect(await Promise.all((await kept.keys()).map((key) => kept.ttl(key)))).toContain(-1);
      const never = db
        .select({ name: users.name, length: users.length })
        .from(users)
        .$withCache({ config: { ex: NaN } });
      await expect(never).rejects.toThrow('How long a query says its result lives must be a finite number, not NaN');
    });
  });
});

describe('CachexDrizzleCache', () => {
  it('caches all queries if its option says so, except those that refuse', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const { db, rename } = await open(cache, { strategy: 'all' });
    const names = () => db.select({ name: users.name }).from(users);
    await names();
    await rename('Eve');
    expect((await names())[0]).toEqual({ name: 'Ada' });
    expect((await names().$withCache(false))[0]).toEqual({ name: 'Eve' });
    await cache.close();
  });

  it('does not affect a query whose result the serializer refuses', async () => {
    const cache = await openCache({ connection: 'memory://', serializer: 'json' });
    const { db, version } = await open(cache);
    const photos = () => db.select({ photo: users.photo }).from(users).$withCache();
    for (let times = 0; times < 2; times++) expect((await photos())[0]!.photo).toEqual(Buffer.from([0, 255]));
    expect(await cache.withVersion(version).keys()).toEqual([]);
    await cache.close();
  });

  it('invalidates once more, because a change is not committed yet when Drizzle reports it', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const { db, rename, elsewhere } = await open(cache, { settle: '1h' });
    const other = elsewhere();
    const names = () => other.select({ name: users.name }).from(users).$withCache();
    const timer = vi.spyOn(globalThis, 'setTimeout');
    await db.$cache.invalidate({ tables: 'users' });
    const [settled] = timer.mock.calls.find(([, ms]) => ms === 3_600_000)!;
    timer.mockRestore();
    expect((await names())[0]).toEqual({ name: 'Ada' });
    await rename('Eve');
    expect((await names())[0]).toEqual({ name: 'Ada' });
    settled();
    await expect.poll(async () => (await names())[0]).toEqual({ name: 'Eve' });
    await cache.close();
  });

  it('caches again after a change has settled', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const { db, rename } = await open(cache, { settle: '50ms' });
    const names = () => db.select({ name: users.name }).from(users).$withCache();
    await db.$cache.invalidate({ tables: 'users' });
    await expect
      .poll(async () => {
        const [before] = await names();
        await rename(randomUUID());
        const [after] = await names();
        return after!.name === before!.name;
      })
      .toBe(true);
    await cache.close();
  });

  it.each([true, false])('asks the database while Redis is away, ignoreExceptions %s', async (ignoreExceptions) => {
    const cache = await openCache({ connection: 'memory://', ignoreExceptions });
    const { db } = await open(cache);
    await cache.close();
    expect(await db.select({ name: users.name }).from(users).$withCache()).toHaveLength(2);
    const changed = db.update(users).set({ name: 'Eve' });
    const outcome = await changed.then(
      () => 'changed',
      () => 'told of it',
    );
    expect(outcome).toBe(ignoreExceptions ? 'changed' : 'told of it');
  });

  it('accepts only a cache and valid options', async () => {
    const cache = await openCache({ connection: 'memory://' });
    expect(() => new CachexDrizzleCache(null as never)).toThrow('CachexDrizzleCache must be given a CachexService');
    expect(() => new CachexDrizzleCache(cache, { strategy: 'some' as never })).toThrow('strategy must be');
    expect(() => new CachexDrizzleCache(cache, { global: true } as never)).toThrow('The options of CachexDrizzleCache');
    await cache.close();
  });
});
