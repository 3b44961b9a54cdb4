// Six callers in two processes miss a key at the same time: one of them loads it.
const a = await start('A');
const b = await start('B');

let loads = 0;
const load = async () => {
  loads++;
  await clock.advance('500ms');
  return 'the report';
};

const read = (cache) => cache.getOrSet('report', load, { timeout: '1h', lock: true });
const reports = await Promise.all([a, a, a, b, b, b].map(read));

log(`${reports.length} callers, ${loads} load`); // without "lock: true", each process loads once
