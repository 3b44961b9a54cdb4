import { Controller, Get, Injectable, Logger, Param } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { Cacheable, CachexModule, CachexService } from '../../lib/index.js';
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
}

async function open() {
  const lines: string[] = [];
  const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  onTestFinished(() => warn.mockRestore());
  const module = await Test.createTestingModule({
    imports: [CachexModule.forRoot({ connection: 'memory://' })],
    providers: [Products],
  }).compile();
  await module.init();
  onTestFinished(() => module.close());
  return { products: module.get(Products), cache: module.get(CachexService), lines };
}

describe('@Cacheable with a schema', () => {
  it('gives what the schema makes, on a miss and on a hit', async () => {
    const { products } = await open();
    products.source = { id: '1', price: '2', margin: 0.4 };
    expect([await products.find('1'), await products.find('1')]).toEqual([
      { id: '1', price: 2 },
      { id: '1', price: 2 },
    ]);
    expect(products.calls).toBe(1);
  });

  it('makes anew what does not match: an older version of the application has stored it', async () => {
    const { products, cache } = await open();
    await cache.set('product:1', { id: '1', cost: 2 });
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(await cache.get('product:1')).toEqual({ id: '1', price: 2 });
    expect(await cache.stats()).toMatchObject({ mismatches: 1, misses: 1, errors: 0 });
  });

  it('makes anew what nobody can read', async () => {
    const { products, cache } = await open();
    await cache.set('product:1', 'not msgpack', { raw: true });
    await cache.setrange('product:1', 0, '\u00ff');
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(await products.find('1')).toEqual({ id: '1', price: 2 });
    expect(products.calls).toBe(1);
  });

  it('gives what the method returned where that does not match, and stores nothing', async () => {
    const { products, cache, lines } = await open();
    products.source = { id: 7, price: 'free' };
    for (const id of ['1', '1', '2']) expect(await products.find(id)).toEqual({ id: 7, price: 'free' });
    expect(products.calls).toBe(3);
    expect(await cache.keys()).toEqual([]);
    expect(lines).toEqual([
      'What was made for "product:1" is not stored: it does not match its schema at id, price (said once for "product:*")',
    ]);
    expect((await cache.stats()).mismatches).toBe(3);
  });

  it('gives undefined as ever: it is nothing that could be stored', async () => {
    const { products, cache, lines } = await open();
    products.source = undefined;
    expect(await products.maybe('1')).toBeUndefined();
    expect(lines).toEqual([]);
    expect((await cache.stats()).mismatches).toBe(0);
  });

  it('takes no type beside it, and nothing that is no schema', () => {
    class Item {}
    expect(() => Cacheable({ type: Item, schema: product })).toThrow(/takes type or schema, not both/);
    expect(() => Cacheable({ schema: { parse: () => 1 } as never })).toThrow(/^schema must be a Standard Schema/);
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
