import type { ConnectionOptions as TlsOptions } from 'node:tls';

import { checkCredentialsProvider, type CredentialsProvider } from './credentials.js';
import { IsTimeout, isObject, Obeys, Optional } from './option-rules.js';
import type { PoolClass } from './resolved.options.js';
import type { Timeout } from '../arguments/timeout.js';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min } from './validators.js';

/** `true` for TLS with the platform's certificates, or the options of node's `tls.connect`. @publicApi */
export type Tls = boolean | TlsOptions;

/**
 * Options that every kind of connection takes.
 *
 * @publicApi
 */
export abstract class ConnectionOptions {
  /**
   * How long a connection may take until it is ready. A {@link Timeout}: a plain number is **seconds** as everywhere in
   * this library (ioredis counts milliseconds), `'250ms'` says it outright. Longer than 0, 24 days at most; a
   * number over 60 has to be written with its unit.
   *
   * @default 5 (seconds)
   */
  @Optional()
  @IsTimeout({ timer: true, short: true })
  connectTimeout?: Timeout;

  /**
   * How long a command may take, waiting for a connection included; after that it fails with a `CommandTimeoutError`,
   * or a `ConnectionError` where there was no connection. The same units and bounds as `connectTimeout`.
   *
   * @default 5 (seconds)
   */
  @Optional()
  @IsTimeout({ timer: true, short: true })
  commandTimeout?: Timeout;

  /**
   * Cap on the dedicated connections that blocking commands (`blpop`, `xread` with `block`, …) open beside the shared
   * ones.
   *
   * @default 50
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxConnections?: number;

  /**
   * Number of shared connections that commands are spread over.
   *
   * @default 1
   */
  @Optional()
  @Min(1)
  @IsInt()
  poolSize?: number;

  /**
   * Whether the application's start waits for the server (`'eager'`, and fails without it), or connects in the
   * background.
   *
   * @default 'background'
   */
  @Optional()
  @IsIn(['eager', 'background'])
  connect?: 'eager' | 'background';

  /** Takes the place of the pool that `type` would choose. */
  @Optional()
  @Obeys('isClass', checkClass)
  poolClass?: PoolClass;
}

/**
 * Options that every connection to a server takes; the embedded engine has no use for them.
 *
 * @publicApi
 */
export abstract class ServerConnection extends ConnectionOptions {
  /** User of the server's ACL. Left out, the server's `default` user. */
  @Optional()
  @IsString()
  username?: string;

  @Optional()
  @IsString()
  password?: string;

  /**
   * Who is asked for user and password, in place of `password`: before every connection and reconnection, and again
   * before they expire. Connections that live log in anew then.
   */
  @Optional()
  @Obeys('isCredentialsProvider', checkCredentialsProvider)
  credentials?: CredentialsProvider;

  /**
   * Whether the connection is encrypted, and how.
   *
   * @default false, or what the URL says
   */
  @Optional()
  @Obeys('isTls', checkTls)
  tls?: Tls;
}

/**
 * Where a server listens. In lists also written `'host:port'`, `'[::1]:port'` or as a URL.
 *
 * @publicApi
 */
export class ServerAddress {
  /** A name or an IP address, IPv6 without brackets. */
  @IsNotEmpty()
  @IsString()
  host!: string;

  /** @default 6379, or 26379 for a Sentinel */
  @Optional()
  @Max(65535)
  @Min(1)
  @IsInt()
  port?: number;
}

/** Options of ioredis that would break what this library promises: what may stand there all the same, and the way to go. */
const notForUsers: Readonly<Record<string, readonly [allowed: readonly unknown[], instead: string]>> = {
  keyPrefix: [[], 'use that of CachexModule'],
  protocol: [[undefined, 2], 'replies of RESP3 have other shapes, and the library reads those of RESP2'],
  replyMapping: [[undefined, 'legacy'], 'the library reads replies as RESP2 has them'],
  stringNumbers: [[undefined, false], 'the library reads numbers as numbers, and fails where one is past 2^53'],
  monitor: [[undefined, false], 'a connection that monitors answers nothing: use getClient().monitor()'],
  readOnly: [[undefined, false], 'use readFrom, or replicas'],
  role: [[undefined, 'master'], 'use readFrom'],
  db: [[undefined], 'use connection.db'],
  commandTimeout: [[undefined], 'use connection.commandTimeout'],
  maxRetriesPerRequest: [[undefined, 0], 'a command whose connection broke may have run, and is not sent again'],
  autoResendUnfulfilledCommands: [[undefined, false], 'a command whose connection broke may have run'],
};

/** Options for ioredis, of its `Cluster` with those of the nodes inside. */
export function checkRedisOptions(value: unknown, what: string): void {
  if (!isObject(value)) throw new TypeError(`${what} must be an object of options for ioredis`);
  const ofNodes = isObject(value.redisOptions) ? value.redisOptions : {};
  for (const options of [value, ofNodes]) {
    for (const [name, [allowed, instead]] of Object.entries(notForUsers)) {
      if (name in options && !allowed.includes(options[name])) {
        throw new TypeError(`${what} must not have a ${name}: ${instead}`);
      }
    }
  }
}

export function checkTls(value: unknown, what: string): void {
  if (typeof value !== 'boolean' && !isObject(value)) {
    throw new TypeError(`${what} must be true, false or an object of options for node:tls`);
  }
}

function checkClass(value: unknown, what: string): void {
  // Arrow functions have no prototype and cannot be constructed.
  if (typeof value !== 'function' || value.prototype === undefined) throw new TypeError(`${what} must be a class`);
}
