import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BestSeller } from '../../sample-app/leaderboard/leaderboard.service.js';
import { waitFor } from '../servers/wait-for.js';
import { openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const buy = async (items: Record<string, number>) => {
    for (const [productId, quantity] of Object.entries(items)) {
      await shop.post('/carts/ada/items', { productId, quantity });
    }
    return shop.post('/carts/ada/checkout');
  };
  const sold = async () => {
    const { body } = await shop.get('/leaderboard');
    return (body as BestSeller[]).reduce((sum, each) => sum + each.sold, 0);
  };
  const ranking = [
    { productId: 'espresso-cup', name: 'Espresso cup', sold: 6 },
    { productId: 'grinder', name: 'Hand grinder', sold: 5 },
    { productId: 'moka-pot', name: 'Moka pot', sold: 2 },
  ];

  describe('the leaderboard', () => {
    it('is empty before anything is sold', async () => {
      expect(await shop.get('/leaderboard')).toEqual({ status: 200, body: [] });
    });

    it('ranks products by units sold, the best first', async () => {
      await buy({ 'moka-pot': 2, 'espresso-cup': 1 });
      await buy({ grinder: 5 });
      await buy({ 'espresso-cup': 5 });
      await waitFor(async () => (await sold()) === 13, { what: 'the orders to be counted' });
      expect((await shop.get('/leaderboard')).body).toEqual(ranking);
      expect((await shop.get('/leaderboard?limit=2')).body).toEqual(ranking.slice(0, 2));
      expect((await shop.redis('ZRANGE', 'shop:1:best-sellers', '0', '-1', 'WITHSCORES')).split('\n')).toHaveLength(6);
    });

    it('does not count what was not sold', async () => {
      expect((await buy({ scales: 2, 'moka-pot': 1 })).status).toBe(409);
      expect(await shop.redis('XLEN', 'shop:1:placed-orders')).toBe('3');
      expect((await shop.get('/leaderboard')).body).toEqual(ranking);
    });

    it.each(['0', '101', '1.5', 'ten', ''])('has no first %s', async (limit) => {
      expect((await shop.get(`/leaderboard?limit=${limit}`)).status).toBe(400);
    });
  });
});
