import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster } from '../servers/cluster.js';
import type { RedisCluster } from '../servers/redis-cluster.js';
import type { RedisServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { clusterOf, goThrough, patient } from './faults.js';

/** Keys with these hash tags have the same slot. */
const hashTag = '{tag}';

describe('a cluster', () => {
  let cluster: RedisCluster;
  let slot: number;
  beforeAll(async () => {
    cluster = await startCluster({ engine: 'redis' });
    slot = Number(await cluster.cli('CLUSTER', 'KEYSLOT', hashTag));
  });
  afterAll(() => cluster.stop());

  it('moves a slot that everybody works on', async (t) => {
    const { failed, lost } = await goThrough(t, {
      fault: 'a slot moved to another node and back, under load',
      since: 'the move',
      promise: 'promised: none',
      connection: patient(clusterOf(cluster)),
      keyOf: (name) => `${hashTag}${name}`,
      provoke: async (load) => {
        const from = await cluster.slotOwner(slot);
        const to = (await cluster.primaries()).find((node) => node !== from)!;
        await cluster.moveSlot(slot, to);
        await load.moreWrites(100);
        await cluster.moveSlot(slot, from);
        load.mark();
      },
    });
    expect(failed).toEqual({});
    expect(lost).toBe(0);
  });

  it('makes a replica the primary, which waits for it', async (t) => {
    const { lost } = await goThrough(t, {
      fault: '`CLUSTER FAILOVER` under load',
      since: 'every node knew',
      promise: 'promised: none',
      connection: clusterOf(cluster),
      provoke: async (load) => {
        const [replica] = (await cluster.replicas(await cluster.slotOwner(slot))) as [RedisServer];
        await cluster.failover(replica);
        load.mark();
        await cluster.settled();
      },
    });
    expect(lost).toBe(0);
  });

  it('loses a primary', async (t) => {
    await cluster.settled();
    const { failed, lost, acknowledged } = await goThrough(t, {
      fault: '`kill -9` of a primary of a cluster',
      since: 'a replica was the primary',
      promise: 'replication is asynchronous: nothing is promised',
      connection: clusterOf(cluster),
      keyOf: (name) => `${hashTag}${name}`,
      provoke: async (load) => {
        const primary = await cluster.slotOwner(slot);
        await primary.kill();
        await waitFor(async () => (await cluster.slotOwner(slot)) !== primary, { what: 'a failover', timeout: 20_000 });
        load.mark();
      },
    });
    expect(Object.keys(failed)).toContain('CACHEX_CONNECTION');
    expect(lost).toBeLessThan(acknowledged);
  });
});
