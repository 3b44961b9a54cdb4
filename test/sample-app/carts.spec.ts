import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const moka = { id: 'moka-pot', name: 'Moka pot', price: 3200 };
  const cup = { id: 'espresso-cup', name: 'Espresso cup', price: 900 };
  const add = (cart: string, productId: string, quantity: number) =>
    shop.post(`/carts/${cart}/items`, { productId, quantity });

  describe('a cart', () => {
    it('is empty until something is in it', async () => {
      expect(await shop.get('/carts/nobody')).toEqual({
        status: 200,
        body: { id: 'nobody', items: [], total: 0, expiresIn: 0 },
      });
    });

    it('accepts items, adds them up, and returns them', async () => {
      await add('ada', 'moka-pot', 2);
      await add('ada', 'espresso-cup', 3);
      const { status, body } = await add('ada', 'moka-pot', 1);
      expect(status).toBe(201);
      expect(body).toMatchObject({ id: 'ada', total: 3 * 3200 + 3 * 900 });
      const { items } = body as { items: unknown[] };
      expect(items).toHaveLength(2);
      expect(items).toEqual(
        expect.arrayContaining([
          { ...moka, quantity: 3 },
          { ...cup, quantity: 3 },
        ]),
      );
      expect(await shop.redis('HGET', 'shop:1:cart:ada', 'moka-pot')).toBe('3');

      expect(await shop.delete('/carts/ada/items/moka-pot')).toMatchObject({
        status: 200,
        body: { items: [{ ...cup, quantity: 3 }], total: 2700 },
      });
      expect((await shop.delete('/carts/ada/items/espresso-cup')).body).toMatchObject({ items: [], total: 0 });
      expect(await shop.redis('EXISTS', 'shop:1:cart:ada')).toBe('0');
    });

    it('lives for half an hour from its last change', async () => {
      const key = 'shop:1:cart:grace';
      const expectWhole = async () => {
        const ttl = Number(await shop.redis('TTL', key));
        expect(ttl).toBeGreaterThan(1790);
        expect(ttl).toBeLessThanOrEqual(1800);
      };
      const shorten = () => shop.redis('EXPIRE', key, '60');

      await add('grace', 'moka-pot', 1);
      await expectWhole();
      await shorten();
      expect((await shop.get('/carts/grace')).body).toMatchObject({ expiresIn: 60 });
      await add('grace', 'espresso-cup', 1);
      await expectWhole();
      await shorten();
      await shop.delete('/carts/grace/items/espresso-cup');
      await expectWhole();
    });

    it('has items that expire if the server supports it', async () => {
      await add('mary', 'moka-pot', 1);
      const ends = shop.redis('HTTL', 'shop:1:cart:mary', 'FIELDS', '1', 'moka-pot');
      expect(await ends.catch(String)).toMatch(/^(179\d|1800)$|unknown command/);
      expect((await shop.get('/carts/mary')).body).toMatchObject({ items: [{ ...moka, quantity: 1 }] });
    });

    it('loses nothing when it is changed by many at once', async () => {
      await Promise.all(Array.from({ length: 25 }, () => add('linus', 'espresso-cup', 2)));
      expect((await shop.get('/carts/linus')).body).toMatchObject({ items: [{ ...cup, quantity: 50 }], total: 45_000 });
    });

    it('gets its delivery quotes in one request, for products without a cached one', async () => {
      const delivery = { days: 2, quotedAt: '2026-11-23T10:00:00.000Z' };
      await shop.get('/products/grinder');
      for (const productId of ['moka-pot', 'grinder', 'scales']) await add('edsger', productId, 1);
      const { asked } = shop.carrier;
      const { status, body } = await shop.get('/carts/edsger/delivery');
      expect(status).toBe(200);
      expect(body).toHaveLength(3);
      expect(body).toContainEqual({ productId: 'grinder', ...delivery });
      expect(body).toContainEqual({ productId: 'scales', ...delivery });
      await shop.get('/carts/edsger/delivery');
      await shop.get('/products/scales');
      expect(shop.carrier.asked).toBe(asked + 1);
      expect(Number(await shop.redis('TTL', 'shop:1:delivery:moka-pot'))).toBeGreaterThan(290);
      expect(await shop.get('/carts/nobody/delivery')).toEqual({ status: 200, body: [] });
      expect(shop.carrier.asked).toBe(asked + 1);
    });

    it('accepts no unknown product, and returns none that is not in it', async () => {
      expect(await add('barbara', 'teapot', 1)).toMatchObject({ status: 404, body: { message: 'No product teapot' } });
      expect(await shop.delete('/carts/barbara/items/moka-pot')).toMatchObject({
        status: 404,
        body: { message: 'No moka-pot in cart barbara' },
      });
      expect(await shop.redis('EXISTS', 'shop:1:cart:barbara')).toBe('0');
    });

    it.each([
      {},
      { productId: 'moka-pot' },
      { quantity: 1 },
      { productId: 'moka-pot', quantity: 0 },
      { productId: 7, quantity: 1 },
      { productId: 'moka-pot', quantity: 1, price: 1 },
    ])('takes nothing odd: %o', async (body) => {
      expect((await shop.post('/carts/alan/items', body)).status).toBe(400);
      expect(await shop.redis('EXISTS', 'shop:1:cart:alan')).toBe('0');
    });
  });
});
