import { randomUUID } from 'node:crypto';

/** The output of `npm start`. */
export function thingsToTry(url: string, isEmbedded: boolean, adminPassword: string): string {
  const dataLive = isEmbedded
    ? 'Its data live in this process. With a server: CACHEX_URL=redis://localhost:6379 npm start'
    : 'Its data live in your server.';
  const json = "-H 'content-type: application/json' -d";
  const checkout = randomUUID();
  return `
The shop is open: ${url}

All products (twice: X-Cache says MISS, then HIT), and one of them. The latter is slow once (a parcel service is asked),
then cached for 5 minutes. A new price evicts the list:
  curl -i ${url}/products
  curl ${url}/products/moka-pot
  curl -X PUT ${url}/products/moka-pot ${json} '{"name":"Moka pot","price":2900}'

A cart, its checkout (twice: the same order, as the key is the same), and the best sellers:
  curl ${url}/carts/ada/items ${json} '{"productId":"moka-pot","quantity":2}'
  curl -X POST ${url}/carts/ada/checkout -H 'idempotency-key: ${checkout}'
  curl ${url}/leaderboard
  curl -N ${url}/leaderboard/live

The cart of a visitor, who then logs in, by a cookie:
  curl -b jar -c jar ${url}/cart/items ${json} '{"productId":"espresso-cup","quantity":1}'
  curl -b jar -c jar ${url}/account/login ${json} '{"name":"ada","password":"moka-lover"}'

Two of something that is there once:
  curl ${url}/stock/scales/reserve ${json} '{"quantity":2}'

Whether its servers are well, and what the cache has done:
  curl ${url}/health
  curl ${url}/metrics

What is in the cache, to see and to change in a browser (user admin, password ${adminPassword}):
  ${url}/admin/caches

More routes: sample-app/README.md. Stop the shop with Ctrl-C.
${dataLive}
`;
}
