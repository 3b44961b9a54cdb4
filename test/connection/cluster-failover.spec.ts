import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import type { CachexService } from '../../lib/index.js';
import { clusterOf } from '../faults/faults.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { RedisServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

const slot = hashSlot(':1:{w}');

describe('when the primary of a shard falls silent', () => {
  let cluster: RedisCluster;
  let caches: CachexService[];
  let primary: RedisServer;
  beforeAll(async () => {
    cluster = await startCluster({ engine: 'redis' });
    caches = await Promise.all(
      [1, 3].map((poolSize) => {
        const connection = { ...clusterOf(cluster), commandTimeout: '4s', poolSize };
        return openCache({ connection, keyPrefix: `of-${poolSize}` } as never, new QuietLogger('Cachex'));
      }),
    );
    primary = await cluster.slotOwner(slot);
  });
  afterAll(async () => {
    primary.resume();
    await Promise.all(caches.map((cache) => cache.close()));
    await cluster.stop();
  });

  it('waiting calls continue at its successor, over one or three connections to each node', async () => {
    const reads = caches.map((cache) => cache.xread({ '{w}stream': '0' }, { block: null }));
    await expect
      .poll(async () => (await primary.cli('CLIENT', 'LIST')).match(/cmd=xread/g))
      .toHaveLength(caches.length);
    primary.pause();
    await Promise.all(
      caches.map(async (cache, index) => {
        const add = () => cache.xadd('{w}stream', { n: 1 }).then(() => true);
        await waitFor(add, { what: 'a new primary', timeout: 20_000 });
        expect((await reads[index]!).get('{w}stream')).toHaveLength(1);
        await cache.rpush('{w}list', 'x');
        expect(await cache.blpop(['{w}list'], '2s')).toEqual(['{w}list', 'x']);
      }),
    );
  }, 40_000);
});
