import type { ClusterOptions } from 'ioredis';
import type { ResolvedCluster } from '../../options/index.js';
import { pauseBefore, redisOptions } from './redis-options.js';

/** How often to look for replicas that have come back. */
const replicasSoughtEveryMs = 10_000;

/** The options for the client of a cluster. */
export function clusterOptions(connection: ResolvedCluster): ClusterOptions {
  return {
    lazyConnect: true,
    natMap: connection.natMap,
    clusterRetryStrategy: pauseBefore,
    slotsRefreshTimeout: connection.connectTimeoutMs,
    ...(connection.readFrom === 'replica' && { slotsRefreshInterval: replicasSoughtEveryMs }),
    // The driver itself repeats nothing, not even commands of its own users: a write might run twice.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // A certificate is issued for the name, not for the address behind it.
    ...(connection.tls && { dnsLookup: (name, callback) => callback(null, name) }),
    ...connection.redisOptions,
    redisOptions: { ...redisOptions(connection), ...connection.redisOptions?.redisOptions },
  };
}
