import { setTimeout as delay } from 'node:timers/promises';
import { open } from '../contenders/cachex.mjs';
import { sampleObject } from '../measure.mjs';
import { columnsOf, cpuSince, onOwnServer, pointsOf, watchCalls } from './measure.mjs';

const value = sampleObject(200);
const batch = 1000;

/** A script by which the server itself writes keys, all with one value, and so invalidates the local copies. */
const writeAll = `for n = 0, ARGV[1] - 1 do redis.call('SET', 'cachex:1:key:' .. n, ARGV[2]) end`;

function heapUsed() {
  globalThis.gc();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

async function localCopies(cache) {
  const { local } = await cache.stats();
  return local.entries;
}

/** Microseconds of this process for each copy that the server invalidates. */
async function invalidated(cache, redis, count) {
  const before = await localCopies(cache);
  const cpu = process.cpuUsage();
  await redis.eval(writeAll, 0, count, 'x');
  while ((await localCopies(cache)) > before - count) await delay(5);
  return cpuSince(cpu) / count;
}

/** Writes all keys and reads them twice: the second read turns a copy into an object. */
async function fill(cache, redis, count) {
  await cache.set('key:0', value);
  await redis.eval(writeAll, 0, count, await redis.getBuffer('cachex:1:key:0'));
  while ((await localCopies(cache)) < count) await readAll(cache, count);
  await readAll(cache, count);
}

async function readAll(cache, count) {
  for (let start = 0; start < count; start += batch) {
    const length = Math.min(batch, count - start);
    await Promise.all(Array.from({ length }, (_, n) => cache.get(`key:${start + n}`)));
  }
}

export const tracked = {
  title: 'Tracked local copies',
  axis: 'local copies',
  unit: 'µs a call',
  levels: [100, 1000, 10_000, 100_000, 1_000_000],
  quickLevels: [100, 1000],
  plotted: ['local get, CPU', 'local get, p50', 'local get, p99', 'an invalidation, CPU', 'set, CPU'],
  measure({ levels, isQuick }) {
    // By default a server forgets tracked keys beyond a million.
    return onOwnServer(['--tracking-table-max-keys', '0'], (url, redis) =>
      pointsOf(levels, (x) => measureLevel(x, url, redis, isQuick)),
    );
  },
};

async function measureLevel(x, url, redis, isQuick) {
  const cache = await open(url, { tracking: { maxEntries: x + 1, maxBytes: 4e9 } });
  const empty = heapUsed();
  await fill(cache, redis, x);
  const ms = isQuick ? 200 : 1000;
  // In an order that defeats the processor's caches.
  const keyOf = (i) => `key:${(i * 7919) % x}`;
  const get = (i) => cache.get(keyOf(i));
  await watchCalls(ms, 1, get);
  const bytes = (heapUsed() - empty) / x;
  const columns = columnsOf('local get', await watchCalls(ms, 1, get));
  columns['an invalidation, CPU'] = await invalidated(cache, redis, Math.min(x, 1000));
  const set = (i) => cache.set(keyOf(i), value);
  await watchCalls(ms / 2, 100, set);
  columns['set, CPU'] = (await watchCalls(ms, 100, set)).cpu;
  await cache.close();
  await redis.flushall();
  return { ...columns, 'bytes of a copy': bytes };
}
