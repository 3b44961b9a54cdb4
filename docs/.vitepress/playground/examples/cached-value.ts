// A value is loaded once, and again when its time is over.
const a = await start('A');

const load = async () => {
  log('the database is asked');
  await clock.advance('200ms');
  return { id: 42, price: 1200 };
};

log(await a.getOrSet('product:42', load, '10m')); // a miss
log(await a.getOrSet('product:42', load, '10m')); // a hit
await clock.advance('10m');
log(await a.getOrSet('product:42', load, '10m')); // a miss: the ten minutes are over
