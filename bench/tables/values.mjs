import { bentocache, bentocacheMemory } from '../contenders/bentocache.mjs';
import { autoPipelining, ioredis, iovalkey } from '../contenders/by-hand.mjs';
import { cacheManager, keyv } from '../contenders/cache-manager.mjs';
import { cachex } from '../contenders/cachex.mjs';
import { nodeRedis, nodeRedisNoTimeout } from '../contenders/node-redis.mjs';
import { setAndGet } from './set-and-get.mjs';

export const values = {
  title: 'Values',
  contenders: {
    ioredis,
    'nest-cachex': (url) => cachex(url),
    'nest-cachex, JSON': (url) => cachex(url, { serializer: 'json' }),
    'ioredis, autopipelining': autoPipelining,
    iovalkey,
    'node-redis': nodeRedis,
    'node-redis, no timeouts': nodeRedisNoTimeout,
    'keyv + @keyv/redis': (url) => keyv(url),
    '@nestjs/cache-manager + @keyv/redis': cacheManager,
    bentocache,
    'bentocache, memory + Redis': bentocacheMemory,
  },
  cases: {
    // Those with many calls first: they bring the compiler to work.
    ...setAndGet('200 B, 100 in flight', 200, 100, { isMain: true }),
    ...setAndGet('200 B, one after the other', 200, 1, { isMain: true }),
    ...setAndGet('10 KB, one after the other', 10_000, 1),
    ...setAndGet('10 KB, 100 in flight', 10_000, 100, { isMain: true }),
    ...setAndGet('100 KB, 10 in flight', 100_000, 10),
  },
};
