import { peer } from '../peers/index.mjs';

const ttlMs = 300_000;

/** With the driver that it is made for; `layered` adds a layer to its one store. */
export async function openBento(url, layered = (store) => store) {
  const { BentoCache, bentostore } = await peer('bentocache');
  const { redisDriver } = await peer('bentocache/drivers/redis');
  const { Redis: Driver } = await peer('ioredis');
  const store = layered(bentostore()).useL2Layer(redisDriver({ connection: new Driver(url), prefix: 'bento' }));
  return new BentoCache({ default: 'cache', stores: { cache: store } });
}

export async function bentocache(url) {
  const bento = await openBento(url);
  return {
    set: (key, value) => bento.set({ key, value, ttl: ttlMs }),
    get: (key) => bento.get({ key }),
    getOrSet: (key, factory) => bento.getOrSet({ key, factory, ttl: ttlMs }),
  };
}

/** With copies in memory, and the bus that tells other processes about writes. */
export async function bentocacheMemory(url) {
  const { memoryDriver } = await peer('bentocache/drivers/memory');
  const { redisBusDriver } = await peer('bentocache/drivers/redis');
  const { hostname: host, port } = new URL(url);
  const bento = await openBento(url, (store) =>
    store
      .useL1Layer(memoryDriver({ maxItems: 10_000 }))
      .useBus(redisBusDriver({ connection: { host, port: Number(port) } })),
  );
  return {
    set: (key, value) => bento.set({ key, value, ttl: ttlMs }),
    getLocal: (key) => bento.get({ key }),
  };
}
