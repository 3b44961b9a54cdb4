import { CachexModule, CachexService } from 'nest-cachex';
import { bentocache } from './contenders.mjs';
import { inTurn, openCache, sampleObject } from './measure.mjs';

const calls = 10_000;
const keys = Array.from({ length: 1000 }, (_, index) => `key:${index}`);
const options = {
  'nest-cachex': '5m',
  'nest-cachex, stampede': { timeout: '5m', stampede: true },
  'nest-cachex, grace': { timeout: '5m', grace: '1h' },
  'nest-cachex, tags': { timeout: '5m', tags: ['products', 'shop'] },
};

/** Hits, by one caller and by 100 at a time: microseconds a call, with what `get` takes beside it. */
export async function getOrSet(url) {
  const cache = await openCache(CachexModule, CachexService, { connection: url, keyPrefix: 'get-or-set' });
  const bento = await bentocache(url);
  const rows = {};
  for (const [size, value] of Object.entries({ '200 B': sampleObject(200), '10 KB': sampleObject(10_000) })) {
    const factory = () => value;
    const calling = Object.fromEntries(
      Object.entries(options).map(([name, given]) => [
        name,
        (key) => cache.getOrSet(`${name}:${size}:${key}`, factory, given),
      ]),
    );
    const contenders = {
      'nest-cachex, get': (key) => cache.get(`nest-cachex:${size}:${key}`),
      ...calling,
      bentocache: (key) => bento.getOrSet(`${size}:${key}`, factory),
    };
    for (const callers of [1, 100]) {
      for (const call of Object.values(contenders).slice(1)) await Promise.all(keys.map(call));
      const runs = Object.entries(contenders).map(([name, call]) => [name, () => hits(call, callers)]);
      const seconds = await inTurn(Object.fromEntries(runs), 5);
      rows[`${size}, ${callers} at a time`] = Object.fromEntries(
        Object.entries(seconds).map(([name, time]) => [name, (time / calls) * 1e6]),
      );
    }
  }
  await Promise.all([cache.close(), bento.close()]);
  return rows;
}

async function hits(call, callers) {
  let next = 0;
  const caller = async () => {
    while (next < calls) await call(keys[next++ % keys.length]);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
