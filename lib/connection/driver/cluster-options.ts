import type { ClusterOptions } from 'ioredis';
import type { ResolvedCluster } from '../../options/index.js';
import { pauseBefore, redisOptions } from './redis-options.js';

/** How often it is looked for replicas that have come back. */
const replicasSoughtEveryMs = 10_000;

/** What the client of a cluster is made with. */
export function clusterOptions(connection: ResolvedCluster): ClusterOptions {
  return {
    lazyConnect: true,
    natMap: connection.natMap,
    clusterRetryStrategy: pauseBefore,
    slotsRefreshTimeout: connection.connectTimeoutMs,
    ...(connection.readFrom === 'replica' && { slotsRefreshInterval: replicasSoughtEveryMs }),
    // The driver itself sends nothing again, not what its own users send either: writes might be made twice.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // A certificate is for the name, not for the address behind it.
    ...(connection.tls && { dnsLookup: (name, callback) => callback(null, name) }),
    ...connection.redisOptions,
    redisOptions: { ...redisOptions(connection), ...connection.redisOptions?.redisOptions },
  };
}
