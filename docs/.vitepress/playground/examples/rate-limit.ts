// Three sign-ups a minute from one address, whichever process it comes to.
const a = await start('A');
const b = await start('B');
const from = '198.51.100.7';

for (const cache of [a, b, a, b]) {
  const { allowed, remaining, retryAfter } = await cache
    .rateLimiter('signups', { limit: 3, window: '1m' })
    .consume(from);
  log(allowed ? `welcome, ${remaining} left` : `too many: try again in ${Math.ceil(retryAfter / 1000)} s`);
}

await clock.advance('1m');
log(await b.rateLimiter('signups', { limit: 3, window: '1m' }).peek(from));
