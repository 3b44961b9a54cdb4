import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminPassword } from '../../sample-app/admin/admin-password.js';
import { openShop, type Shop } from './open-shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop('the embedded engine');
});
afterAll(() => shop.close());

it('the shop shows the contents of its cache to anyone with the password', async () => {
  const ask = async (path: string, password?: string) =>
    fetch(`${await shop.app.getUrl()}/admin/caches${path}`, {
      headers: password === undefined ? {} : { authorization: `Basic ${btoa(`admin:${password}`)}` },
    });
  const { value } = shop.app.get(AdminPassword, { strict: false });
  const closed = await ask('');
  expect([closed.status, closed.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)]);
  expect((await ask('/api/caches', `${value}x`)).status).toBe(401);
  expect((await ask('', value)).status).toBe(200);
  await shop.get('/products');
  const found = await ask('/api/caches/default/keys?pattern=catalogue', value);
  expect(await found.json()).toMatchObject({ keys: [{ key: 'catalogue', type: 'string' }] });
});
