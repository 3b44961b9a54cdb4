import { open } from '../contenders/cachex.mjs';
import { longestWait } from '../measure.mjs';
import { onOwnServer, pointsOf, shortest, watchCalls } from './measure.mjs';

const matching = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`match:${n}`, n]));

export const keys = {
  title: 'Keys of the cache',
  axis: 'keys',
  unit: 'ms',
  levels: [1000, 10_000, 100_000, 1_000_000, 10_000_000],
  quickLevels: [1000, 10_000],
  plotted: [
    'keys of 1,000',
    'deletePattern of 1,000',
    'largestKeys',
    'deletePattern of all',
    'another call, longest wait',
  ],
  measure({ levels }) {
    // The server creates the keys itself.
    return onOwnServer(['--enable-debug-command', 'yes'], async (url, redis) => {
      const cache = await open(url);
      const points = await pointsOf(levels, (x) => measureLevel(x, cache, redis));
      await cache.close();
      return points;
    });
  },
};

async function measureLevel(x, cache, redis) {
  await redis.debug('POPULATE', x - 1000, 'cachex:1:other', 8);
  await cache.setMany(matching);
  const times = x < 1_000_000 ? 5 : 1;
  const refill = () => cache.setMany(matching);
  const { cpu } = await watchCalls(1000, 100, (i) => cache.get(`match:${i % 1000}`));
  const columns = {
    'keys of 1,000': await shortest(times, () => cache.keys('match:*')),
    'deletePattern of 1,000': await shortest(times, () => cache.deletePattern('match:*'), refill),
    largestKeys: await shortest(x < 100_000 ? 3 : 1, () => cache.largestKeys()),
    'another call, longest wait': await longestWait(redis, () => cache.keys('match:*')),
    'deletePattern of all': await shortest(1, () => cache.deletePattern('*')),
    'get, µs of CPU': cpu,
  };
  if ((await redis.dbsize()) > 0) throw new Error('deletePattern has left keys');
  return columns;
}
