import { CachexModule, CachexService } from 'nest-cachex';
import { inTurn, openCache, sampleObject } from './measure.mjs';
import { peer } from './peers/index.mjs';

const [{ createCache }, { BentoCache, bentostore }, { memoryDriver }, { default: RedisMock }] = await Promise.all(
  ['cache-manager', 'bentocache', 'bentocache/drivers/memory', 'ioredis-mock'].map(peer),
);

const calls = 20_000;
const value = sampleObject(200);
const hundred = Array.from({ length: 100 }, (_, index) => `many:${index}`);

/** The memory driver copies values as JSON by default. */
function openBento() {
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 }));
  return new BentoCache({ default: 'memory', stores: { memory: store } });
}

/** The embedded engine compared with caches in memory; microseconds per call. */
export async function embedded() {
  const cache = await openCache(CachexModule, CachexService, { connection: 'memory://' });
  const manager = createCache();
  const mock = new RedisMock();
  const bento = openBento();

  const repeat = (call) => async () => {
    for (let i = 0; i < calls; i++) await call(i);
  };
  const contenders = {
    set: {
      'nest-cachex': repeat((i) => cache.set(`key:${i % 1000}`, value)),
      'cache-manager': repeat((i) => manager.set(`key:${i % 1000}`, value, 300_000)),
      bentocache: repeat((i) => bento.set({ key: `key:${i % 1000}`, value })),
      'ioredis-mock': repeat((i) => mock.set(`key:${i % 1000}`, JSON.stringify(value), 'PX', 300_000)),
    },
    get: {
      'nest-cachex': repeat((i) => cache.get(`key:${i % 1000}`)),
      'cache-manager': repeat((i) => manager.get(`key:${i % 1000}`)),
      bentocache: repeat((i) => bento.get({ key: `key:${i % 1000}` })),
      'ioredis-mock': repeat(async (i) => JSON.parse(await mock.get(`key:${i % 1000}`))),
    },
    'getMany of 100': {
      'nest-cachex': () => many(() => cache.getMany(hundred)),
      'cache-manager': () => many(() => manager.mget(hundred)),
      'ioredis-mock': () => many(async () => (await mock.mget(hundred)).map((text) => JSON.parse(text))),
    },
    zadd: {
      'nest-cachex': repeat((i) => cache.zadd('board', [[`m${i % 1000}`, i]])),
      'ioredis-mock': repeat((i) => mock.zadd('board', i, `m${i % 1000}`)),
    },
    'zrange of 10': {
      'nest-cachex': repeat(() => cache.zrange('board', 0, 9)),
      'ioredis-mock': repeat(() => mock.zrange('board', 0, 9)),
    },
  };
  const many = async (call) => {
    for (let i = 0; i < calls / 100; i++) await call();
  };
  await Promise.all(
    hundred.map((key) =>
      Promise.all([cache.set(key, value), manager.set(key, value), mock.set(key, JSON.stringify(value))]),
    ),
  );

  const rows = {};
  for (const [row, runs] of Object.entries(contenders)) {
    const seconds = await inTurn(runs, 3);
    const count = row.startsWith('getMany') ? calls / 100 : calls;
    rows[row] = Object.fromEntries(Object.entries(seconds).map(([name, time]) => [name, (time / count) * 1e6]));
  }
  await cache.close();
  return rows;
}
