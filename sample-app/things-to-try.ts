/** What `npm start` prints. */
export function thingsToTry(url: string): string {
  const json = "-H 'content-type: application/json' -d";
  return `
The shop is open: ${url}

  curl ${url}/products
  curl ${url}/products/moka-pot                  # slow once (the carrier is asked), then fast for 5 minutes
  curl ${url}/recently-viewed
  curl ${url}/carts/ada/items ${json} '{"productId":"moka-pot","quantity":2}'
  curl ${url}/carts/ada
  curl -X POST ${url}/carts/ada/checkout
  curl ${url}/leaderboard
  curl ${url}/stock/scales/reserve ${json} '{"quantity":2}'   # 409: there is only one

Stop it with Ctrl-C. All routes: sample-app/README.md
`;
}
