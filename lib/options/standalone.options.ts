import type { RedisOptions } from 'ioredis';
import { addressesOf, withServerDefaults } from './connection-defaults.js';
import { type ConnectionKind, credentialsOfServers } from './connection-kind.js';
import { checkHost, checkRedisOptions, ServerAddress, ServerConnection } from './connection.options.js';
import { Obeys, Optional } from './option-rules.js';
import type { ResolvedStandalone } from './resolved.options.js';
import { HideSecrets } from './secrets.js';
import { Equals, IsArray, IsInt, IsNotEmpty, IsString, Max, Min, ValidateNested } from './validators.js';

/**
 * One server, and its replicas if they answer reads.
 *
 * @example
 * CachexModule.forRoot({ connection: { host: 'cache.internal', password: process.env.CACHE_PASSWORD, tls: true } })
 * @publicApi
 */
@HideSecrets
export class StandaloneConnection extends ServerConnection {
  /** Optional: `url`, `host`, `port` or `path` implies it. */
  @Optional()
  @Equals('standalone')
  type?: 'standalone';

  /**
   * `redis://`, `rediss://`, `valkey://`, `valkeys://` or `unix://`. Options beside it take precedence; `host`, `port`
   * and `path` cannot be combined with it.
   */
  @Optional()
  @IsString()
  url?: string;

  /**
   * A name or an IP address, IPv6 without brackets.
   *
   * @default 'localhost'
   */
  @Optional()
  @Obeys('isHost', checkHost)
  @IsNotEmpty()
  @IsString()
  host?: string;

  /**
   * The port.
   *
   * @default 6379
   */
  @Optional()
  @Max(65535)
  @Min(1)
  @IsInt()
  port?: number;

  /** A Unix socket, in place of `host` and `port`. */
  @Optional()
  @IsNotEmpty()
  @IsString()
  path?: string;

  /**
   * Number of the database.
   *
   * @default 0
   */
  @Optional()
  @Min(0)
  @IsInt()
  db?: number;

  /**
   * Replicas of this server that answer reads: addresses, `'host:port'` or URLs. They share user, password, database
   * and TLS with the connection.
   */
  @Optional()
  @ValidateNested({ each: true })
  @IsArray()
  replicas?: (ServerAddress | string)[];

  /** Passed to ioredis, in its own units (milliseconds). */
  @Optional()
  @Obeys('isRedisOptions', checkRedisOptions)
  redisOptions?: RedisOptions;
}

const defaultPort = 6379;

export const standaloneKind: ConnectionKind = {
  options: StandaloneConnection,
  telltales: ['url', 'host', 'port', 'path'],
  servers: ['replicas', credentialsOfServers],
  resolve(connection: StandaloneConnection): ResolvedStandalone {
    const { host = 'localhost', port = defaultPort, path, db = 0, replicas = [], redisOptions } = connection;
    return {
      ...{ type: 'standalone', host, port, path, db, redisOptions },
      replicas: addressesOf(replicas, defaultPort),
      ...withServerDefaults(connection),
    };
  },
};
