import { Redis } from 'ioredis';
import { open } from '../contenders/cachex.mjs';
import { startServer } from '../servers.mjs';
import { shortest, watchCalls } from './measure.mjs';

const matching = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`match:${n}`, n]));

/** Milliseconds of the longest wait of another caller in this process until the work has ended. */
async function longestWait(redis, work) {
  let isOver = false;
  let longest = 0;
  const ended = work().finally(() => (isOver = true));
  while (!isOver) {
    const start = performance.now();
    await redis.ping();
    longest = Math.max(longest, performance.now() - start);
  }
  await ended;
  return longest;
}

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
  async measure({ levels }) {
    // Keys are made by the server itself.
    const server = await startServer('--enable-debug-command', 'yes');
    const redis = new Redis(server.url);
    const cache = await open(server.url);
    const points = [];
    try {
      for (const x of levels) {
        await redis.debug('POPULATE', x - 1000, 'cachex:1:other', 8);
        await cache.setMany(matching);
        const times = x < 1_000_000 ? 5 : 1;
        const refill = () => cache.setMany(matching);
        const { cpu } = await watchCalls(1000, 100, (i) => cache.get(`match:${i % 1000}`));
        const point = {
          x,
          'keys of 1,000': await shortest(times, () => cache.keys('match:*')),
          'deletePattern of 1,000': await shortest(times, () => cache.deletePattern('match:*'), refill),
          largestKeys: await shortest(x < 100_000 ? 3 : 1, () => cache.largestKeys()),
          'another call, longest wait': await longestWait(redis, () => cache.keys('match:*')),
        };
        point['deletePattern of all'] = await shortest(1, () => cache.deletePattern('*'));
        point['get, µs of CPU'] = cpu;
        if ((await redis.dbsize()) > 0) throw new Error('deletePattern has left keys');
        points.push(point);
      }
    } finally {
      redis.disconnect();
      await cache.close();
      await server.stop();
    }
    return points;
  },
};
