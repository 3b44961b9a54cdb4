import { Cluster, Redis } from 'ioredis';
import { peer } from '../peers/index.mjs';

const ttlMs = 300_000;
export const parsed = (text) => (text === null ? undefined : JSON.parse(text));

export const written = (fields) => Object.fromEntries(Object.entries(fields).map(([f, v]) => [f, JSON.stringify(v)]));
export const read = (texts) => new Map(Object.entries(texts).map(([field, text]) => [field, JSON.parse(text)]));

/**
 * One MGET, one load of the missing keys, one pipeline to store them. It may restore keys that were deleted meanwhile.
 */
export async function readThrough(client, keys, load) {
  const values = (await client.mget(keys)).map(parsed);
  const missing = keys.filter((_, index) => values[index] === undefined);
  if (missing.length === 0) return values;
  const loaded = await load(missing);
  const pipe = client.pipeline();
  for (const [index, key] of missing.entries()) pipe.set(key, JSON.stringify(loaded[index]), 'PX', ttlMs);
  await pipe.exec();
  const byKey = new Map(missing.map((key, index) => [key, loaded[index]]));
  return keys.map((key, index) => values[index] ?? byKey.get(key));
}

/** Code written by hand on a driver alone: JSON, and a time to live. */
function byHand(client) {
  const set = (key, value) => client.set(key, JSON.stringify(value), 'PX', ttlMs);
  const get = async (key) => parsed(await client.get(key));
  return {
    set,
    get,
    getLocal: get,
    getOrSet: async (key, load) => {
      const text = await client.get(key);
      if (text !== null) return JSON.parse(text);
      const value = await load();
      await set(key, value);
      return value;
    },
    getMany: async (keys) => (await client.mget(keys)).map(parsed),
    readThrough: (keys, load) => readThrough(client, keys, load),
    pipeline: async (keys) => {
      const pipe = client.pipeline();
      for (const key of keys) pipe.get(key);
      return (await pipe.exec()).map(([, text]) => parsed(text));
    },
    hset: (key, fields) => client.hset(key, written(fields)),
    hgetall: async (key) => read(await client.hgetall(key)),
    zadd: (key, members) => client.zadd(key, ...members.flatMap(([member, score]) => [score, JSON.stringify(member)])),
    zrange: async (key, start, end) => (await client.zrange(key, start, end)).map((text) => JSON.parse(text)),
  };
}

export const ioredis = (url) => byHand(new Redis(url));
export const autoPipelining = (url) => byHand(new Redis(url, { enableAutoPipelining: true }));
export const iovalkey = async (url) => byHand(new (await peer('iovalkey')).Redis(url));

/** MGET cannot take keys of many slots: each key is read by a command of its own. */
function onCluster(client) {
  const { set, get } = byHand(client);
  return { set, get, getMany: (keys) => Promise.all(keys.map(get)) };
}

export const nodesOf = (urls) =>
  urls.split(',').map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));

export const ioredisCluster = (urls) => onCluster(new Cluster(nodesOf(urls)));
export const autoPipeliningCluster = (urls) => onCluster(new Cluster(nodesOf(urls), { enableAutoPipelining: true }));
export const iovalkeyCluster = async (urls) => onCluster(new (await peer('iovalkey')).Cluster(nodesOf(urls)));
