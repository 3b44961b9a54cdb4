import { setTimeout as delay } from 'node:timers/promises';
import { bentocache, bentocacheMemory } from '../contenders/bentocache.mjs';
import { ioredis } from '../contenders/by-hand.mjs';
import { cacheManager, cacheManagerMemory } from '../contenders/cache-manager.mjs';
import { cachex, cachexGetOrSet, cachexTracking } from '../contenders/cachex.mjs';
import { sampleObject } from '../measure.mjs';

/** Reads of values that this process already has; ioredis keeps nothing, so it reads from the server. */
const localCopy = (label, value, rest) => ({
  [`get of a local copy, ${label}`]: {
    ...rest,
    method: 'getLocal',
    prepare: async ({ set, getLocal, keys }) => {
      await Promise.all(keys.map((key) => set(key, value)));
      // Until the server has reported these writes.
      await delay(200);
      await Promise.all(keys.map((key) => getLocal(key)));
    },
    call: ({ getLocal, keys }, i) => getLocal(keys[i % keys.length]),
  },
});

function getOrSet(label, bytes, inFlight, rest) {
  const load = () => sampleObject(bytes);
  return {
    [`getOrSet, a hit of ${label}`]: {
      ...rest,
      method: 'getOrSet',
      inFlight,
      prepare: ({ getOrSet: call, keys }) => Promise.all(keys.map((key) => call(`${bytes}:${key}`, load))),
      call: ({ getOrSet: call, keys }, i) => call(`${bytes}:${keys[i % keys.length]}`, load),
    },
  };
}

export const hits = {
  title: 'Hits',
  contenders: {
    ioredis,
    'nest-cachex': (url) => cachex(url),
    'nest-cachex, stampede': (url) => cachexGetOrSet(url, { stampede: true }),
    'nest-cachex, grace': (url) => cachexGetOrSet(url, { grace: '1h' }),
    'nest-cachex, tags': (url) => cachexGetOrSet(url, { tags: ['products', 'shop'] }),
    'nest-cachex, tracking': cachexTracking,
    '@nestjs/cache-manager + @keyv/redis': cacheManager,
    '@nestjs/cache-manager, memory + Redis': cacheManagerMemory,
    bentocache,
    'bentocache, memory + Redis': bentocacheMemory,
  },
  cases: {
    ...localCopy('200 B', sampleObject(200), { isMain: true }),
    ...localCopy('10 KB', sampleObject(10_000)),
    ...localCopy('a text', 'text'),
    ...getOrSet('200 B, one after the other', 200, 1),
    ...getOrSet('200 B, 100 in flight', 200, 100, { isMain: true }),
    ...getOrSet('10 KB, 100 in flight', 10_000, 100),
  },
};
