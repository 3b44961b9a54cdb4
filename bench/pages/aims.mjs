const two = (value) => value.toFixed(2);
const byTwo = ({ us, cpu }, other) => `${two(us / other.us)} (${two(cpu / other.cpu)} of CPU)`;

function percentBelow(value, other) {
  const percent = Math.round((1 - value / other) * 100);
  return percent < 0 ? `${-percent} % above` : `${percent} % below`;
}

/** What the library aims at, and what a run came to; times and CPU time, each as a ratio within the run. */
export function aims({ values, collections, hits, locks, embedded, decorators }) {
  const of = (part, label) => part.rows[label].contenders;
  const set = of(values, 'set 200 B, 100 in flight');
  const get = of(values, 'get 200 B, 100 in flight');
  const setLarge = of(values, 'set 100 KB, 10 in flight');
  const getMany = of(collections, 'getMany of 100');
  const pipeline = of(collections, 'pipeline of 100 gets');
  const hit = of(hits, 'getOrSet, a hit of 200 B, 100 in flight');
  const lock = of(locks, 'acquire and release, one after the other');
  const { set: setInMemory, get: getInMemory } = embedded.rows;
  const route = decorators.rows['HTTP route, 16 connections'];

  const peers = (row) => Object.entries(row).filter(([name]) => !/^(nest-cachex|floor)/.test(name));
  const fastest = (row) => peers(row).toSorted(([, a], [, b]) => a.us - b.us)[0];
  const besidePeer = (row) => `${byTwo(row['nest-cachex'], fastest(row)[1])}, beside ${fastest(row)[0]}`;
  const ours = hit['nest-cachex'];
  const inMemory = (row) => two(row['nest-cachex'] / row['cache-manager']);

  return [
    ['`set` at most 1.45 × floor, of CPU time', two(set['nest-cachex'].cpuOfFloor)],
    ['`get` at most 1.35 × floor, of CPU time', two(get['nest-cachex'].cpuOfFloor)],
    ['`getMany` of 100 no slower than the fastest peer', besidePeer(getMany)],
    ['a pipeline of 100 no slower than the fastest peer', besidePeer(pipeline)],
    ['`set` of 100 KB at least 1.0 of the speed of ioredis', two(setLarge['nest-cachex'].ratio)],
    ['`memory://` at most 2.0 × cache-manager', `set ${inMemory(setInMemory)}, get ${inMemory(getInMemory)}`],
    [
      'a lone lock at least 0.85 of the speed of `SET NX` and a script',
      `${two(lock['nest-cachex'].ratio)} (${two(lock['nest-cachex'].cpuRatio)} of CPU)`,
    ],
    ['an HTTP hit 20 % below `@nestjs/cache-manager`, of CPU time', percentBelow(route.cachex, route.cacheManager)],
    ['`getOrSet` with tags at most 1.5 × without (100 in flight)', byTwo(hit['nest-cachex, tags'], ours)],
    [
      'with grace, stampede at most 1.3 × without (100 in flight)',
      `${byTwo(hit['nest-cachex, grace'], ours)}, ${byTwo(hit['nest-cachex, stampede'], ours)}`,
    ],
  ];
}
