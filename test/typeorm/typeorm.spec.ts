import { randomUUID } from 'node:crypto';
import { DataSource, EntitySchema } from 'typeorm';
import { afterEach, describe, expect, it } from 'vitest';
import { CachexQueryResultCache } from '../../lib/typeorm/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';

interface User {
  id: number;
  name: string;
  since: Date;
  big: string;
}

const UserSchema = new EntitySchema<User>({
  name: 'user',
  columns: {
    id: { type: Number, primary: true },
    name: { type: String },
    since: { type: 'datetime' },
    big: { type: 'bigint' },
  },
});
const OrderSchema = new EntitySchema<{ id: number; user: number }>({
  name: 'order',
  columns: { id: { type: Number, primary: true }, user: { type: Number } },
});

type Cache = Awaited<ReturnType<typeof openCache>>;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(cache: Cache, database = ':memory:') {
  const version = `typeorm-${randomUUID().slice(0, 8)}`;
  const dataSource = new DataSource({
    type: 'better-sqlite3',
    driver: (await import('libsql')).default,
    database,
    entities: [UserSchema, OrderSchema],
    synchronize: true,
    cache: { provider: (source) => new CachexQueryResultCache(cache, source, { version }) },
  });
  await dataSource.initialize();
  closing.push(() => dataSource.destroy());
  const users = dataSource.getRepository(UserSchema);
  await users.save({ id: 1, name: 'Ada', since: new Date(0), big: '9007199254740993' });
  /** Bypasses TypeORM, which must not notice. */
  const rename = (name: string) => dataSource.query('UPDATE "user" SET name = ? WHERE id = 1', [name]);
  return { dataSource, users, rename, version };
}

onEveryTopology((t) => {
  describe('the cache of TypeORM', () => {
    it('returns the same as the database, types included', async () => {
      const { users, rename } = await open(t.cache);
      const first = await users.find({ cache: 60_000 });
      expect(first).toMatchObject([{ id: 1, name: 'Ada', since: new Date(0) }]);
      expect(first[0]!.since).toBeInstanceOf(Date);
      await rename('Eve');
      expect(await users.find({ cache: 60_000 })).toEqual(first);
      expect((await users.find())[0]!.name).toBe('Eve');
      expect((await users.findOne({ where: { id: 1 }, cache: 60_000 }))!.name).toBe('Eve');
      expect(await users.findAndCount({ cache: 60_000 })).toMatchObject([[{ id: 1 }], 1]);
    });

    it('drops the results that name a table, and no others', async () => {
      const { dataSource, users, rename, version } = await open(t.cache);
      const orders = dataSource.getRepository(OrderSchema);
      await Promise.all([users.find({ cache: 60_000 }), orders.find({ cache: 60_000 })]);
      await rename('Eve');
      await t.cache.invalidateTags([`${version}:order`]);
      expect((await users.find({ cache: 60_000 }))[0]!.name).toBe('Ada');
      await t.cache.invalidateTags([`${version}:user`]);
      expect((await users.find({ cache: 60_000 }))[0]!.name).toBe('Eve');
    });

    it('drops results by the id of a query, and keeps them as long as it says', async () => {
      const { dataSource, users, rename, version } = await open(t.cache);
      const find = () => users.find({ cache: { id: 'everyone', milliseconds: 60_000 } });
      await find();
      const kept = t.cache.withVersion(version);
      const [key] = await kept.keys();
      expect(await kept.ttl(key!)).toBeLessThanOrEqual(60);
      await rename('Eve');
      expect((await find())[0]!.name).toBe('Ada');
      await dataSource.queryResultCache!.remove(['everyone', 'none']);
      expect((await find())[0]!.name).toBe('Eve');
    });

    it('clears its own results, no others', async () => {
      const { dataSource, users, rename } = await open(t.cache);
      await t.cache.set('yours', 1);
      await users.find({ cache: 60_000 });
      await rename('Eve');
      await dataSource.queryResultCache!.clear();
      expect((await users.find({ cache: 60_000 }))[0]!.name).toBe('Eve');
      expect(await t.cache.get('yours')).toBe(1);
    });

    it('is neither read nor written inside a transaction', async () => {
      const { dataSource, users, rename } = await open(t.cache);
      let seen: string | undefined;
      const transaction = dataSource.transaction(async (manager) => {
        await manager.update(UserSchema, 1, { name: 'Eve' });
        seen = (await manager.find(UserSchema, { cache: 60_000 }))[0]!.name;
        throw new Error('rolled back');
      });
      await expect(transaction).rejects.toThrow('rolled back');
      expect(seen).toBe('Eve');
      expect((await users.find({ cache: 60_000 }))[0]!.name).toBe('Ada');
      await rename('Zoe');
      const [user] = await dataSource.transaction((manager) => manager.find(UserSchema, { cache: 60_000 }));
      expect(user!.name).toBe('Zoe');
    });

    it('does not keep rows from before a change', async () => {
      const { dataSource, version } = await open(t.cache);
      const results = dataSource.queryResultCache!;
      const query = { query: 'SELECT * FROM "user"', duration: 60_000 };
      const slow = async () => {
        await results.getFromCache(query);
        await t.cache.invalidateTags([`${version}:user`]);
        await results.storeInCache({ ...query, result: '[]' }, undefined);
      };
      await slow();
      expect(await results.getFromCache(query)).toBeUndefined();
    });

    it('does not keep bytes, which JSON corrupts', async () => {
      const { dataSource } = await open(t.cache);
      const results = dataSource.queryResultCache!;
      const kept = async (row: object) => {
        const query = { query: `SELECT ${randomUUID()}`, duration: 60_000 };
        await results.getFromCache(query);
        await results.storeInCache({ ...query, result: JSON.stringify([row]) }, undefined);
        return (await results.getFromCache(query)) !== undefined;
      };
      expect(await kept({ photo: Buffer.from([0, 255]) })).toBe(false);
      expect(await kept({ photo: new Uint8Array([0, 255]) })).toBe(false);
      expect(await kept({ text: '{"type":"Buffer","data":[' })).toBe(true);
      // As libsql returns them.
      expect(await kept({ photo: new Uint8Array([0, 255]).buffer })).toBe(false);
      expect(await kept({ text: '":{}', json: '{"a":{}}' })).toBe(true);
    });
  });
});

