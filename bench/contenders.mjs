import { Cluster, Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';
import { openCache } from './measure.mjs';
import { peer } from './peers.mjs';

const ttlMs = 300_000;
const parsed = (text) => (text === null ? undefined : JSON.parse(text));

/** What somebody writes who has the driver alone: JSON, and a time to live. */
function byHand(client) {
  return {
    set: (key, value) => client.set(key, JSON.stringify(value), 'PX', ttlMs),
    get: async (key) => parsed(await client.get(key)),
    getMany: async (keys) => (await client.mget(keys)).map(parsed),
    pipeline: async (keys) => {
      const pipe = client.pipeline();
      for (const key of keys) pipe.get(key);
      return (await pipe.exec()).map(([, text]) => parsed(text));
    },
    hset: (key, fields) =>
      client.hset(key, Object.fromEntries(Object.entries(fields).map(([f, v]) => [f, JSON.stringify(v)]))),
    hgetall: async (key) => {
      const texts = await client.hgetall(key);
      return new Map(Object.entries(texts).map(([field, text]) => [field, JSON.parse(text)]));
    },
    zadd: (key, members) => client.zadd(key, ...members.flatMap(([member, score]) => [score, JSON.stringify(member)])),
    zrange: async (key, start, end) => (await client.zrange(key, start, end)).map((text) => JSON.parse(text)),
  };
}

async function cachex(connection, options) {
  const cache = await openCache(CachexModule, CachexService, { connection, keyPrefix: 'cachex', ...options });
  return {
    set: (key, value) => cache.set(key, value),
    get: (key) => cache.get(key),
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

async function nodeRedis(url) {
  const { createClient } = await peer('@redis/client');
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    set: (key, value) => client.set(key, JSON.stringify(value), { expiration: { type: 'PX', value: ttlMs } }),
    get: async (key) => parsed(await client.get(key)),
    getMany: async (keys) => (await client.mGet(keys)).map(parsed),
  };
}

async function cacheManager(url) {
  const { createCache } = await peer('cache-manager');
  const { createKeyv } = await peer('@keyv/redis');
  const cache = createCache({ stores: [createKeyv(url)] });
  return {
    set: (key, value) => cache.set(key, value, ttlMs),
    get: (key) => cache.get(key),
    getMany: (keys) => cache.mget(keys),
  };
}

/** With the driver that it is made for, and where asked for with copies in memory. */
export async function bentocache(url, hasMemory = false) {
  const { BentoCache, bentostore } = await peer('bentocache');
  const { redisDriver } = await peer('bentocache/drivers/redis');
  const { memoryDriver } = await peer('bentocache/drivers/memory');
  const { Redis: Driver } = await peer('ioredis');
  const redis = redisDriver({ connection: new Driver(url), prefix: hasMemory ? 'bento-memory' : 'bento' });
  const store = hasMemory ? bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 })) : bentostore();
  const bento = new BentoCache({ default: 'cache', stores: { cache: store.useL2Layer(redis) } });
  return {
    set: (key, value) => bento.set({ key, value, ttl: ttlMs }),
    get: (key) => bento.get({ key }),
    getOrSet: (key, factory) => bento.getOrSet({ key, factory, ttl: ttlMs }),
    close: () => bento.disconnectAll(),
  };
}

const nodesOf = (url) => url.split(',').map((node) => ({ host: new URL(node).hostname, port: new URL(node).port }));

/** What is measured, each opened on a server of that URL. */
export const contenders = {
  ioredis: async (url) => byHand(new Redis(url)),
  'nest-cachex': (url) => cachex(url),
  'nest-cachex, JSON': (url) => cachex(url, { serializer: 'json', keyPrefix: 'json' }),
  'nest-cachex, zstd': (url) => cachex(url, { compressor: 'zstd', keyPrefix: 'zstd' }),
  'ioredis, autopipelining': async (url) => byHand(new Redis(url, { enableAutoPipelining: true })),
  iovalkey: async (url) => byHand(new (await peer('iovalkey')).Redis(url)),
  'node-redis': nodeRedis,
  'cache-manager + @keyv/redis': cacheManager,
  bentocache: (url) => bentocache(url),
  'bentocache, memory + Redis': (url) => bentocache(url, true),
};

/** The same on a cluster, whose nodes' URLs are separated by commas. */
export const clusterContenders = {
  ioredis: async (urls) => byHand(new Cluster(nodesOf(urls))),
  'nest-cachex': (urls) =>
    cachex({ type: 'cluster', nodes: nodesOf(urls).map((n) => ({ ...n, port: Number(n.port) })) }),
  'ioredis, autopipelining': async (urls) => byHand(new Cluster(nodesOf(urls), { enableAutoPipelining: true })),
};
