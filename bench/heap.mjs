import { Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';
import { openCache, sampleObject } from './measure.mjs';

const million = 1_000_000;
const total = 10 * million;
const inFlight = 100;
const waiting = 10_000;
const value = sampleObject(200);
const keys = Array.from({ length: 1000 }, (_, n) => `key:${n}`);

function used() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** As many sets as gets, 100 in flight. */
async function setAndGet(cache, calls) {
  let next = 0;
  const caller = async () => {
    while (next < calls) {
      const n = next++;
      const key = keys[(n >> 1) % keys.length];
      await (n % 2 ? cache.get(key) : cache.set(key, value));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
}

/** Heap bytes per call while many calls wait for the server. */
async function bytesInFlight(call) {
  await Promise.all(keys.map(call));
  const before = used();
  const calls = Array.from({ length: waiting }, (_, n) => call(keys[n % keys.length]));
  // All calls are sent and none is answered: the process has not read from its socket since.
  const after = used();
  await Promise.all(calls);
  return (after - before) / waiting;
}

/** Heap bytes for each additional connection. */
async function bytesOfConnection(open) {
  const opened = [];
  for (let n = 0; n < 5; n++) opened.push(await open());
  const before = used();
  for (let n = 0; n < 50; n++) opened.push(await open());
  const after = used();
  for (const { close } of opened) await close();
  return (after - before) / 50;
}

/** The heap after each million calls, and the heap that calls in flight and connections take. */
export async function heap(url, onRow) {
  const openCachex = () => openCache(CachexModule, CachexService, { connection: { url, connect: 'eager' } });
  const openDriver = async () => {
    const redis = new Redis(url);
    await redis.ping();
    return { redis, close: () => redis.quit() };
  };
  const cache = await openCachex();
  const { redis } = await openDriver();
  const json = JSON.stringify(value);
  const perCall = {
    'nest-cachex, get': await bytesInFlight((key) => cache.get(key)),
    'ioredis, get': await bytesInFlight((key) => redis.get(key)),
    'nest-cachex, set': await bytesInFlight((key) => cache.set(key, value)),
    'ioredis, set': await bytesInFlight((key) => redis.set(key, json, 'PX', 300_000)),
  };
  await redis.quit();
  const afterMillions = {};
  for (let done = 0; done <= total; done += million) {
    if (done > 0) await setAndGet(cache, million);
    else await setAndGet(cache, 100_000);
    afterMillions[`after ${done / million} million calls`] = used() / 1e6;
    onRow(`${done / million} million calls`);
  }
  await cache.close();
  return {
    'MB of the heap': afterMillions,
    'bytes of a call in flight': perCall,
    'bytes of a connection': {
      'nest-cachex': await bytesOfConnection(async () => {
        const each = await openCachex();
        return { close: () => each.close() };
      }),
      ioredis: await bytesOfConnection(openDriver),
    },
  };
}
