import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  const ask = async (branch?: string, text?: string) => {
    const response = await fetch(`${await shop.app.getUrl()}/notices`, {
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        ...(branch !== undefined && { 'x-branch': branch }),
        ...(text !== undefined && { 'content-type': 'application/json' }),
      },
      ...(text !== undefined && { body: JSON.stringify({ text }) }),
    });
    return { status: response.status, body: await response.json() };
  };

  it('each branch of the shop has separate notices', async () => {
    expect(await ask('harbour', 'Closed on Monday')).toEqual({ status: 201, body: ['Closed on Monday'] });
    expect(await ask('harbour', 'New beans')).toEqual({ status: 201, body: ['New beans', 'Closed on Monday'] });
    expect(await ask('station')).toEqual({ status: 200, body: [] });
    await Promise.all(['a', 'a:1', '*', 'A'].map((branch) => ask(branch, branch)));
    for (const branch of ['a', 'a:1', '*', 'A']) expect((await ask(branch)).body).toEqual([branch]);
    expect(await shop.redis('EXISTS', 'shop:scope:harbour:1:notices')).toBe('1');
    expect(await shop.redis('EXISTS', 'shop:1:notices')).toBe('0');
    expect((await shop.get('/products')).status).toBe(200);
  });

  it('a request without a branch is refused', async () => {
    const refused = { status: 400, body: { message: 'Send X-Branch, the name of a branch' } };
    expect(await ask()).toMatchObject(refused);
    expect(await ask('')).toMatchObject(refused);
    expect(await ask(undefined, 'For nobody')).toMatchObject(refused);
    expect((await ask('harbour', '')).status).toBe(400);
  });
});
