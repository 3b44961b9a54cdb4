import type { ConnectionOptions } from './connection.options.js';
import type { ResolvedConnection } from './resolved.options.js';

/** The options that hold what a URL says beside the address. */
export interface CredentialOptions {
  readonly username: string;
  readonly password: string;
  readonly tls: string;
}

export const credentialsOfServers: CredentialOptions = { username: 'username', password: 'password', tls: 'tls' };

/** All that the options have to know of one kind of connection. */
export interface ConnectionKind {
  readonly options: new () => ConnectionOptions;
  /** Options that no other kind has, so that `type` need not be said. */
  readonly telltales: readonly string[];
  /** The option with a list of servers, and where what their URLs say beside the address belongs. */
  readonly servers?: readonly [list: string, credentials: CredentialOptions];
  /** Fills in the defaults of one that is valid. */
  resolve(connection: ConnectionOptions): ResolvedConnection;
}
