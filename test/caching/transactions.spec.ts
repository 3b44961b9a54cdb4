import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createClient } from '@libsql/client';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/libsql';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import libsql from 'libsql';
import { Column, DataSource, Entity, PrimaryColumn, type Repository } from 'typeorm';
import {
  addTransactionalDataSource,
  initializeTransactionalContext,
  runOnTransactionCommit,
  Transactional,
} from 'typeorm-transactional';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, CachexModule, CachexService } from '../../lib/index.js';
import { raw } from '../raw.js';
import { deferred } from './deferred.js';

let folder: string;
let cache: CachexService;
let stop: () => Promise<void>;

beforeAll(async () => {
  initializeTransactionalContext();
  folder = await mkdtemp(join(tmpdir(), 'cachex-transactions-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function start(providers: (new (...args: never[]) => object)[] = []) {
  const onCommit = (run: () => Promise<void>): boolean => {
    try {
      runOnTransactionCommit(() => void run());
      return true;
    } catch {
      return false;
    }
  };
  const module = await Test.createTestingModule({ imports: [CachexModule.forRoot({ onCommit })], providers }).compile();
  const app = await module.init();
  stop = () => app.close();
  cache = app.get(CachexService);
  return app;
}

afterEach(() => stop());

describe('with TypeORM', () => {
  @Entity()
  class Product {
    @PrimaryColumn('int')
    id!: number;
    @Column('int')
    price!: number;
  }

  let writing: DataSource;
  /** Another connection, which sees committed data only. */
  let reading: DataSource;
  let products: Repository<Product>;
  const failure = new Error('rolled back');
  /** Runs between the write of the transaction and its commit. */
  let beforeCommit: () => Promise<unknown>;

  @Injectable()
  class Products {
    async readPrice(id: number): Promise<number> {
      const { price } = await reading.getRepository(Product).findOneByOrFail({ id });
      return price;
    }

    @Cacheable({ key: (id: number) => `product:${id}`, tags: ['products'] })
    async price(id: number): Promise<number> {
      return this.readPrice(id);
    }

    @CacheEvict({ key: (id: number) => `product:${id}`, when: 'commit' })
    async change(id: number, price: number): Promise<void> {
      await products.update({ id }, { price });
    }

    @Transactional()
    async sell(id: number, price: number, fails = false): Promise<void> {
      await this.change(id, price);
      await beforeCommit();
      if (fails) throw failure;
    }

    /** The wrong way: the entry is gone before others see the change of the row. */
    @Transactional()
    async sellCarelessly(id: number, price: number): Promise<void> {
      await products.update({ id }, { price });
      await cache.delete(`product:${id}`);
      await beforeCommit();
    }
  }

  let sut: Products;

  beforeAll(async () => {
    const open = async (name: string): Promise<DataSource> => {
      const source = new DataSource({
        type: 'better-sqlite3',
        driver: libsql,
        database: join(folder, 'shop.db'),
        enableWAL: true,
        entities: [Product],
        synchronize: name === 'writing',
      });
      return source.initialize();
    };
    writing = addTransactionalDataSource(await open('writing'));
    reading = await open('reading');
    products = writing.getRepository(Product);
  });

  beforeEach(async () => {
    await products.save({ id: 1, price: 10 });
    beforeCommit = async () => undefined;
    sut = (await start([Products])).get(Products);
    await sut.price(1);
  });

  afterAll(() => Promise.all([writing.destroy(), reading.destroy()]));

  it('without waiting for the commit, a reader stores the old row again', async () => {
    beforeCommit = () => sut.price(1);
    await sut.sellCarelessly(1, 20);
    expect(await sut.readPrice(1)).toBe(20);
    expect(await sut.price(1)).toBe(10);
  });

  it('@CacheEvict waits for the commit with the hook: a reader in between stores nothing', async () => {
    const seen: number[] = [];
    // The entry is lost just then for another reason, so that the reader loads the old row.
    beforeCommit = async () => {
      await raw(cache, 'DEL', cache.makeKey('product:1'));
      seen.push(await sut.price(1));
    };
    await sut.sell(1, 20);
    await vi.waitFor(async () => expect(await sut.price(1)).toBe(20));
    expect(seen).toEqual([10]);
  });

  it('a rollback drops what the hook has collected', async () => {
    await expect(sut.sell(1, 20, true)).rejects.toBe(failure);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(await cache.get('product:1')).toBe(10);
  });

  it('@CacheEvict evicts after the method if there is no transaction', async () => {
    await sut.change(1, 30);
    expect(await cache.get('product:1')).toBeUndefined();
  });

  it('within deferEvictions, nothing is evicted before the function has resolved', async () => {
    await cache.deferEvictions(async () => {
      await sut.sell(1, 20);
      expect(await cache.get('product:1')).toBeUndefined();
      expect(await cache.exists('product:1')).toBe(1);
      expect(await sut.price(1)).toBe(20);
    });
    expect(await cache.exists('product:1')).toBe(0);
    expect(await sut.price(1)).toBe(20);
  });

  it('a load that read the old row before the commit is not stored after it', async () => {
    await cache.delete('product:1');
    const slow = deferred<void>();
    const hasRead = deferred<void>();
    const load = cache.getOrSet('product:1', async () => {
      const price = await sut.readPrice(1);
      hasRead.resolve();
      await slow.promise;
      return price;
    });
    await hasRead.promise;
    await cache.deferEvictions(() => sut.sell(1, 20));
    slow.resolve();
    expect(await load).toBe(10);
    expect(await sut.price(1)).toBe(20);
  });
});

describe('with Drizzle', () => {
  const prices = sqliteTable('prices', { id: integer('id').primaryKey(), price: integer('price').notNull() });
  const url = () => `file:${join(folder, 'drizzle.db')}`;

  it('a transaction in deferEvictions evicts after its commit, and not after a rollback', async () => {
    await start();
    const [writing, reading] = [createClient({ url: url() }), createClient({ url: url() })];
    try {
      await writing.execute('PRAGMA journal_mode = WAL');
      await writing.execute('CREATE TABLE prices (id INTEGER PRIMARY KEY, price INTEGER NOT NULL)');
      const [db, other] = [drizzle(writing), drizzle(reading)];
      await db.insert(prices).values({ id: 1, price: 10 });
      const read = async (): Promise<number> => (await other.select().from(prices).where(eq(prices.id, 1)))[0]!.price;
      const price = () => cache.getOrSet('price:1', read, { timeout: '1h' });
      const change = (to: number, inside: () => Promise<unknown>) =>
        cache.deferEvictions(() =>
          db.transaction(async (tx) => {
            await tx.update(prices).set({ price: to }).where(eq(prices.id, 1));
            await cache.delete('price:1');
            const [own] = await tx.select().from(prices).where(eq(prices.id, 1));
            expect(await cache.getOrSet('price:1', () => own!.price)).toBe(to);
            await inside();
          }),
        );

      expect(await price()).toBe(10);
      const evicted = deferred<void>();
      const readBefore = deferred<void>();
      const changing = change(20, async () => {
        evicted.resolve();
        await readBefore.promise;
      });
      await evicted.promise;
      // Meanwhile another caller gets the old row, whether it is cached or not.
      expect(await price()).toBe(10);
      readBefore.resolve();
      await changing;
      expect(await price()).toBe(20);

      const rolledBack = change(30, async () => Promise.reject(new Error('rolled back')));
      await expect(rolledBack).rejects.toThrow('rolled back');
      expect(await cache.get('price:1')).toBe(20);
    } finally {
      writing.close();
      reading.close();
    }
  });
});
