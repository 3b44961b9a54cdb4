// A process takes an order from a stream and dies: another one takes it over.
const a = await start('A');
const b = await start('B');

await a.xgroupCreate('orders', 'mail', '0', { mkstream: true });
await a.xadd('orders', { order: 7, by: 'Ada' });

log('A takes:', await a.xreadgroup('mail', 'A', { orders: '>' }));
await a.close(); // before it has acknowledged the entry

await clock.advance('30s');
const { entries } = await b.xautoclaim('orders', 'mail', 'B', '30s');
log('B takes over:', entries);
log('acknowledged:', await b.xack('orders', 'mail', ...entries.map(({ id }) => id)));
