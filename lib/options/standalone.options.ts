import type { RedisOptions } from 'ioredis';
import { addressesOf, withServerDefaults } from './connection-defaults.js';
import { type ConnectionKind, credentialsOfServers } from './connection-kind.js';
import { checkRedisOptions, ServerAddress, ServerConnection } from './connection.options.js';
import { Obeys, Optional } from './option-rules.js';
import type { ResolvedStandalone } from './resolved.options.js';
import { HideSecrets } from './secrets.js';
import { Equals, IsArray, IsInt, IsNotEmpty, IsString, Max, Min, ValidateNested } from './validators.js';

/**
 * One server, and its replicas where reads may go to them.
 *
 * @example
 * { type: 'standalone', host: 'cache.internal', password: process.env.CACHE_PASSWORD, tls: true }
 * @publicApi
 */
@HideSecrets
export class StandaloneConnection extends ServerConnection {
  /** May be left out where `url`, `host`, `port` or `path` is given. */
  @Optional()
  @Equals('standalone')
  type?: 'standalone';

  /**
   * `redis://`, `rediss://`, `valkey://`, `valkeys://` or `unix://`. Options beside it win over what it says;
   * `host`, `port` and `path` cannot stand beside it.
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
  @IsNotEmpty()
  @IsString()
  host?: string;

  /** @default 6379 */
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
   * Servers that replicate this one and answer reads: addresses, `'host:port'` or URLs. User, password, database and
   * TLS are those of the connection.
   */
  @Optional()
  @ValidateNested({ each: true })
  @IsArray()
  replicas?: (ServerAddress | string)[];

  /** Handed on to ioredis, in its own units (milliseconds). */
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
