import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBranch, openShop, type Shop } from './open-shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop('the embedded engine');
});
afterAll(() => shop.close());

it('the shop exports the figures of its cache for Prometheus, each process its own', async () => {
  await shop.get('/products/moka-pot');
  await shop.get('/products/moka-pot');
  const branch = await openBranch(shop.connection);
  const scrape = async ({ app }: Pick<Shop, 'app'>) => {
    const response = await fetch(`${await app.getUrl()}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    return response.text();
  };
  expect(await scrape(shop)).toMatch(/^cachex_hits_total\{cache="default"\} [1-9]/m);
  expect(await scrape(branch)).toMatch(/^cachex_hits_total\{cache="default"\} 0$/m);
  await branch.app.close();
  expect(await scrape(shop)).toMatch(
    /^cachex_command_duration_seconds_count\{cache="default",command="GET",error=""\} \d/m,
  );
});
