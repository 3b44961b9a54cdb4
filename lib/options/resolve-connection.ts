import type { ConnectionOptions as TlsOptions } from 'node:tls';

import { ClusterConnection } from './cluster.options.js';
import type { Connection } from './connection-kinds.js';
import type { ConnectionOptions, ServerAddress, ServerConnection, Tls } from './connection.options.js';
import { MemoryConnection } from './memory.options.js';
import type {
  ResolvedAddress,
  ResolvedCluster,
  ResolvedConnection,
  ResolvedMemory,
  ResolvedSentinel,
  ResolvedStandalone,
} from './resolved.options.js';
import { hideSecrets } from './secrets.js';
import { SentinelConnection } from './sentinel.options.js';
import type { StandaloneConnection } from './standalone.options.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';

const PORT = 6379;
const SENTINEL_PORT = 26379;

/** Fills in the defaults of a connection that is valid. */
export function resolveConnection(connection: Connection): ResolvedConnection {
  return Object.freeze(hideSecrets(complete(connection)));
}

function complete(connection: Connection): ResolvedConnection {
  if (connection instanceof MemoryConnection) return memory(connection);
  if (connection instanceof ClusterConnection) return cluster(connection);
  if (connection instanceof SentinelConnection) return sentinel(connection);
  return standalone(connection);
}

function standalone(connection: StandaloneConnection): ResolvedStandalone {
  const { host = 'localhost', port = PORT, path, db = 0, replicas = [], redisOptions } = connection;
  const own = { type: 'standalone', host, port, path, db, replicas: addresses(replicas, PORT), redisOptions } as const;
  return { ...own, ...ofServer(connection) };
}

function sentinel(connection: SentinelConnection): ResolvedSentinel {
  const { name, sentinels, sentinelUsername, sentinelPassword, sentinelTls } = connection;
  const { db = 0, readFrom = 'primary', redisOptions } = connection;
  return {
    type: 'sentinel',
    name,
    sentinels: addresses(sentinels, SENTINEL_PORT),
    sentinelUsername,
    sentinelPassword,
    sentinelTls: tlsOptions(sentinelTls),
    db,
    readFrom,
    redisOptions,
    ...ofServer(connection),
  };
}

function cluster(connection: ClusterConnection): ResolvedCluster {
  const { nodes, readFrom = 'primary', natMap, redisOptions } = connection;
  const own = { type: 'cluster', nodes: addresses(nodes, PORT), readFrom, natMap, redisOptions } as const;
  return { ...own, ...ofServer(connection) };
}

function memory(connection: MemoryConnection): ResolvedMemory {
  const { name, maxEntries, maxBytes, policy } = connection;
  return { type: 'memory', name, maxEntries, maxBytes, policy, ...common(connection) };
}

function ofServer(connection: ServerConnection) {
  const { username, password, tls } = connection;
  return { username, password, tls: tlsOptions(tls), ...common(connection) };
}

function common(connection: ConnectionOptions) {
  const { connectTimeout = 5, commandTimeout = 5, maxConnections = 50, poolSize = 1 } = connection;
  const { connect = 'background', poolClass } = connection;
  return {
    connectTimeoutMs: milliseconds(connectTimeout),
    commandTimeoutMs: milliseconds(commandTimeout),
    maxConnections,
    poolSize,
    connect,
    poolClass,
  };
}

/** Validation has seen to it that the timeout ends some day. */
const milliseconds = (timeout: Timeout): number => toMilliseconds(timeout) as number;

const tlsOptions = (tls: Tls | undefined): TlsOptions | undefined => (tls === true ? {} : tls || undefined);

/** Validation has seen to it that no URLs are left. */
function addresses(list: readonly (ServerAddress | string)[], defaultPort: number): readonly ResolvedAddress[] {
  const withPort = ({ host, port = defaultPort }: ServerAddress): ResolvedAddress => Object.freeze({ host, port });
  return Object.freeze((list as readonly ServerAddress[]).map(withPort));
}
