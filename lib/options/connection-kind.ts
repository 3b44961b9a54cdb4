import type { ConnectionOptions } from './connection.options.js';
import type { ResolvedConnection } from './resolved.options.js';

/** The options that a URL can set in addition to the address. */
export interface CredentialOptions {
  readonly username: string;
  readonly password: string;
  readonly tls: string;
}

export const credentialsOfServers: CredentialOptions = { username: 'username', password: 'password', tls: 'tls' };

/** The description of one kind of connection. */
export interface ConnectionKind {
  readonly options: new () => ConnectionOptions;
  /** Options that no other kind has, so that they imply `type`. */
  readonly telltales: readonly string[];
  /** The option with a list of servers, and the options that their URLs can set. */
  readonly servers?: readonly [list: string, credentials: CredentialOptions];
  /** Fills in the defaults of a valid connection. */
  resolve(connection: ConnectionOptions): ResolvedConnection;
}
