import { randomUUID } from 'node:crypto';
import { Controller, Get, Injectable, Logger, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { Cacheable, CacheableMany, CachexModule, type CachexOptions, CachexService } from '../../lib/index.js';
import { topologies } from '../contract/topologies.js';
import { useApplications } from './harness.js';

const product = z.object({ id: z.string(), price: z.coerce.number() });
type Product = z.infer<typeof product>;

@Injectable()
class Products {
  calls = 0;
  source: unknown = { id: '1', price: 2 };

  @Cacheable({ key: 'product:{0}', schema: product })
  async find(_id: string): Promise<Product> {
    this.calls++;
    return this.source as Product;
  }

  @Cacheable({ key: 'maybe:{0}', schema: product })
  async maybe(_id: string): Promise<Product | undefined> {
    this.calls++;
    return this.source as Product | undefined;
  }

  @CacheableMany({ key: 'product:{0}', schema: product })
  async findMany(ids: string[]): Promise<Map<string, Product>> {
    this.calls++;
    return new Map(ids.map((id) => [id, { ...(this.source as Product), id }]));
  }

  @CacheableMany({ key: 'product:{0}', schema: product, returns: 'array' })
  async list(ids: string[]): Promise<(Product | undefined)[]> {
    this.calls++;
    return ids.map((id) => (id === 'none' ? undefined : { ...(this.source as Product), id }));
  }
}

async function open(options: CachexOptions = { connection: 'memory://' }) {
  const lines: string[] = [];
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  onTestFinished(() => warn.mockRestore());
  const module = await Test.createTestingModule({
    imports: [CachexModule.forRoot(options)],
    providers: [Products],
  }).compile();
  await module.init();
  onTestFinished(() => module.close());
  return { products: module.get(Products), cache: module.get(CachexService), lines };
}

describe('@Cacheable with a schema', () => {
  it('returns the schema’s output, on a miss and on a hit', async () => {
    const { products } = await open();
    products.source = { id: '1', price: '2', margin: 0.4 };
    expect([await products.find('1'), await products.find('1')]).toEqual([
      { id: '1', price: 2 },
      { id: '1', price: 2 },
    ]);
    expect(products.calls).toBe(1);
  });

  it('reloads a value that does not match: an older version of the application has stored it', async () => {
    const { products, cache } = await open();
    await cache.set('product:1', { id: '1', cost: 2 });
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(await cache.get('product:1')).toEqual({ id: '1', price: 2 });
    expect(await cache.stats()).toMatchObject({ mismatches: 1, misses: 1, errors: 0 });
  });

  it('reloads an unreadable value', async () => {
    const { products, cache } = await open();
    await cache.set('product:1', 'not msgpack', { raw: true });
    await cache.setrange('product:1', 0, '\u00ff');
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(products.calls).toBe(1);
  });

  it('returns a result that does not match, and stores nothing', async () => {
    const { products, cache, lines } = await open();
    products.source = { id: 7, price: 'free' };
    for (const id of ['1', '1', '2']) expect(await products.find(id)).toEqual({ id: 7, price: 'free' });
    expect(products.calls).toBe(3);
    expect(await cache.keys()).toEqual([]);
    expect(lines).toEqual([
      'The new value of "product:1" is not stored: it does not match its schema at id, price (logged once for "product:*")',
    ]);
    expect((await cache.stats()).mismatches).toBe(3);
  });

  it('returns undefined as before, without storing it', async () => {
    const { products, cache, lines } = await open();
    products.source = undefined;
    expect(await products.maybe('1')).toBeUndefined();
    expect(lines).toEqual([]);
    expect((await cache.stats()).mismatches).toBe(0);
  });

  it('accepts no type beside it, and nothing but schemas', () => {
    class Item {}
    expect(() => Cacheable({ type: Item, schema: product })).toThrow(/takes type or schema, not both/);
    expect(() => Cacheable({ schema: { parse: () => 1 } as never })).toThrow(/^schema must be a Standard Schema/);
    const key = 'item:{0}';
    expect(() => CacheableMany({ key, type: Item, schema: product })).toThrow('@CacheableMany takes type or schema');
    expect(() => CacheableMany({ key, schema: 1 as never })).toThrow(/^schema must be a Standard Schema/);
  });
});

describe.each(topologies.map(({ name }) => name))('@CacheableMany with a schema, on %s', (topology) => {
  const openThere = () => open({ connection: inject('connections')[topology]!, keyPrefix: randomUUID() });

  it('returns the schema’s output for each, and reloads values that do not match or cannot be read', async () => {
    const { products, cache } = await openThere();
    products.source = { price: '2', margin: 0.4 };
    const [one, two, three] = ['1', '2', '3'].map((id) => ({ id, price: 2 }));
    await cache.set('product:2', { id: '2', cost: 2 });
    await cache.set('product:3', 'not msgpack', { raw: true });
    await cache.setrange('product:3', 0, '\u00ff');
    const ids = ['1', '2', '3'];
    for (let round = 0; round < 2; round++) {
      expect([...(await products.findMany(ids)).values()]).toEqual([one, two, three]);
    }
    expect(products.calls).toBe(1);
    expect(await cache.get('product:2')).toEqual({ id: '2', price: '2', margin: 0.4 });
    expect(await cache.stats()).toMatchObject({ mismatches: 1, unreadable: 1 });
    expect(await products.list(['none', '3'])).toEqual([undefined, three]);
    expect(await products.find('2')).toEqual(two);
    expect(products.calls).toBe(2);
    await cache.clear();
  });

  it('returns a result that does not match, and stores nothing of it', async () => {
    const { products, cache, lines } = await openThere();
    products.source = { price: 'free' };
    for (let round = 0; round < 2; round++) {
      expect((await products.findMany(['1', '2'])).get('2')).toEqual({ id: '2', price: 'free' });
    }
    expect(products.calls).toBe(2);
    expect(await cache.keys()).toEqual([]);
    expect(lines).toEqual([
      'The new value of "product:1" is not stored: it does not match its schema at price (logged once for "product:*")',
    ]);
  });
});

describe('a handler with a schema', () => {
  const applications = useApplications();

  @Controller('products')
  class ProductsController {
    @Get(':id')
    @Cacheable({ key: 'product:{params.id}', schema: product })
    async find(@Param('id') id: string): Promise<Product> {
      return { id, price: 2, margin: 0.4 } as Product;
    }
  }

  it('says whether it was a hit', async () => {
    const { request } = await applications.http('express', { controllers: [ProductsController] });
    const answers = [await request('/products/1'), await request('/products/1')];
    expect(answers.map(({ cached }) => cached)).toEqual(['MISS', 'HIT']);
    expect(answers.map(({ body }) => body)).toEqual([
      { id: '1', price: 2 },
      { id: '1', price: 2 },
    ]);
  });
});
