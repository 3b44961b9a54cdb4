import { open } from '../contenders/cachex.mjs';
import { sampleObject } from '../measure.mjs';
import { columnsOfCalls, pointsOf } from './measure.mjs';

const value = sampleObject(200);
const inFlight = 100;
/** Tags for the entries, different ones for each. */
const allTags = Array.from({ length: 1000 }, (_, n) => `tag:${n}`);
const tagsOf = (i, count) => Array.from({ length: count }, (_, n) => allTags[(i * 7 + n) % allTags.length]);

export const tags = {
  title: 'Tags of an entry',
  axis: 'tags of an entry',
  unit: 'µs a call',
  levels: [0, 1, 2, 4, 8, 16, 32, 64],
  quickLevels: [0, 4],
  plotted: ['get, CPU', 'get, p99', 'set, CPU', 'set, p99', 'getOrSet, CPU', 'getOrSet, p99'],
  async measure({ url, levels, isQuick }) {
    const cache = await open(url);
    const points = await pointsOf(levels, async (x) => {
      const entries = Array.from({ length: 1000 }, (_, i) => [`${x}:${i}`, { timeout: '5m', tags: tagsOf(i, x) }]);
      const entryOf = (i) => entries[i % entries.length];
      const set = (i) => cache.set(entryOf(i)[0], value, entryOf(i)[1]);
      const calls = {
        get: (i) => cache.get(entryOf(i)[0]),
        set,
        getOrSet: (i) => cache.getOrSet(entryOf(i)[0], () => value, entryOf(i)[1]),
      };
      await Promise.all(entries.map((_, i) => set(i)));
      await columnsOfCalls(calls, isQuick ? 100 : 500, inFlight);
      return columnsOfCalls(calls, isQuick ? 200 : 1000, inFlight);
    });
    await cache.close();
    return points;
  },
};
