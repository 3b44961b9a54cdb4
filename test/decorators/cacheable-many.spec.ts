import { Controller, Get, Injectable, Logger, Param } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CacheableMany, type CachexOptions, CacheEvict, ConfigError, WithLock } from '../../lib/index.js';
import { startServer } from '../servers/server.js';
import { useApplications } from './harness.js';
import { leftOf } from '../left-of.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

interface Product {
  readonly id: string;
  readonly currency: string;
}

class Money {
  constructor(readonly cents: number) {}
}

@Injectable()
class Products {
  readonly asked: string[][] = [];

  @CacheableMany({
    key: (id: string, currency: string) => `product:${id}:${currency}`,
    tags: (id: string) => [`product:${id}`],
    timeout: '1m',
  })
  async findMany(ids: string[], currency: string): Promise<Map<string, Product>> {
    this.asked.push(ids);
    return new Map(ids.filter((id) => id !== 'none').map((id) => [id, { id, currency }]));
  }

  @CacheableMany({
    key: 'stock:{0}',
    returns: 'array',
    unless: (count: number | undefined) => count === 0,
    condition: (ids: readonly number[]) => ids.length < 5,
  })
  async stockOf(ids: readonly number[]): Promise<(number | undefined)[]> {
    this.asked.push(ids.map(String));
    return ids.map((id) => (id < 0 ? undefined : id * 10));
  }

  @CacheableMany({ key: (id: string) => `price:${id}`, type: Money })
  async pricesOf(ids: string[]): Promise<Map<string, Money>> {
    this.asked.push(ids);
    return new Map(ids.map((id) => [id, new Money(Number(id))]));
  }

  @WithLock({ key: 'all' })
  @CacheableMany({ key: (id: string) => `locked:${id}` })
  @WithLock({ key: (ids: string[]) => `load of ${ids.join()}` })
  async locked(ids: string[]): Promise<Map<string, string>> {
    this.asked.push(ids);
    return new Map(ids.map((id) => [id, id]));
  }

  @CacheEvict({ tags: (id: string) => [`product:${id}`] })
  async change(_id: string): Promise<void> {}
}

async function open(more?: CachexOptions) {
  const { module, cache } = await apps.module({ providers: [Products] }, more);
  return { cache, products: module.get(Products) };
}

