import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CachexService } from 'nest-cachex';
import { waitFor } from '../servers/wait-for.js';
import { openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const unitsInRedis = async (id: string) => Number(await shop.redis('HGET', 'shop:1:{stock}:units', id));

  describe('stock', () => {
    it('is a number per product, in a hash', async () => {
      expect(await shop.get('/stock/moka-pot')).toEqual({ status: 200, body: { productId: 'moka-pot', units: 12 } });
      expect(await unitsInRedis('moka-pot')).toBe(12);
    });

    it('is reserved and restocked', async () => {
      expect(await shop.post('/stock/moka-pot/reserve', { quantity: 5 })).toEqual({
        status: 200,
        body: { productId: 'moka-pot', units: 7 },
      });
      expect(await shop.post('/stock/moka-pot/restock', { quantity: 3 })).toEqual({
        status: 200,
        body: { productId: 'moka-pot', units: 10 },
      });
      expect(await unitsInRedis('moka-pot')).toBe(10);
    });

    it('does not change if there is too little', async () => {
      expect(await shop.post('/stock/scales/reserve', { quantity: 2 })).toEqual({
        status: 409,
        body: { statusCode: 409, error: 'Conflict', message: 'Not enough in stock: scales' },
      });
      expect(await unitsInRedis('scales')).toBe(1);
      expect((await shop.post('/stock/scales/reserve', { quantity: 1 })).status).toBe(200);
      expect((await shop.post('/stock/scales/reserve', { quantity: 1 })).status).toBe(409);
      expect((await shop.get('/stock/scales')).body).toEqual({ productId: 'scales', units: 0 });
    });

    it('is never sold twice, however many want it at once', async () => {
      await shop.post('/products', { id: 'beans', name: 'Beans', price: 1200, units: 20 });
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => shop.post('/stock/beans/reserve', { quantity: 1 })),
      );
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(20);
      expect(statuses.filter((status) => status === 409)).toHaveLength(40);
      expect(await unitsInRedis('beans')).toBe(0);
    });

    it('adds up when callers want different numbers', async () => {
      await shop.post('/products', { id: 'milk', name: 'Milk', price: 150, units: 50 });
      const wanted = Array.from({ length: 60 }, (_, index) => 1 + (index % 7));
      const answers = await Promise.all(wanted.map((quantity) => shop.post('/stock/milk/reserve', { quantity })));
      const reserved = wanted.filter((_, index) => answers[index]!.status === 200).reduce((sum, n) => sum + n, 0);
      expect(reserved).toBeLessThanOrEqual(50);
      expect(await unitsInRedis('milk')).toBe(50 - reserved);
      expect((await shop.get('/stock/milk')).body).toEqual({ productId: 'milk', units: 50 - reserved });
    });

    it('is reserved under a lock, by a write that refuses a holder that has lost it', async () => {
      const fence = Number(await shop.redis('GET', 'shop:1:{stock}:fence'));
      const before = await unitsInRedis('espresso-cup');
      expect((await shop.post('/stock/espresso-cup/reserve', { quantity: 1 })).status).toBe(200);
      expect(Number(await shop.redis('GET', 'shop:1:{stock}:fence'))).toBeGreaterThan(fence);

      // As if another holder had used the lock since.
      await shop.redis('INCRBY', 'shop:1:{stock}:fence', String(60_000_000));
      expect(await shop.post('/stock/espresso-cup/reserve', { quantity: 1 })).toMatchObject({ status: 503 });
      expect(await unitsInRedis('espresso-cup')).toBe(before - 1);
      await shop.redis('DEL', 'shop:1:{stock}:fence');
    });

    it('is awaited in order while another caller has its lock', async () => {
      const lock = shop.app.get(CachexService).lock('stock');
      await lock.acquire();
      let isAnswered = false;
      const answer = shop.post('/stock/espresso-cup/reserve', { quantity: 1 }).finally(() => (isAnswered = true));
      await waitFor(async () => (await shop.redis('ZCARD', 'shop:lock:{1:stock}:line')) === '1', { what: 'the line' });
      expect(isAnswered).toBe(false);
      await lock.release();
      expect((await answer).status).toBe(200);
    });

    it.each(['reserve', 'restock'])('of an unknown product is not found: %s', async (change) => {
      const answer = await shop.post(`/stock/teapot/${change}`, { quantity: 1 });
      expect(answer).toMatchObject({ status: 404, body: { message: 'No product teapot' } });
      expect((await shop.get('/stock/teapot')).status).toBe(404);
      expect(await shop.redis('HEXISTS', 'shop:1:{stock}:units', 'teapot')).toBe('0');
    });

    it.each([{}, { quantity: 0 }, { quantity: -1 }, { quantity: 1.5 }, { quantity: '1' }, { quantity: 1001 }])(
      'changes by a sensible number only: not %o',
      async (body) => {
        const before = await unitsInRedis('grinder');
        expect((await shop.post('/stock/grinder/reserve', body)).status).toBe(400);
        expect((await shop.post('/stock/grinder/restock', body)).status).toBe(400);
        expect(await unitsInRedis('grinder')).toBe(before);
      },
    );
  });
});
