import { autoPipeliningCluster, ioredisCluster, iovalkeyCluster } from '../contenders/by-hand.mjs';
import { cacheManagerCluster } from '../contenders/cache-manager.mjs';
import { cachexCluster } from '../contenders/cachex.mjs';
import { nodeRedisCluster } from '../contenders/node-redis.mjs';
import { sampleObject } from '../measure.mjs';
import { setAndGet, setHundred } from './set-and-get.mjs';

export const cluster = {
  title: 'On a cluster of three',
  topology: 'cluster',
  contenders: {
    ioredis: ioredisCluster,
    'nest-cachex': cachexCluster,
    'ioredis, autopipelining': autoPipeliningCluster,
    iovalkey: iovalkeyCluster,
    'node-redis': nodeRedisCluster,
    '@nestjs/cache-manager + @keyv/redis': cacheManagerCluster,
  },
  cases: {
    ...setAndGet('200 B, one after the other', 200, 1),
    ...setAndGet('200 B, 100 in flight', 200, 100, { isMain: true }),
    'getMany of 100': {
      isMain: true,
      method: 'getMany',
      prepare: (contender) => setHundred(contender, sampleObject(200)),
      call: ({ getMany, keys }) => getMany(keys.slice(0, 100)),
    },
  },
};
