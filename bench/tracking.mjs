import { CachexModule, CachexService } from 'nest-cachex';
import { setTimeout as delay } from 'node:timers/promises';
import { bentocache } from './contenders.mjs';
import { inTurn, openCache, sampleObject } from './measure.mjs';

const calls = 50_000;
const keys = Array.from({ length: 1000 }, (_, index) => `key:${index}`);

/** Reads of values that are in this process already, while other processes may change them: microseconds a call. */
export async function tracking(url) {
  const cache = await openCache(CachexModule, CachexService, {
    connection: url,
    keyPrefix: 'tracking',
    tracking: true,
  });
  const bento = await bentocache(url, true);
  const rows = {};
  for (const [row, value] of Object.entries({
    '200 B': sampleObject(200),
    '10 KB': sampleObject(10_000),
    text: 'text',
  })) {
    for (const each of [cache, bento]) await Promise.all(keys.map((key) => each.set(key, value)));
    // Until the server has told of these writes.
    await delay(200);
    for (const each of [cache, bento]) await Promise.all(keys.map((key) => each.get(key)));
    const seconds = await inTurn({ 'nest-cachex': readAll(cache), 'bentocache, memory + Redis': readAll(bento) }, 5);
    rows[row] = Object.fromEntries(Object.entries(seconds).map(([name, time]) => [name, (time / calls) * 1e6]));
  }
  await Promise.all([cache.close(), bento.close()]);
  return rows;
}

const readAll = (cache) => async () => {
  for (let i = 0; i < calls; i++) await cache.get(keys[i % keys.length]);
};
