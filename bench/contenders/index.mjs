import { autoPipelining, ioredis, iovalkey } from './by-hand.mjs';
import { cacheManager, keyv } from './cache-manager.mjs';
import { cachex } from './cachex.mjs';
import { floor } from './floor.mjs';
import { nodeRedis, nodeRedisNoTimeout } from './node-redis.mjs';

/**
 * Drivers and caches on one server: ioredis first and the floor last, because the others are compared with these two.
 */
export const onOneServer = {
  ioredis,
  'nest-cachex': (url) => cachex(url),
  'nest-cachex, JSON': (url) => cachex(url, { serializer: 'json' }),
  'ioredis, autopipelining': autoPipelining,
  iovalkey,
  'node-redis': nodeRedis,
  'node-redis, no timeouts': nodeRedisNoTimeout,
  'keyv + @keyv/redis': (url) => keyv(url),
  '@nestjs/cache-manager + @keyv/redis': cacheManager,
  floor,
};
