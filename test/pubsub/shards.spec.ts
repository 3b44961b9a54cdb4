import { expect, it } from 'vitest';
import { hashSlot } from '../../lib/wire/hash-slot.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { waitFor } from '../servers/wait-for.js';

it('a sharded channel follows its slot, through a move and a failover', { timeout: 60_000 }, async () => {
  await using cluster = await startCluster({ engine: 'valkey' });
  const nodes = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const cache = await openCache({ connection: { type: 'cluster', nodes }, keyPrefix: 'p' });
  const slot = hashSlot(cache.makeKey('news'));
  const heard: number[] = [];
  let gaps = 0;
  const options = { sharded: true, onGap: () => gaps++ };
  const subscription = await cache.subscribe<number>('news', (n) => heard.push(n), options);
  const isHeard = async (n: number): Promise<void> => {
    // A message that is sent while the slot moves may be lost.
    const publish = async () => {
      if (subscription.isListening) await cache.publish('news', n, { sharded: true });
      return heard.includes(n);
    };
    await waitFor(publish, { what: `${n} to be heard`, timeout: 20_000 });
  };
  await isHeard(1);
  expect(gaps).toBe(0);

  const owner = await cluster.slotOwner(slot);
  const other = (await cluster.primaries()).find((node) => node !== owner)!;
  await cluster.moveSlot(slot, other);
  await waitFor(() => gaps === 1, { what: 'it to follow the move', timeout: 20_000 });
  await isHeard(2);

  const [replica] = await cluster.replicas(other);
  await cluster.failover(replica!);
  await waitFor(() => gaps >= 2, { what: 'it to follow the failover', timeout: 20_000 });
  await isHeard(3);
  expect([...new Set(heard)]).toEqual([1, 2, 3]);
  await cache.close();
});
