// The source of a value fails: for an hour, an old value is better than none.
const a = await start('A');

let isDown = false;
const load = async () => {
  if (isDown) throw new Error('the rates service is down');
  return { eur: 1.08 };
};
const read = () => a.getOrSet('rates', load, { timeout: '1m', grace: '1h' });

log('fresh:', await read());
isDown = true;
await clock.advance('5m');
log('stale:', await read());
await clock.advance('1h');
log('too old:', await read().catch((error) => error));
