import { CachexModule, CachexService } from 'nest-cachex';
import { openCache } from '../measure.mjs';
import { nodesOf } from './by-hand.mjs';

export const open = (connection, options) =>
  openCache(CachexModule, CachexService, { connection, keyPrefix: 'cachex', ...options });

/** The library with its defaults, apart from the given options. */
export async function cachex(connection, options) {
  const cache = await open(connection, options);
  return {
    set: (key, value) => cache.set(key, value),
    get: (key) => cache.get(key),
    getOrSet: (key, load) => cache.getOrSet(key, load),
    getMany: (keys) => cache.getMany(keys),
    pipeline: (keys) => {
      const pipe = cache.pipeline();
      for (const key of keys) pipe.get(key);
      return pipe.execute();
    },
    hset: (key, fields) => cache.hset(key, fields),
    hgetall: (key) => cache.hgetall(key),
    zadd: (key, members) => cache.zadd(key, members),
    zrange: (key, start, end) => cache.zrange(key, start, end),
  };
}

export const cachexCluster = (urls) => cachex({ type: 'cluster', nodes: nodesOf(urls) });

/** Only `getOrSet`, with the given options per call. */
export async function cachexGetOrSet(url, options) {
  const cache = await open(url);
  return { getOrSet: (key, load) => cache.getOrSet(key, load, { timeout: '5m', ...options }) };
}

/** With local copies, which the server's invalidations keep up to date. */
export async function cachexTracking(url) {
  const cache = await open(url, { tracking: true });
  return { set: (key, value) => cache.set(key, value), getLocal: (key) => cache.get(key) };
}
