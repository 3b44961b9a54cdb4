import type { ClusterOptions, NatMap } from 'ioredis';
import { addressesOf, withServerDefaults } from './connection-defaults.js';
import { type ConnectionKind, credentialsOfServers } from './connection-kind.js';
import { checkRedisOptions, ServerAddress, ServerConnection } from './connection.options.js';
import { isObject, Obeys, Optional } from './option-rules.js';
import type { ReadFrom, ResolvedCluster } from './resolved.options.js';
import { HideSecrets } from './secrets.js';
import { ArrayMinSize, Equals, IsArray, IsIn, ValidateNested } from './validators.js';

/**
 * A Valkey or Redis cluster. `username`, `password` and `tls` apply to all of its nodes; a cluster has database 0 only.
 *
 * @example
 * CachexModule.forRoot({ connection: { nodes: ['10.0.0.1:6379', '10.0.0.2:6379'], readFrom: 'replica' } })
 * @publicApi
 */
@HideSecrets
export class ClusterConnection extends ServerConnection {
  /** Optional: `nodes` implies it. */
  @Optional()
  @Equals('cluster')
  type?: 'cluster';

  /** The nodes to ask first, at least one: addresses, `'host:port'` or URLs. They lead to the others. */
  @ValidateNested({ each: true })
  @ArrayMinSize(1)
  @IsArray()
  nodes!: (ServerAddress | string)[];

  /**
   * Which servers answer reads. A replica may be some milliseconds behind.
   *
   * @default 'primary'
   */
  @Optional()
  @IsIn(['primary', 'replica'])
  readFrom?: ReadFrom;

  /**
   * How to reach the nodes from here: a map from the `'host:port'` that they announce, or a function.
   *
   * @example
   * const natMap = { '10.0.0.1:6379': { host: 'localhost', port: 7001 } };
   * CachexModule.forRoot({ connection: { nodes: ['localhost:7001'], natMap } })
   */
  @Optional()
  @Obeys('isNatMap', checkNatMap)
  natMap?: NatMap;

  /** Passed to `Cluster` of ioredis, in its own units (milliseconds); options of the nodes under `redisOptions`. */
  @Optional()
  @Obeys('isRedisOptions', checkRedisOptions)
  redisOptions?: ClusterOptions;
}

const defaultPort = 6379;

export const clusterKind: ConnectionKind = {
  options: ClusterConnection,
  telltales: ['nodes'],
  servers: ['nodes', credentialsOfServers],
  resolve(connection: ClusterConnection): ResolvedCluster {
    const { nodes, readFrom = 'primary', natMap, redisOptions } = connection;
    return {
      ...{ type: 'cluster', readFrom, natMap, redisOptions },
      nodes: addressesOf(nodes, defaultPort),
      ...withServerDefaults(connection),
    };
  },
};

function checkNatMap(value: unknown, what: string): void {
  if (typeof value === 'function') return;
  if (!isObject(value) || !Object.values(value).every(isTarget)) {
    throw new TypeError(`${what} must be a function or map each 'host:port' to { host, port }`);
  }
}

function isTarget(value: unknown): boolean {
  return isObject(value) && typeof value.host === 'string' && Number.isInteger(value.port);
}
