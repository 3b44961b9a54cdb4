// Both processes keep copies of what they read, and Redis tells them what has changed.
const options = { tracking: { coherence: 'server' } };
const a = await start('A', options);
const b = await start('B', options);

await a.set('rates', { eur: 1.08 }, '1h');
log('from Redis:', await b.get('rates'));
log('from its copy:', await b.get('rates')); // nothing goes over the wire

await a.set('rates', { eur: 1.09 }, '1h');
await clock.advance('10ms'); // the message of Redis arrives
log('changed:', await b.get('rates'));
