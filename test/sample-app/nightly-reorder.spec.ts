import { SchedulerRegistry } from '@nestjs/schedule';
import { CachexService } from 'nest-cachex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBranch, openShop, type Shop, stores } from './open-shop.js';

describe.each(stores)('on %s', (store) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop(store);
  });
  afterAll(() => shop.close());

  it('products that are nearly sold out are ordered once a night, by whichever process is first', async () => {
    const branches = await Promise.all([openBranch(shop.connection), openBranch(shop.connection)]);
    const fireAll = () =>
      Promise.all([shop, ...branches].map(({ app }) => app.get(SchedulerRegistry).getCronJob('reorder').fireOnTick()));
    await fireAll();
    const ordered = await shop.app.get(CachexService).xrange('purchase-orders', '-', '+');
    expect(ordered).toMatchObject([{ fields: { productIds: ['scales'] } }]);
    await fireAll();
    expect(await shop.redis('XLEN', 'shop:1:purchase-orders')).toBe('1');
    await Promise.all(branches.map(({ app }) => app.close()));
  });
});
