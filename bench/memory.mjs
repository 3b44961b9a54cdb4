import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCache } from 'cache-manager';
import { CachexModule, CachexService } from 'nest-cachex';
import { inTurn, openCache, sampleObject } from './measure.mjs';

const calls = 20_000;
const value = sampleObject(200);
const hundred = Array.from({ length: 100 }, (_, index) => `many:${index}`);

/** Peers that do not install beside ioredis 6: from the folder that BENCH_PEERS names, where it is set. */
async function peer(name) {
  if (!process.env.BENCH_PEERS) return undefined;
  const folder = createRequire(join(process.env.BENCH_PEERS, 'package.json'));
  return import(pathToFileURL(folder.resolve(name)));
}

async function openBento() {
  const module = await peer('bentocache');
  if (!module) return undefined;
  const { memoryDriver } = await peer('bentocache/drivers/memory');
  const store = module.bentostore().useL1Layer(memoryDriver({ maxItems: 10_000 }));
  return new module.BentoCache({ default: 'memory', stores: { memory: store } });
}

/** The embedded engine against caches in memory; microseconds a call. */
export async function memory() {
  const cache = await openCache(CachexModule, CachexService, { connection: 'memory://' });
  const manager = createCache();
  const mockModule = await peer('ioredis-mock');
  const mock = mockModule && new mockModule.default();
  const bento = await openBento();

  const repeat = (call) => async () => {
    for (let i = 0; i < calls; i++) await call(i);
  };
  const contenders = {
    set: {
      'nest-cachex': repeat((i) => cache.set(`key:${i % 1000}`, value)),
      'cache-manager': repeat((i) => manager.set(`key:${i % 1000}`, value, 300_000)),
      ...(bento && { bentocache: repeat((i) => bento.set({ key: `key:${i % 1000}`, value })) }),
      ...(mock && { 'ioredis-mock': repeat((i) => mock.set(`key:${i % 1000}`, JSON.stringify(value), 'PX', 300_000)) }),
    },
    get: {
      'nest-cachex': repeat((i) => cache.get(`key:${i % 1000}`)),
      'cache-manager': repeat((i) => manager.get(`key:${i % 1000}`)),
      ...(bento && { bentocache: repeat((i) => bento.get({ key: `key:${i % 1000}` })) }),
      ...(mock && { 'ioredis-mock': repeat(async (i) => JSON.parse(await mock.get(`key:${i % 1000}`))) }),
    },
    'getMany of 100': {
      'nest-cachex': () => many(() => cache.getMany(hundred)),
      'cache-manager': () => many(() => manager.mget(hundred)),
      ...(mock && {
        'ioredis-mock': () => many(async () => (await mock.mget(hundred)).map((text) => JSON.parse(text))),
      }),
    },
    zadd: {
      'nest-cachex': repeat((i) => cache.zadd('board', [[`m${i % 1000}`, i]])),
      ...(mock && { 'ioredis-mock': repeat((i) => mock.zadd('board', i, `m${i % 1000}`)) }),
    },
    'zrange of 10': {
      'nest-cachex': repeat(() => cache.zrange('board', 0, 9)),
      ...(mock && { 'ioredis-mock': repeat(() => mock.zrange('board', 0, 9)) }),
    },
  };
  const many = async (call) => {
    for (let i = 0; i < calls / 100; i++) await call();
  };
  await Promise.all(
    hundred.map((key) =>
      Promise.all([cache.set(key, value), manager.set(key, value), mock?.set(key, JSON.stringify(value))]),
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
