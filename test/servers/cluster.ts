import { idOf, RedisCluster } from './redis-cluster.js';
import { type Engine } from './engine.js';
import { clusterBusOffset, host } from './free-port.js';
import { type RedisServer, startServer } from './server.js';
import { startAll } from './start-all.js';
import { type Certificates } from './tls.js';
import { waitFor } from './wait-for.js';

export interface ClusterOptions {
  engine: Engine;
  /** By default 3. */
  primaries?: number;
  /** By default 1. */
  replicasPerPrimary?: number;
  password?: string;
  tls?: Certificates;
  /** More directives for the redis.conf of every node. */
  config?: Record<string, string>;
}

const slotCount = 16_384;

/** Whether the node knows this many nodes, itself included. */
async function knows(node: RedisServer, count: number): Promise<boolean> {
  const nodes = await node.cli('CLUSTER', 'NODES');
  return nodes.trimEnd().split('\n').length === count && !nodes.includes('handshake');
}

async function introduce(nodes: RedisServer[]): Promise<void> {
  // Different epochs from the start, so that the primaries need not agree on them; a node accepts one only while it
  // knows no other node.
  await Promise.all(nodes.map((node, index) => node.cli('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))));
  await Promise.all(
    nodes.map(async (node, index) => {
      for (const { port } of nodes.slice(index + 1)) {
        await node.cli('CLUSTER', 'MEET', host, String(port), String(port + clusterBusOffset));
      }
    }),
  );
  await waitFor(async () => (await Promise.all(nodes.map((node) => knows(node, nodes.length)))).every(Boolean), {
    what: 'the nodes of the cluster to know each other',
  });
}

async function shareSlots(primaries: RedisServer[]): Promise<void> {
  const firstSlot = (index: number) => Math.floor((slotCount * index) / primaries.length);
  await Promise.all(
    primaries.map((primary, index) =>
      primary.cli('CLUSTER', 'ADDSLOTSRANGE', String(firstSlot(index)), String(firstSlot(index + 1) - 1)),
    ),
  );
}

/**
 * Starts a cluster: slots shared evenly, `cluster-node-timeout` 2 s. It takes 2 s, because a node stays passive for so
 * long after its start.
 *
 * @example
 * await using cluster = await startCluster({ engine: 'redis' });
 * new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
 */
export async function startCluster(options: ClusterOptions): Promise<RedisCluster> {
  const { engine, primaries: primaryCount = 3, replicasPerPrimary = 1, password, tls, config } = options;
  const node = {
    engine,
    password,
    tls,
    config: { 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', 'cluster-announce-ip': host, ...config },
  };
  const count = primaryCount * (1 + replicasPerPrimary);
  const nodes = await startAll(Array.from({ length: count }, () => startServer(node)));
  const cluster = new RedisCluster(nodes);
  try {
    const primaries = nodes.slice(0, primaryCount);
    await shareSlots(primaries);
    await introduce(nodes);
    const ids = await Promise.all(primaries.map(idOf));
    const replicas = nodes.slice(primaryCount);
    await Promise.all(replicas.map((each, index) => each.cli('CLUSTER', 'REPLICATE', ids[index % primaryCount]!)));
    await cluster.settled();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
