import { peer } from '../peers/index.mjs';
import { nodesOf, parsed, read, written } from './by-hand.mjs';

const ttlMs = 300_000;

async function byHand(client) {
  client.on('error', () => undefined);
  await client.connect();
  return {
    set: (key, value) => client.set(key, JSON.stringify(value), { expiration: { type: 'PX', value: ttlMs } }),
    get: async (key) => parsed(await client.get(key)),
  };
}

const alone = async (options) => {
  const client = (await peer('@redis/client')).createClient(options);
  return {
    ...(await byHand(client)),
    getMany: async (keys) => (await client.mGet(keys)).map(parsed),
    pipeline: async (keys) => {
      const pipe = client.multi();
      for (const key of keys) pipe.get(key);
      return (await pipe.execAsPipeline()).map(parsed);
    },
    hset: (key, fields) => client.hSet(key, written(fields)),
    hgetall: async (key) => read(await client.hGetAll(key)),
    zadd: (key, members) =>
      client.zAdd(
        key,
        members.map(([member, score]) => ({ value: JSON.stringify(member), score })),
      ),
    zrange: async (key, start, end) => (await client.zRange(key, start, end)).map(parsed),
  };
};

export const nodeRedis = (url) => alone({ url });

/** Without the timer that each of its commands otherwise has. */
export const nodeRedisNoTimeout = (url) => alone({ url, commandOptions: { timeout: undefined } });

export async function nodeRedisCluster(urls) {
  const { createCluster } = await peer('@redis/client');
  const rootNodes = nodesOf(urls).map(({ host, port }) => ({ url: `redis://${host}:${port}` }));
  const contender = await byHand(createCluster({ rootNodes }));
  return { ...contender, getMany: (keys) => Promise.all(keys.map(contender.get)) };
}