describe('@CacheableMany', () => {
  it('runs the method once for the missing ids, and returns a Map in the given order', async () => {
    const { products, cache } = await open();
    await products.findMany(['2'], 'EUR');
    const found = await products.findMany(['3', '2', 'none', '1', '3'], 'EUR');
    expect([...found]).toEqual(['3', '2', '1'].map((id) => [id, { id, currency: 'EUR' }]));
    expect(products.asked).toEqual([['2'], ['3', 'none', '1']]);
    expect(await cache.get('product:1:EUR')).toEqual({ id: '1', currency: 'EUR' });
    expect(await cache.ttl('product:1:EUR')).toEqual(leftOf(60));
    expect([...(await products.findMany(['1'], 'USD')).values()]).toEqual([{ id: '1', currency: 'USD' }]);
    expect(await products.findMany([], 'USD')).toEqual(new Map());
    expect(products.asked).toHaveLength(3);
  });

  it('forgets the value of one id by its tag', async () => {
    const { products } = await open();
    await products.findMany(['1', '2'], 'EUR');
    await products.change('1');
    await products.findMany(['1', '2'], 'EUR');
    expect(products.asked).toEqual([['1', '2'], ['1']]);
  });

  it('returns an array in the order of the ids, with returns', async () => {
    const { products, cache } = await open();
    expect(await products.stockOf([1, 2])).toEqual([10, 20]);
    expect(await products.stockOf([2, -1, 3, 2])).toEqual([20, undefined, 30, 20]);
    expect(products.asked).toEqual([
      ['1', '2'],
      ['-1', '3'],
    ]);
    expect(await cache.get('stock:3')).toBe(30);
    expect(await products.stockOf([0])).toEqual([0]);
    expect(await cache.hasKey('stock:0')).toBe(false);
    expect(await products.stockOf([1, 2, 3, 4, 5])).toEqual([10, 20, 30, 40, 50]);
    expect(products.asked.at(-1)).toHaveLength(5);
  });

  it('returns instances of its type, and replaces values of another type', async () => {
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { products, cache } = await open();
    await products.pricesOf(['1', '2']);
    await cache.set('price:2', new Set([2]));
    const prices = await products.pricesOf(['1', '2']);
    expect([...prices.values()]).toEqual([new Money(1), new Money(2)]);
    expect(prices.get('1')).toBeInstanceOf(Money);
    expect(prices.get('2')).toBeInstanceOf(Money);
    expect(products.asked).toEqual([['1', '2'], ['2']]);
    expect(await cache.get('price:2')).toEqual({ cents: 2 });
  });

  it('shows decorators below it the ids that are loaded', async () => {
    const { products } = await open();
    await products.locked(['1']);
    expect([...(await products.locked(['1', '2'])).keys()]).toEqual(['1', '2']);
    expect(products.asked).toEqual([['1'], ['2']]);
  });

  it('passes errors on, and refuses ambiguous results', async () => {
    @Injectable()
    class Wrong {
      @CacheableMany({ key: (id: string) => `wrong:${id}` })
      async other(_ids: string[]): Promise<Map<string, string>> {
        return new Map([['other', 'x']]);
      }

      @CacheableMany({ key: (id: string) => `wrong:${id}` })
      async list(ids: string[]): Promise<Map<string, string>> {
        return ids as unknown as Map<string, string>;
      }

      @CacheableMany({ key: (id: string) => `wrong:${id}`, returns: 'array' })
      async short(_ids: string[]): Promise<string[]> {
        return [];
      }

      @CacheableMany({ key: (id: string) => `wrong:${id}`, partial: true })
      async failing(_ids: string[]): Promise<Map<string, string>> {
        throw new Error('no database');
      }
    }
    const { module } = await apps.module({ providers: [Wrong] });
    const wrong = module.get(Wrong);
    await expect(wrong.other(['1'])).rejects.toThrow(
      'Wrong.other returned a value for "other", which was not requested',
    );
    await expect(wrong.list(['1'])).rejects.toThrow(/Wrong\.list returned an array: .* returns: 'array'/);
    await expect(wrong.short(['1'])).rejects.toThrow(/Wrong\.short returned an array of 0 for 1 keys/);
    await expect(wrong.list('1' as never)).rejects.toThrow(/Wrong\.list needs a list of ids .* not string/);
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    expect(await wrong.failing(['1'])).toEqual(new Map());
  });

  it('refuses unsuitable options and methods', async () => {
    expect(() => CacheableMany({} as never)).toThrow('needs a key');
    expect(() => CacheableMany({ key: 'a:{0}', returns: 'list' as never })).toThrow("returns must be 'map' or 'array'");
    expect(() => CacheableMany({ key: 'a:{0}', setsTags: true } as never)).toThrow(/must not have "setsTags"/);
    @Controller()
    class Shop {
      @Get(':ids')
      @CacheableMany({ key: 'product:{0}' })
      async products(@Param('ids') ids: string[]): Promise<Map<string, string>> {
        return new Map(ids.map((id) => [id, id]));
      }
    }
    const starting = apps.module({ controllers: [Shop] });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/Shop\.products works on methods of providers, not on handlers/);
  });

  it('runs the method for all ids while Redis is away, and without the module', async () => {
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const server = await startServer({ engine: 'redis' });
    const { products } = await open({ connection: { url: server.url, commandTimeout: '1s' } });
    await server.stop();
    expect([...(await products.findMany(['1', '2'], 'EUR')).keys()]).toEqual(['1', '2']);
    const alone = new Products();
    expect([...(await alone.findMany(['1', 'none'], 'EUR')).keys()]).toEqual(['1']);
  });
});
