import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../sample-app/orders/orders.service.js';
import { openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const fill = async (cart: string, items: Record<string, number>) => {
    for (const [productId, quantity] of Object.entries(items)) {
      await shop.post(`/carts/${cart}/items`, { productId, quantity });
    }
  };
  const units = async (id: string) => Number(await shop.redis('HGET', 'shop:1:stock', id));

  describe('a checkout', () => {
    it('makes an order, takes the units and empties the cart', async () => {
      await fill('ada', { 'moka-pot': 2, 'espresso-cup': 1 });
      const { status, body } = await shop.post('/carts/ada/checkout');
      const order = body as Order;
      expect(status).toBe(201);
      expect(order).toMatchObject({ cartId: 'ada', total: 7300 });
      expect(new Map(order.items.map(({ id, quantity }) => [id, quantity]))).toEqual(
        new Map([
          ['moka-pot', 2],
          ['espresso-cup', 1],
        ]),
      );
      expect(Date.parse(String(order.placedAt))).toBeLessThanOrEqual(Date.now());
      expect(await shop.get(`/orders/${order.id}`)).toEqual({ status: 200, body: order });
      expect(await units('moka-pot')).toBe(10);
      expect((await shop.get('/carts/ada')).body).toMatchObject({ items: [], total: 0 });
      expect(Number(await shop.redis('TTL', `shop:1:order:${order.id}`))).toBeGreaterThan(29 * 86_400);
    });

    it('of one cart, asked for many times at once, makes one order', async () => {
      await fill('grace', { 'espresso-cup': 4 });
      const before = await units('espresso-cup');
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.post('/carts/grace/checkout')));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
      expect(await units('espresso-cup')).toBe(before - 4);
    });

    it('takes all products or none, and leaves the cart where it fails', async () => {
      await fill('linus', { 'moka-pot': 1, scales: 2 });
      const before = await units('moka-pot');
      expect(await shop.post('/carts/linus/checkout')).toMatchObject({
        status: 409,
        body: { message: 'Not enough in stock: scales' },
      });
      expect([await units('moka-pot'), await units('scales')]).toEqual([before, 1]);
      const { body } = await shop.get('/carts/linus');
      expect(body).toMatchObject({ total: 3200 + 2 * 5400 });
      expect(Number(await shop.redis('TTL', 'shop:1:cart:linus'))).toBeGreaterThan(1790);

      await shop.delete('/carts/linus/items/scales');
      expect((await shop.post('/carts/linus/checkout')).status).toBe(201);
    });

    it('of the last one goes to one of many customers', async () => {
      const carts = Array.from({ length: 10 }, (_, index) => `customer-${index}`);
      await Promise.all(carts.map((cart) => fill(cart, { scales: 1 })));
      const answers = await Promise.all(carts.map((cart) => shop.post(`/carts/${cart}/checkout`)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
      expect(await units('scales')).toBe(0);
    });

    it('of an empty cart is refused', async () => {
      expect(await shop.post('/carts/nobody/checkout')).toMatchObject({
        status: 409,
        body: { message: 'Cart nobody is empty' },
      });
    });
  });

  it('an unknown order is not found', async () => {
    expect(await shop.get('/orders/42')).toMatchObject({ status: 404, body: { message: 'No order 42' } });
  });
});
