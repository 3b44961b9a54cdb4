import { join } from 'node:path';
import { type Engine } from './engine.js';
import { host } from './free-port.js';
import { type Certificates } from './tls.js';

export interface ServerOptions {
  engine: Engine;
  /** The default user's password; by default none. */
  password?: string;
  /** ACL users by name, each with its rules as in `ACL SETUSER`: `{ app: 'on >secret ~app:* +@all' }`. */
  aclUsers?: Record<string, string>;
  /** TLS on the port, and no plain text. Client certificates are accepted, but not required. */
  tls?: Certificates;
  /** Also listens on a Unix socket. */
  unixSocket?: boolean;
  /** More directives of redis.conf, in its own syntax; they override the others. */
  config?: Record<string, string>;
  /** Runs as a Sentinel. */
  sentinel?: boolean;
}

/**
 * The user of the helpers and of the servers among themselves, so that tests may change passwords and users freely. It
 * accepts any password.
 */
export const admin = { username: 'test-admin', password: 'any' } as const;

export function unixSocketPath(folder: string): string {
  return join(folder, 'server.sock');
}

function portConfig(port: number, tls?: Certificates): Record<string, string> {
  if (!tls) return { port: String(port) };
  return {
    port: '0',
    'tls-port': String(port),
    'tls-ca-cert-file': tls.ca.certFile,
    'tls-cert-file': tls.server.certFile,
    'tls-key-file': tls.server.keyFile,
    'tls-auth-clients': 'optional',
    'tls-replication': 'yes',
    'tls-cluster': 'yes',
  };
}

/** The text of the server's redis.conf. */
export function serverConfig(options: ServerOptions, port: number, folder: string): string {
  const directives: Record<string, string> = {
    bind: host,
    dir: folder,
    save: '""',
    appendonly: 'no',
    'shutdown-timeout': '0',
    // Otherwise a new replica receives nothing for up to a second after its first copy.
    'repl-diskless-sync': 'no',
    masteruser: admin.username,
    masterauth: admin.password,
    [`user ${admin.username}`]: 'on nopass ~* &* +@all',
    ...portConfig(port, options.tls),
    ...(options.password !== undefined && { requirepass: JSON.stringify(options.password) }),
    ...(options.unixSocket && { unixsocket: unixSocketPath(folder) }),
    ...Object.fromEntries(Object.entries(options.aclUsers ?? {}).map(([name, rules]) => [`user ${name}`, rules])),
    ...options.config,
  };
  return Object.entries(directives)
    .map(([directive, value]) => `${directive} ${value}\n`)
    .join('');
}
