import { serverFields, valuesOf } from '../wire/server-info.js';
import type { ConnectionPool, ServerNode } from '../index.js';

/**
 * What a health check reports about the servers behind a cache. On a cluster: the worst value of any primary.
 *
 * @publicApi
 */
export interface CachexServerState {
  /** How long the slowest server took to answer PING. */
  readonly pingMs: number;
  /** What the servers say they are: `'replica'` if one of them does. */
  readonly role?: 'primary' | 'replica';
  /** The number of connected replicas. */
  readonly connectedReplicas?: number;
  /** In bytes. */
  readonly usedMemory?: number;
  /** On a cluster: whether it serves all of its slots. */
  readonly clusterState?: 'ok' | 'fail';
  /** On a cluster: the number of primaries. */
  readonly primaries?: number;
}

/** Asks every server that holds keys. Values that the user's ACL does not allow are left out. */
export async function serverState(pool: ConnectionPool): Promise<CachexServerState> {
  const nodes = await pool.primaries();
  const pings = await Promise.all(nodes.map(pingMs));
  const infos = await Promise.all(nodes.map((node) => serverFields(node)));
  const roles = valuesOf(infos, 'role');
  const replicas = valuesOf(infos, 'connected_slaves').map(Number);
  const memory = valuesOf(infos, 'used_memory').map(Number);
  return {
    pingMs: Math.max(...pings),
    ...(roles.length > 0 && { role: roles.every((role) => role === 'master') ? 'primary' : 'replica' }),
    ...(replicas.length > 0 && { connectedReplicas: Math.min(...replicas) }),
    ...(memory.length > 0 && { usedMemory: Math.max(...memory) }),
    ...(valuesOf(infos, 'cluster_enabled').includes('1') && (await clusterState(nodes))),
  };
}

async function pingMs(node: ServerNode): Promise<number> {
  const start = performance.now();
  await node.send({ name: 'PING', args: [], access: 'read' });
  return Math.round((performance.now() - start) * 100) / 100;
}

/** Primaries that are cut off from the others know it; the others may not. */
async function clusterState(nodes: readonly ServerNode[]): Promise<Partial<CachexServerState>> {
  const states = valuesOf(
    await Promise.all(nodes.map((node) => serverFields(node, 'CLUSTER', 'INFO'))),
    'cluster_state',
  );
  return {
    primaries: nodes.length,
    ...(states.length > 0 && { clusterState: states.every((state) => state === 'ok') ? 'ok' : 'fail' }),
  };
}
