import { type BlockingConnection, silent } from './blocking-connection.js';
import { changed, endpointOfPeer } from '../driver/endpoint.js';
import { openRedis } from '../driver/open-redis.js';
import { RedisLink } from '../links/redis-link.js';

/** A server that is left may be gone: it is waited for no longer than this. */
const longestMs = 1000;

/**
 * Ends waits on servers that are left, with CLIENT UNBLOCK: an element on its way still arrives. The shared connections
 * are on their way to another server. Connections to an unreachable server are cut.
 */
export async function endWaits(connections: readonly BlockingConnection[], commandTimeoutMs: number): Promise<void> {
  const byServer = new Map<string, BlockingConnection[]>();
  for (const connection of connections) {
    byServer.set(connection.server, [...(byServer.get(connection.server) ?? []), connection]);
  }
  const limitMs = Math.min(commandTimeoutMs, longestMs);
  await Promise.all([...byServer.values()].map((waiting) => endAll(waiting, limitMs)));
}

async function endAll(waiting: readonly BlockingConnection[], limitMs: number): Promise<void> {
  const peer = endpointOfPeer(waiting[0]!.redis);
  const link = new RedisLink(openRedis(changed(peer, { commandTimeout: limitMs, retryStrategy: null })), silent);
  try {
    await link.open(limitMs);
    await Promise.all(waiting.map((connection) => connection.endWait(link)));
  } catch {
    for (const connection of waiting) connection.destroy();
  } finally {
    await link.close();
  }
}
