// Redis goes away: A fails at once, B goes on without its cache.
const a = await start('A');
const b = await start('B', { ignoreExceptions: true, logIgnoredExceptions: true });

await a.set('rate', 1.08);
redis.goAway();

log('A:', await a.get('rate').catch((error) => error));
log('B:', await b.get('rate', { default: 1 }));
log('B:', await b.getOrSet('rate', async () => 1.09));

redis.comeBack();
log('A:', await a.get('rate'));
