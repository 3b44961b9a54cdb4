import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CachexService } from 'nest-cachex';
import type { Order } from '../../sample-app/orders/orders.service.js';
import { callsTo, openBranch, openShop, type Shop, stores } from './open-shop.js';

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
  const units = async (id: string) => Number(await shop.redis('HGET', 'shop:1:{stock}:units', id));

  describe('a checkout', () => {
    it('creates an order, takes the units and empties the cart', async () => {
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

    it('of one cart, requested many times at once, creates one order', async () => {
      await fill('grace', { 'espresso-cup': 4 });
      const before = await units('espresso-cup');
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.post('/carts/grace/checkout')));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
      expect(await units('espresso-cup')).toBe(before - 4);
    });

    it('that is repeated under its key returns the first order, in another process as well', async () => {
      await fill('edsger', { 'espresso-cup': 2 });
      const before = await units('espresso-cup');
      const first = await shop.post('/carts/edsger/checkout', undefined, 'edsger-1');
      expect(first.status).toBe(201);
      const branch = await openBranch(shop.connection);
      const { post } = callsTo(await branch.app.getUrl());
      expect(await post('/carts/edsger/checkout', undefined, 'edsger-1')).toEqual(first);
      await branch.app.close();
      expect(await units('espresso-cup')).toBe(before - 2);
      expect(await shop.post('/carts/another/checkout', undefined, 'edsger-1')).toMatchObject({
        status: 409,
        body: { message: 'Cart another is empty' },
      });
      expect((await shop.post('/carts/edsger/checkout')).body).toMatchObject({ message: 'Cart edsger is empty' });
    });

    it('without a key is refused, and keeps the cart', async () => {
      await fill('barbara', { 'espresso-cup': 1 });
      const { status } = await fetch(`${await shop.app.getUrl()}/carts/barbara/checkout`, { method: 'POST' });
      expect(status).toBe(400);
      expect((await shop.get('/carts/barbara')).body).toMatchObject({ total: 900 });
    });

    it('takes all products or none, and keeps the cart if it fails', async () => {
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

    it('more than 20 of one cart in 10 s are refused, of others not', async () => {
      const statuses: number[] = [];
      for (let round = 0; round < 21; round++) statuses.push((await shop.post('/carts/eager/checkout')).status);
      expect(statuses).toEqual([...Array.from({ length: 20 }, () => 409), 429]);
      expect(await shop.post('/carts/eager/checkout')).toMatchObject({
        body: { message: expect.stringMatching(/^Too many checkouts, try again in \d+ s$/) },
      });
      expect((await shop.post('/carts/patient/checkout')).status).toBe(409);
      expect(Number(await shop.redis('PTTL', 'shop:1:checkouts:eager'))).toBeGreaterThan(0);
    });

    it('more than 10 at a time wait, or are asked to come back', async () => {
      await fill('katherine', { 'espresso-cup': 1 });
      const others = shop.app.get(CachexService).semaphore('checkout', 10, { weight: 10 });
      await others.acquire();
      expect(await shop.post('/carts/katherine/checkout')).toMatchObject({
        status: 503,
        body: { message: 'The shop is busy for a moment' },
      });
      await others.release();
      expect((await shop.post('/carts/katherine/checkout')).status).toBe(201);
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
