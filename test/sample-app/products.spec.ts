import { CachexService } from 'nest-cachex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsTo, openBranch, openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const notFound = (message: string) => ({ status: 404, body: { statusCode: 404, error: 'Not Found', message } });

  describe('products', () => {
    it('exist when the shop opens for the first time', async () => {
      const { status, body } = await shop.get('/products');
      expect(status).toBe(200);
      expect(body).toEqual([
        { id: 'espresso-cup', name: 'Espresso cup', price: 900 },
        { id: 'grinder', name: 'Hand grinder', price: 7900 },
        { id: 'moka-pot', name: 'Moka pot', price: 3200 },
        { id: 'scales', name: 'Brewing scales', price: 5400 },
      ]);
    });

    it('are read with their units, views and delivery', async () => {
      const page = { id: 'moka-pot', name: 'Moka pot', price: 3200, units: 12 };
      const delivery = { days: 2, quotedAt: '2026-11-23T10:00:00.000Z' };
      expect(await shop.get('/products/moka-pot')).toEqual({ status: 200, body: { ...page, views: 1, delivery } });
      expect(await shop.get('/products/moka-pot')).toEqual({ status: 200, body: { ...page, views: 2, delivery } });
    });

    it('count every one of many views at once', async () => {
      await Promise.all(Array.from({ length: 30 }, () => shop.get('/products/espresso-cup')));
      expect((await shop.get('/products/espresso-cup')).body).toMatchObject({ views: 31 });
    });

    it('get a delivery quote once in five minutes', async () => {
      const { asked } = shop.carrier;
      await shop.get('/products/scales');
      await shop.get('/products/scales');
      expect(shop.carrier.asked).toBe(asked + 1);
      expect(Number(await shop.redis('TTL', 'shop:1:delivery:scales'))).toBeGreaterThan(290);
      expect(Number(await shop.redis('TTL', 'shop:1:delivery:scales'))).toBeLessThanOrEqual(300);

      await shop.redis('DEL', 'shop:1:delivery:scales');
      await shop.get('/products/scales');
      expect(shop.carrier.asked).toBe(asked + 2);
    });

    it('get a new delivery quote on demand, for everybody', async () => {
      await shop.get('/products/scales');
      const { asked } = shop.carrier;
      const quote = { days: 2, quotedAt: '2026-11-23T10:00:00.000Z' };
      expect(await shop.post('/products/scales/delivery')).toEqual({ status: 201, body: quote });
      await shop.get('/products/scales');
      expect(shop.carrier.asked).toBe(asked + 1);
      expect(await shop.post('/products/teapot/delivery')).toEqual(notFound('No product teapot'));
    });

    it('are listed from the cache until one is added or replaced', async () => {
      const list = async () => {
        const answer = await fetch(`${await shop.app.getUrl()}/products`);
        return [
          answer.headers.get('x-cache'),
          ((await answer.json()) as { id: string }[]).some(({ id }) => id === 'tamper'),
        ];
      };
      await list();
      expect(await list()).toEqual(['HIT', false]);
      await shop.post('/products', { id: 'tamper', name: 'Tamper', price: 1500 });
      expect([await list(), await list()]).toEqual([
        ['MISS', true],
        ['HIT', true],
      ]);
      await shop.put('/products/tamper', { name: 'Steel tamper', price: 1900 });
      expect([await list(), await list()]).toEqual([
        ['MISS', true],
        ['HIT', true],
      ]);
    });

    it('are not sent again to a client that has the list', async () => {
      const list = async (tag = '') =>
        fetch(`${await shop.app.getUrl()}/products`, { headers: { 'if-none-match': tag } });
      const first = await list();
      expect(first.headers.get('cache-control')).toBe('public, no-cache');
      const tag = first.headers.get('etag')!;
      const known = await list(tag);
      expect([known.status, known.headers.get('x-cache'), await known.text()]).toEqual([304, 'HIT', '']);
      await shop.post('/products', { id: 'sieve', name: 'Sieve', price: 900 });
      expect([(await list(tag)).status, (await list()).headers.get('etag') === tag]).toEqual([200, false]);
    });

    it('are created once, without an expiry', async () => {
      const kettle = { id: 'kettle', name: 'Kettle', price: 4500 };
      expect(await shop.post('/products', { ...kettle, units: 7 })).toEqual({ status: 201, body: kettle });
      expect((await shop.get('/products/kettle')).body).toMatchObject({ ...kettle, units: 7 });
      expect((await shop.get('/products')).body).toContainEqual(kettle);
      expect(await shop.redis('TTL', 'shop:1:product:kettle')).toBe('-1');

      const again = await shop.post('/products', { ...kettle, name: 'Another', units: 9 });
      expect(again).toMatchObject({ status: 409, body: { message: 'There is a product kettle already' } });
      expect((await shop.get('/products/kettle')).body).toMatchObject({ ...kettle, units: 7 });
    });

    it('are replaced, and everybody sees it at once', async () => {
      await shop.post('/products', { id: 'filter', name: 'Filter', price: 300 });
      const better = { id: 'filter', name: 'Paper filter', price: 350 };
      expect(await shop.put('/products/filter', { name: 'Paper filter', price: 350 })).toEqual({
        status: 200,
        body: better,
      });
      expect((await shop.get('/products/filter')).body).toMatchObject({ ...better, units: 0 });
      expect((await shop.get('/products')).body).toContainEqual(better);
      expect(await shop.redis('TTL', 'shop:1:product:filter')).toBe('-1');
    });

    it('have their price changed by only one of many at a time, who has seen the last one', async () => {
      await shop.post('/products', { id: 'jug', name: 'Jug', price: 2000 });
      const reprice = (from: number, to: number) => shop.put('/products/jug/price', { from, to });
      expect(await reprice(2000, 2100)).toEqual({ status: 200, body: { id: 'jug', name: 'Jug', price: 2100 } });
      expect(await reprice(2000, 1800)).toMatchObject({
        status: 409,
        body: { message: 'The price of jug is not 2000 any more' },
      });
      const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => reprice(2100, 2200 + n)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
      const winner = answers.find(({ status }) => status === 200)!.body;
      expect((await shop.get('/products')).body).toContainEqual(winner);
      expect(await shop.put('/products/teapot/price', { from: 1, to: 2 })).toEqual(notFound('No product teapot'));
      expect((await reprice(0, 1)).status).toBe(400);
    });

    it('that do not exist are not found, and not created by asking', async () => {
      expect(await shop.get('/products/teapot')).toEqual(notFound('No product teapot'));
      expect(await shop.put('/products/teapot', { name: 'Teapot', price: 1 })).toEqual(notFound('No product teapot'));
      expect(await shop.redis('KEYS', '*teapot*')).toBe('');
    });

    it('that somebody has damaged in Redis count as missing', async () => {
      await shop.post('/products', { id: 'mill', name: 'Mill', price: 4000, units: 1 });
      const cache = shop.app.get(CachexService);
      await cache.set('product:mill', { id: 'mill', name: 'Mill', cost: 4000 }, null);
      expect(await shop.get('/products/mill')).toEqual(notFound('No product mill'));
      expect((await shop.get('/products')).body).not.toContainEqual(expect.objectContaining({ id: 'mill' }));
      expect((await cache.stats()).mismatches).toBeGreaterThan(1);
    });

    it.each([
      [{ id: 'Tea Pot', name: 'Teapot', price: 1 }, /^id must match/],
      [{ id: 'teapot', name: '', price: 1 }, /^name must be longer/],
      [{ id: 'teapot', name: 'Teapot', price: 1.5 }, /^price must be an integer/],
      [{ id: 'teapot', name: 'Teapot', price: 0 }, /^price must be a positive/],
      [{ id: 'teapot', name: 'Teapot', price: '1' }, /^price must be/],
      [{ id: 'teapot', name: 'Teapot', price: 1, units: -1 }, /^units must not be less/],
      [{ id: 'teapot', name: 'Teapot', price: 1, color: 'red' }, /^property color should not exist/],
    ])('that are wrong are refused: %o', async (product, message) => {
      const { status, body } = await shop.post('/products', product);
      expect(status).toBe(400);
      expect((body as { message: string[] }).message).toContainEqual(expect.stringMatching(message));
      expect(await shop.redis('HEXISTS', 'shop:1:{stock}:units', product.id)).toBe('0');
    });

    it('are replaced by whole ones only', async () => {
      const { status, body } = await shop.put('/products/moka-pot', { price: 1 });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        message: ['name must be longer than or equal to 1 characters', 'name must be a string'],
      });
    });
  });

  describe('recently viewed products', () => {
    it('are the last five, each once, the latest first', async () => {
      for (const id of ['kettle', 'moka-pot', 'filter', 'grinder', 'scales', 'espresso-cup', 'grinder']) {
        await shop.get(`/products/${id}`);
      }
      const { body } = await shop.get('/recently-viewed');
      expect((body as { id: string }[]).map(({ id }) => id)).toEqual([
        'grinder',
        'espresso-cup',
        'scales',
        'filter',
        'moka-pot',
      ]);
    });
  });

  describe('a second process of the shop', () => {
    it('shows the same data, and does not change them when it starts', async () => {
      await shop.put('/products/moka-pot', { name: 'Moka pot, red', price: 3300 });
      await shop.post('/stock/grinder/reserve', { quantity: 2 });
      const branch = await openBranch(shop.connection);
      const { get } = callsTo(await branch.app.getUrl());
      expect((await get('/products')).body).toContainEqual({ id: 'moka-pot', name: 'Moka pot, red', price: 3300 });
      expect((await get('/stock/grinder')).body).toEqual({ productId: 'grinder', units: 3 });
      await branch.app.close();
    });
  });
});
