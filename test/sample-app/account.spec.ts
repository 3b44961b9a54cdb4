import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CartsService } from '../../sample-app/carts/carts.service.js';
import { startServer } from '../servers/server.js';
import { Browser } from '../session/browser.js';
import { openBranch, openShop, type Shop, stores } from './open-shop.js';

const ada = { name: 'ada', password: 'moka-lover' };
const bob = { name: 'bob', password: 'guess' };
const cup = { productId: 'espresso-cup', quantity: 2 };

describe.each(stores)('on %s', (store) => {
  let shop: Shop;
  let url: string;

  beforeAll(async () => {
    shop = await openShop(store);
    url = await shop.app.getUrl();
  });
  afterAll(() => shop.close());
  afterEach(() => vi.restoreAllMocks());

  const keys = async () => (await shop.redis('KEYS', 'shop:session:*')).split('\n').filter(Boolean).toSorted();

  /** The key of the session that the call creates. */
  const sessionMadeBy = async (visit: () => Promise<unknown>) => {
    const before = await keys();
    await visit();
    const [made, ...others] = (await keys()).filter((key) => !before.includes(key));
    expect(others).toEqual([]);
    return made!;
  };

  describe('a visitor', () => {
    it('who only looks has no session', async () => {
      const browser = new Browser(url);
      expect(await browser.visit('/account')).toEqual({ status: 200, body: { customer: null } });
      expect((await browser.visit('/cart')).body).toEqual({ items: [], total: 0, expiresIn: 0 });
      expect([browser.cookies.size, await keys()]).toEqual([0, []]);
    });

    it('has a cart, in every process of the shop, which no other browser sees', async () => {
      const browser = new Browser(url);
      expect(await browser.visit('/cart/items', cup)).toMatchObject({ status: 201, body: { total: 1800 } });
      const branch = await openBranch(shop.connection);
      const { body } = await browser.at(await branch.app.getUrl()).visit('/cart');
      expect(body).toMatchObject({ items: [{ id: 'espresso-cup', quantity: 2 }], total: 1800 });
      await branch.app.close();
      expect((await new Browser(url).visit('/cart')).body).toMatchObject({ items: [] });

      const { id } = body as { id: string };
      expect((await shop.post(`/carts/${id}/checkout`)).status).toBe(201);
      expect((await browser.visit('/cart')).body).toMatchObject({ id, items: [] });
    });

    it('loses nothing when two tabs put something into the cart', async () => {
      const browser = new Browser(url);
      await browser.visit('/cart/items', cup);
      await Promise.all(Array.from({ length: 10 }, () => browser.visit('/cart/items', cup)));
      expect((await browser.visit('/cart')).body).toMatchObject({ items: [{ quantity: 22 }] });
    });

    it('stays for half an hour after the last request', async () => {
      const browser = new Browser(url);
      const key = await sessionMadeBy(() => browser.visit('/cart/items', cup));
      await shop.redis('EXPIRE', key, '60');
      await browser.visit('/account');
      expect(Number(await shop.redis('TTL', key))).toBeGreaterThan(1700);
      expect(browser.setCookie).toMatch(/^shop=.*; Expires=.*; HttpOnly; SameSite=Lax$/);
    });
  });

  describe('a customer', () => {
    it('logs in, under a new id, and keeps the cart', async () => {
      const browser = new Browser(url);
      const before = await sessionMadeBy(() => browser.visit('/cart/items', cup));
      const after = await sessionMadeBy(async () => {
        expect(await browser.visit('/account/login', ada)).toEqual({ status: 200, body: { customer: 'ada' } });
      });
      expect(await keys()).not.toContain(before);
      expect(await keys()).toContain(after);
      expect((await browser.visit('/account')).body).toEqual({ customer: 'ada' });
      expect((await browser.visit('/cart')).body).toMatchObject({ total: 1800 });
    });

    it('who logs out in one tab is logged out in the other, even during requests there', async () => {
      const tab = new Browser(url);
      const key = await sessionMadeBy(() => tab.visit('/account/login', ada));
      const carts = shop.app.get(CartsService);
      let goOn!: () => void;
      const reached = new Promise<void>((resolve) => {
        const { add } = carts;
        vi.spyOn(carts, 'add').mockImplementationOnce(async (...args) => {
          resolve();
          await new Promise<void>((done) => (goOn = done));
          await add.apply(carts, args);
        });
      });
      const underWay = tab.at(url).visit('/cart/items', cup);
      await reached;
      expect(await tab.visit('/account/logout', {})).toEqual({ status: 200, body: { customer: null } });
      goOn();
      expect((await underWay).status).toBe(201);
      expect(await keys()).not.toContain(key);
      expect((await tab.visit('/account')).body).toEqual({ customer: null });
      expect((await tab.visit('/cart')).body).toMatchObject({ items: [] });
    });

    it.each([{}, { name: 'bob' }, { name: ['bob'], password: 'x' }, { ...bob, admin: true }, { ...bob, password: '' }])(
      'sends a name and a password: %o',
      async (body) => {
        expect((await new Browser(url).visit('/account/login', body)).status).toBe(400);
      },
    );

    it('can be tried five times a minute, in all processes together, independently of others', async () => {
      const browser = new Browser(url);
      const wrong = { name: 'grace', password: 'guess' };
      for (let tries = 0; tries < 5; tries++) {
        expect(await browser.visit('/account/login', wrong)).toMatchObject({
          status: 401,
          body: { message: 'Wrong name or password' },
        });
      }
      const branch = await openBranch(shop.connection);
      const elsewhere = new Browser(await branch.app.getUrl());
      expect(await elsewhere.visit('/account/login', wrong)).toMatchObject({
        status: 429,
        body: { message: 'Too many tries, wait a minute' },
      });
      await branch.app.close();
      expect((await browser.visit('/account/login', ada)).status).toBe(200);
      expect((await browser.visit('/account')).status).toBe(200);
    });
  });
});

it('a visitor gets 503 while Redis is away, and keeps the cookie', async () => {
  await using server = await startServer({ engine: 'redis' });
  const { app } = await openBranch(server.url);
  const browser = new Browser(await app.getUrl());
  await browser.visit('/cart/items', cup);
  const before = new Map(browser.cookies);
  await server.kill();
  for (const path of ['/account', '/cart']) expect((await browser.visit(path)).status).toBe(503);
  expect((await browser.visit('/account/login', ada)).status).toBe(503);
  expect(browser.cookies).toEqual(before);
  await app.close();
});
