import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

describe.each([1, 3])('when the primary of a shard falls silent, over %i connections to each node', (poolSize) => {
  let cluster: RedisCluster;
  let cache: CachexService;
  let primary: RedisServer;
  beforeAll(async () => {
    cluster = await startCluster({ engine: 'redis' });
  });
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    const connection = { ...clusterOf(cluster), commandTimeout: '4s', poolSize };
    cache = await openCache({ connection } as never, new QuietLogger('Cachex'));
    primary = await cluster.slotOwner(slot);
  });
  afterEach(async () => {
    primary.resume();
    await cache.close();
  });

  it('calls that wait go on at the one that takes its place', async () => {
    const read = cache.xread({ '{w}stream': '0' }, { block: null });
    await expect.poll(async () => primary.cli('CLIENT', 'LIST')).toContain('cmd=xread');
    primary.pause();
    await waitFor(() => cache.xadd('{w}stream', { n: 1 }).then(() => true), { what: 'a new primary', timeout: 20_000 });
    expect((await read).get('{w}stream')).toHaveLength(1);
    await cache.rpush('{w}list', 'x');
    expect(await cache.blpop(['{w}list'], '2s')).toEqual(['{w}list', 'x']);
  }, 40_000);
});