describe('CachexQueryResultCache', () => {
  it.each([true, false])('asks the database while Redis is away, ignoreExceptions %s', async (ignoreExceptions) => {
    const cache = await openCache({ connection: 'memory://', ignoreExceptions });
    const { users } = await open(cache);
    await cache.close();
    expect(await users.find({ cache: true })).toHaveLength(1);
  });

  const sourceOf = (options: object) => ({
    options,
    driver: { escape: (name: string) => `"${name}"` },
    entityMetadatas: [],
  });

  it.each([
    ['of several users', { username: 'a' }, { username: 'b' }],
    ['that are replicated', { replication: { master: { host: 'a' } } }, { replication: { master: { host: 'b' } } }],
    ['behind sockets', { socketPath: '/a' }, { socketPath: '/b' }],
    ['of Oracle', { type: 'oracle', connectString: 'a' }, { type: 'oracle', connectString: 'b' }],
    ['in memory', { type: 'better-sqlite3', database: ':memory:' }, { type: 'better-sqlite3', database: ':memory:' }],
    ['of sql.js', { type: 'sqljs' }, { type: 'sqljs' }],
  ])('keeps databases apart %s', async (_, a, b) => {
    const cache = await openCache({ connection: 'memory://' });
    const [one, other] = [a, b].map((options) => new CachexQueryResultCache(cache, sourceOf(options)));
    const query = { query: 'SELECT 1', duration: 1000 };
    await one!.getFromCache(query);
    await one!.storeInCache({ ...query, result: '[1]' });
    expect(await one!.getFromCache(query)).toMatchObject({ result: '[1]' });
    expect(await other!.getFromCache(query)).toBeUndefined();
    await cache.close();
  });

  it('keeps JSON of databases that have it', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const results = new CachexQueryResultCache(cache, sourceOf({ type: 'postgres' }));
    const query = { query: 'SELECT 1', duration: 1000 };
    await results.getFromCache(query);
    await results.storeInCache({ ...query, result: '[{"settings":{}}]' });
    expect(await results.getFromCache(query)).toMatchObject({ result: '[{"settings":{}}]' });
    await cache.close();
  });

  it('separates databases', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const source = (database: string) => sourceOf({ type: 'postgres', host: 'db', database });
    const [one, other] = ['a', 'b'].map((database) => new CachexQueryResultCache(cache, source(database)));
    const query = { query: 'SELECT 1', duration: 1000 };
    await one!.getFromCache(query);
    await one!.storeInCache({ ...query, result: '[1]' });
    expect(await one!.getFromCache(query)).toMatchObject({ result: '[1]' });
    expect(await other!.getFromCache(query)).toBeUndefined();
    expect(() => new CachexQueryResultCache(cache, source('a'), { ttl: 1 } as never)).toThrow('The options of');
    expect(() => new CachexQueryResultCache(undefined as never, source('a'))).toThrow('must be given a CachexService');
    await cache.close();
  });
});
