import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BestSeller } from '../../sample-app/leaderboard/leaderboard.service.js';
import { waitFor } from '../servers/wait-for.js';
import { openShop, type Shop, stores } from './open-shop.js';

/** The data of a stream of Server-Sent Events. */
async function* events<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T[]> {
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as T[];
    }
  }
}

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

    it('is pushed to its watchers when something is sold', async () => {
      const end = new AbortController();
      const { body } = await fetch(`${await shop.app.getUrl()}/leaderboard/live?limit=1`, { signal: end.signal });
      const pushed: BestSeller[][] = [];
      for await (const [best] of events<BestSeller>(body!)) {
        // An earlier sale may be announced again.
        if (pushed.push([best!]) === 1) await buy({ 'espresso-cup': 1 });
        if (best!.sold === 7) break;
      }
      end.abort();
      expect(pushed[0]).toEqual(ranking.slice(0, 1));
      expect(pushed.at(-1)).toEqual([{ ...ranking[0], sold: 7 }]);
      ranking[0]!.sold = 7;
    });

    it('does not count failed sales', async () => {
      expect((await buy({ scales: 2, 'moka-pot': 1 })).status).toBe(409);
      expect(await shop.redis('XLEN', 'shop:1:placed-orders')).toBe('4');
      expect((await shop.get('/leaderboard')).body).toEqual(ranking);
    });

    it.each(['0', '101', '1.5', 'ten', ''])('has no first %s', async (limit) => {
      expect((await shop.get(`/leaderboard?limit=${limit}`)).status).toBe(400);
    });
  });
});
