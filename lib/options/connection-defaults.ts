import type { ConnectionOptions as TlsOptions } from 'node:tls';

import type { ConnectionOptions, ServerAddress, ServerConnection, Tls } from './connection.options.js';
import type { ResolvedAddress } from './resolved.options.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';

/** The options of every kind of connection, with their defaults. */
export function withDefaults(connection: ConnectionOptions) {
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

/** The options of every kind that connects to a server. */
export function withServerDefaults(connection: ServerConnection) {
  const { username, password, credentials, tls } = connection;
  return { username, password, credentials, tls: tlsOptions(tls), ...withDefaults(connection) };
}

export const tlsOptions = (tls: Tls | undefined): TlsOptions | undefined => (tls === true ? {} : tls || undefined);

export function addressesOf(
  list: readonly (ServerAddress | string)[],
  defaultPort: number,
): readonly ResolvedAddress[] {
  const withPort = ({ host, port = defaultPort }: ServerAddress): ResolvedAddress => Object.freeze({ host, port });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- validation has replaced all URLs
  return Object.freeze((list as readonly ServerAddress[]).map(withPort));
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- validation has refused timeouts that never end
const milliseconds = (timeout: Timeout): number => toMilliseconds(timeout) as number;
