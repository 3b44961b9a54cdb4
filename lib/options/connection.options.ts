import { isIP } from 'node:net';
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
 * @example
 * CachexModule.forRoot({ connection: { url: 'redis://localhost:6379', commandTimeout: '500ms', poolSize: 2 } })
 */
export abstract class ConnectionOptions {
  /**
   * The time limit for a connection to become ready. A {@link Timeout}: a plain number is in **seconds**, as everywhere
   * in this library (ioredis counts milliseconds); `'250ms'` states its unit. More than 0, at most 24 days; a number
   * over 60 needs its unit.
   *
   * @default 5 (seconds)
   */
  @Optional()
  @IsTimeout({ timer: true, short: true })
  connectTimeout?: Timeout;

  /**
   * The time limit of a command, including the wait for a connection. After that it fails with a `CommandTimeoutError`,
   * or a `ConnectionError` if there was no connection. The same units and bounds as `connectTimeout`.
   *
   * @default 5 (seconds)
   */
  @Optional()
  @IsTimeout({ timer: true, short: true })
  commandTimeout?: Timeout;

  /**
   * The most dedicated connections that blocking commands (`blpop`, `xread` with `block`, …) may open beside the shared
   * ones.
   *
   * @default 50
   */
  @Optional()
  @Min(1)
  @IsInt()
  maxConnections?: number;

  /**
   * The number of shared connections, which commands are spread over.
   *
   * @default 1
   */
  @Optional()
  @Min(1)
  @IsInt()
  poolSize?: number;

  /**
   * Whether the application waits for the server at start (`'eager'`, and fails without it), or connects in the
   * background.
   *
   * @default 'background'
   */
  @Optional()
  @IsIn(['eager', 'background'])
  connect?: 'eager' | 'background';

  /** Replaces the pool that `type` would select. */
  @Optional()
  @Obeys('isClass', checkClass)
  poolClass?: PoolClass;
}

/**
 * Options of every connection to a server; the embedded engine does not need them.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ connection: { host: 'cache.internal', credentials: readCredentials, tls: true } })
 */
export abstract class ServerConnection extends ConnectionOptions {
  /** User of the server's ACL. Defaults to the server's `default` user. */
  @Optional()
  @IsString()
  username?: string;

  /** Password of the user. */
  @Optional()
  @IsString()
  password?: string;

  /**
   * Provides user and password, in place of `password`: before every connection and reconnection, and again before they
   * expire, when open connections log in again.
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
 * The address of a server. Lists also take `'host:port'`, `'[::1]:port'` or a URL.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ connection: { nodes: [{ host: '10.0.0.1', port: 6379 }, '10.0.0.2:6379'] } })
 */
export class ServerAddress {
  /** A name or an IP address, IPv6 without brackets. */
  @Obeys('isHost', checkHost)
  @IsNotEmpty()
  @IsString()
  host!: string;

  /**
   * The port.
   *
   * @default 6379, or 26379 for a Sentinel
   */
  @Optional()
  @Max(65535)
  @Min(1)
  @IsInt()
  port?: number;
}

/** Refuses a URL, `host:port` or a list as a host: connections would look it up in vain, forever. */
export function checkHost(value: unknown, what: string): void {
  if (typeof value !== 'string' || isIP(value) > 0 || !/[\s:/@,[\]?#]/.test(value)) return;
  throw new TypeError(`${what} must be a name or an IP address and nothing else: no port, no URL, no brackets`);
}

/** Options of ioredis that would break the promises of this library: the values allowed anyway, and the advice. */
const notForUsers: Readonly<Record<string, readonly [allowed: readonly unknown[], instead: string]>> = {
  keyPrefix: [[], 'use the keyPrefix of CachexModule'],
  protocol: [[undefined, 2], 'the library reads replies in the shapes of RESP2'],
  replyMapping: [[undefined, 'legacy'], 'the library reads replies in the shapes of RESP2'],
  stringNumbers: [[undefined, false], 'the library reads numbers as numbers, and refuses those past 2^53'],
  monitor: [[undefined, false], 'a connection that monitors answers nothing: use getClient().monitor()'],
  readOnly: [[undefined, false], 'use readFrom, or replicas'],
  role: [[undefined, 'master'], 'use readFrom'],
  db: [[undefined], 'use connection.db'],
  commandTimeout: [[undefined], 'use connection.commandTimeout'],
  maxRetriesPerRequest: [[undefined, 0], 'a command whose connection broke may have run, and is not sent again'],
  autoResendUnfulfilledCommands: [[undefined, false], 'a command whose connection broke may have run'],
};

/** Options for ioredis, or of its `Cluster` with the options of the nodes inside. */
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
