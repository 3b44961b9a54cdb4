import { randomUUID } from 'node:crypto';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';

describe('on a cluster, while the owner of a slot is unknown', () => {
  let cache: CachexService;
  let cluster: Cluster;
  beforeAll(async () => {
    cache = await openCache({ connection: inject('connections')['redis cluster'], keyPrefix: randomUUID() });
    await cache.hasKey('any');
    cluster = cache.getClient() as Cluster;
  });
  afterAll(() => cache.close());

  /** As after a failover that the client has not noticed: the owner is missing among its connections. */
  function forgetOwner(key: string): void {
    cluster.slots[hashSlot(key)] = ['127.0.0.1:1'];
  }

  it('commands of a pipeline stay in their order', async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `{${randomUUID()}}${index}`);
    for (const key of keys) {
      forgetOwner(key);
      expect(await cache.pipeline().set(key, key).get(key).delete(key).get(key).execute()).toEqual([
        true,
        key,
        true,
        undefined,
      ]);
    }
  });

  it('single commands find it', async () => {
    const key = `{${randomUUID()}}`;
    forgetOwner(key);
    expect(await cache.set(key, 1)).toBe(true);
    forgetOwner(key);
    expect(await cache.get(key)).toBe(1);
  });
});
