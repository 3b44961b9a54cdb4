import type { RedisOptions } from 'ioredis';
import { addressesOf, tlsOptions, withServerDefaults } from './connection-defaults.js';
import type { ConnectionKind, CredentialOptions } from './connection-kind.js';
import { checkRedisOptions, checkTls, ServerAddress, ServerConnection, type Tls } from './connection.options.js';
import { checkCredentialsProvider, type CredentialsProvider } from './credentials.js';
import { Obeys, Optional } from './option-rules.js';
import type { ReadFrom, ResolvedSentinel } from './resolved.options.js';
import { HideSecrets } from './secrets.js';
import { ArrayMinSize, Equals, IsArray, IsIn, IsInt, IsNotEmpty, IsString, Min, ValidateNested } from './validators.js';

/**
 * A primary and its replicas, watched by Sentinels that know which is which. `username`, `password`, `db` and `tls`
 * are for the servers; options that begin with `sentinel` are for the Sentinels.
 *
 * @example
 * CachexModule.forRoot({ connection: { name: 'mymaster', sentinels: ['s1:26379', 's2:26379', 's3:26379'] } })
 * @publicApi
 */
@HideSecrets
export class SentinelConnection extends ServerConnection {
  /** Optional: `sentinels` implies it. */
  @Optional()
  @Equals('sentinel')
  type?: 'sentinel';

  /** The group's name in the Sentinels' configuration (`sentinel monitor <name> …`). */
  @IsString()
  @IsNotEmpty()
  name!: string;

  /** At least one, better all of them: addresses, `'host:port'` or URLs. The default port is 26379. */
  @ValidateNested({ each: true })
  @ArrayMinSize(1)
  @IsArray()
  sentinels!: (ServerAddress | string)[];

  /** User of the Sentinels' ACL; `username` is for the servers. */
  @Optional()
  @IsString()
  sentinelUsername?: string;

  /** Password of the Sentinels; `password` is for the servers. */
  @Optional()
  @IsString()
  sentinelPassword?: string;

  /** Like `credentials`, for the Sentinels; in place of `sentinelPassword`. */
  @Optional()
  @Obeys('isCredentialsProvider', checkCredentialsProvider)
  sentinelCredentials?: CredentialsProvider;

  /**
   * Whether connections to the Sentinels are encrypted, and how.
   *
   * @default false
   */
  @Optional()
  @Obeys('isTls', checkTls)
  sentinelTls?: Tls;

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
   * Which servers answer reads. A replica may be some milliseconds behind.
   *
   * @default 'primary'
   */
  @Optional()
  @IsIn(['primary', 'replica'])
  readFrom?: ReadFrom;

  /** Passed to ioredis, in its own units (milliseconds). */
  @Optional()
  @Obeys('isRedisOptions', checkRedisOptions)
  redisOptions?: RedisOptions;
}

const sentinelPort = 26379;

const credentialsOfSentinels: CredentialOptions = {
  username: 'sentinelUsername',
  password: 'sentinelPassword',
  tls: 'sentinelTls',
};

export const sentinelKind: ConnectionKind = {
  options: SentinelConnection,
  telltales: ['sentinels'],
  servers: ['sentinels', credentialsOfSentinels],
  resolve(connection: SentinelConnection): ResolvedSentinel {
    const { name, sentinels, sentinelUsername, sentinelPassword, sentinelCredentials, sentinelTls } = connection;
    const { db = 0, readFrom = 'primary', redisOptions } = connection;
    return {
      ...{
        type: 'sentinel',
        name,
        sentinelUsername,
        sentinelPassword,
        sentinelCredentials,
        db,
        readFrom,
        redisOptions,
      },
      sentinels: addressesOf(sentinels, sentinelPort),
      sentinelTls: tlsOptions(sentinelTls),
      ...withServerDefaults(connection),
    };
  },
};
