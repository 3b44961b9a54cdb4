import { open } from '../contenders/cachex.mjs';
import { sampleObject } from '../measure.mjs';
import { columnsOfCalls, pointsOf, watchCalls } from './measure.mjs';

const value = sampleObject(200);
const keys = Array.from({ length: 1000 }, (_, n) => `key:${n}`);
const keyOf = (i) => keys[i % keys.length];

export const inFlight = {
  title: 'Calls in flight',
  axis: 'calls in flight',
  unit: 'µs a call',
  levels: [1, 10, 100, 1000, 10_000],
  quickLevels: [1, 100],
  plotted: ['get, CPU', 'get, p99', 'set, CPU', 'set, p99', 'getOrSet, CPU', 'getOrSet, p99'],
  async measure({ url, levels, isQuick }) {
    const cache = await open(url);
    const calls = {
      get: (i) => cache.get(keyOf(i)),
      set: (i) => cache.set(keyOf(i), value),
      getOrSet: (i) => cache.getOrSet(keyOf(i), () => value),
    };
    await Promise.all(keys.map((key) => cache.set(key, value)));
    for (const call of Object.values(calls)) await watchCalls(isQuick ? 200 : 1000, 100, call);
    const points = await pointsOf(levels, (x) => columnsOfCalls(calls, isQuick ? 200 : 1500, x));
    await cache.close();
    return points;
  },
};
