import type { ClusterOptions, Redis } from 'ioredis';
import type { ResolvedCluster } from '../options/index.js';
import { ClusterCommand } from './cluster-command.js';
import { pauseBefore, redisOptions } from './redis-options.js';

/** How often it is looked for replicas that have come back. */
const replicasSoughtEveryMs = 10_000;

/** What the client of a cluster is made with. */
export function clusterOptions(connection: ResolvedCluster): ClusterOptions {
  const fromReplicas = connection.readFrom === 'replica';
  return {
    lazyConnect: true,
    natMap: connection.natMap,
    clusterRetryStrategy: pauseBefore,
    slotsRefreshTimeout: connection.connectTimeoutMs,
    ...(fromReplicas && { scaleReads: readyReplica(), slotsRefreshInterval: replicasSoughtEveryMs }),
    // Whether to send a command again is for ClusterLink to say: the driver sends writes twice.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    // A certificate is for the name, not for the address behind it.
    ...(connection.tls && { dnsLookup: (name, callback) => callback(null, name) }),
    ...connection.redisOptions,
    redisOptions: { ...redisOptions(connection), ...connection.redisOptions?.redisOptions },
  };
}

/** Picks the replicas that answer in turn; the primary where there is none, and for what a replica has sent on. */
function readyReplica() {
  let turn = 0;
  return ([primary, ...replicas]: (Redis | undefined)[], command: unknown): Redis | undefined => {
    if (!(command instanceof ClusterCommand) || !command.isReadOnly || command.wasSent) return primary;
    const ready = replicas.filter((replica) => replica?.status === 'ready');
    return ready.length > 0 ? ready[turn++ % ready.length] : primary;
  };
}
