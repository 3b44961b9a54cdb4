import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callsTo, openBranch, openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  it('a voucher code can be tried five times a minute, in all processes together', async () => {
    expect(await shop.get('/vouchers/WELCOME')).toEqual({ status: 200, body: { code: 'WELCOME', percent: 10 } });
    for (const code of ['A1', 'A2', 'A3', 'A4']) {
      expect(await shop.get(`/vouchers/${code}`)).toMatchObject({
        status: 404,
        body: { message: `No voucher ${code}` },
      });
    }
    const branch = await openBranch(shop.connection);
    const { get } = callsTo(await branch.app.getUrl());
    expect((await get('/vouchers/A5')).status).toBe(429);
    await branch.app.close();

    const refused = await fetch(`${await shop.app.getUrl()}/vouchers/WELCOME`);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toContain('r=0');
  });
});
