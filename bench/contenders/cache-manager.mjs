import { NestFactory } from '@nestjs/core';
import { peer } from '../peers/index.mjs';
import { nodesOf } from './by-hand.mjs';

const ttlMs = 300_000;

/** As documented: the NestJS module with Keyv's stores. */
async function open(...stores) {
  const { CACHE_MANAGER, CacheModule } = await peer('@nestjs/cache-manager');
  const root = { module: class Root {}, imports: [CacheModule.register({ stores })] };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  return app.get(CACHE_MANAGER);
}

const values = (cache) => ({
  set: (key, value) => cache.set(key, value, ttlMs),
  get: (key) => cache.get(key),
  getMany: (keys) => cache.mget(keys),
  getOrSet: (key, load) => cache.wrap(key, load, ttlMs),
});

export const cacheManager = async (url) => values(await open((await peer('@keyv/redis')).createKeyv(url)));

export const cacheManagerCluster = async (urls) => {
  const rootNodes = nodesOf(urls).map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
  return values(await open((await peer('@keyv/redis')).createKeyv({ rootNodes })));
};

/** With a memory store, which never learns of the writes of other processes. */
export async function cacheManagerMemory(url) {
  const { Keyv } = await peer('keyv');
  const cache = await open(new Keyv(), (await peer('@keyv/redis')).createKeyv(url));
  const { set, get } = values(cache);
  return { set, getLocal: get };
}

/** The Redis store alone. */
export async function keyv(url) {
  const store = (await peer('@keyv/redis')).createKeyv(url);
  return {
    set: (key, value) => store.set(key, value, ttlMs),
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
  };
}

/** With a compression adapter of Keyv. Those accept only text, so the caller converts to JSON. */
export async function keyvCompressed(url, name, adapter) {
  const store = (await peer('@keyv/redis')).createKeyv(url);
  store.compression = new (await peer(name))[adapter]();
  return {
    set: (key, value) => store.set(key, JSON.stringify(value), ttlMs),
    get: async (key) => JSON.parse(await store.get(key)),
  };
}
