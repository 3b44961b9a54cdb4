import { printable } from '../errors/quoted.js';
import { ConfigError } from '../errors/index.js';
import { MemoryConnection } from './memory.options.js';
import { StandaloneConnection } from './standalone.options.js';
import { instanceOf, problemsOf } from './validate.js';

const TLS_SCHEMES = new Set(['rediss', 'valkeys']);
const SCHEMES = new Set(['redis', 'valkey', ...TLS_SCHEMES, 'unix', 'memory']);

const COMMON_PARAMETERS = ['connectTimeout', 'commandTimeout', 'maxConnections', 'poolSize', 'connect'];
const SERVER_PARAMETERS = [...COMMON_PARAMETERS, 'db'];
const MEMORY_PARAMETERS = [...COMMON_PARAMETERS, 'maxEntries', 'maxBytes', 'policy'];

/** A parsed connection URL, percent-decoded. */
export interface UrlParts {
  readonly scheme: string;
  readonly username?: string;
  readonly password?: string;
  /** IPv6 without brackets; empty if the URL has none. */
  readonly host: string;
  readonly port?: number;
  readonly path: string;
  readonly tls?: true;
  readonly parameters: URLSearchParams;
}

/**
 * The connection that a URL describes.
 *
 * | URL                                           |                                                           |
 * |-----------------------------------------------|-----------------------------------------------------------|
 * | `redis://user:password@host:port/db`          | also `valkey://`; `localhost`, `6379` and `0` by default  |
 * | `rediss://…`, `valkeys://…`                   | the same over TLS                                         |
 * | `unix://user:password@/path/to.sock?db=1`     | a Unix socket                                             |
 * | `memory://`, `memory://name`                  | the embedded engine, private or shared by name            |
 *
 * `?connectTimeout=250ms&commandTimeout=2s&maxConnections=10&poolSize=2&connect=eager` set the options of the same name
 * (`memory://` also takes `maxEntries`, `maxBytes` and `policy`); a plain number is a timeout in seconds. Reserved
 * characters in user and password are percent-encoded.
 *
 * @param what the owner of the URL, the first words of the error
 * @throws ConfigError if it is not such a URL; the message quotes only names of parameters
 * @publicApi
 * @example
 * const connection = parseConnectionUrl('rediss://app@cache.internal/2?commandTimeout=500ms');
 */
export function parseConnectionUrl(url: string, what = 'connection'): StandaloneConnection | MemoryConnection {
  const parts = splitUrl(url, what);
  const connection =
    parts.scheme === 'memory'
      ? instanceOf(MemoryConnection, { type: 'memory', ...memoryOf(parts, what) })
      : instanceOf(StandaloneConnection, { type: 'standalone', ...serverOf(parts, what) });
  const problems = problemsOf(connection, what);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return connection;
}

/** @throws ConfigError if it is not a URL of a known scheme, or a password in it breaks it apart */
export function splitUrl(text: string, what: string): UrlParts {
  const scheme = /^\s*(\w+):\/\//.exec(text)?.[1]!.toLowerCase() ?? '';
  if (!SCHEMES.has(scheme)) {
    throw new ConfigError(`${what} must start with ${[...SCHEMES].map((known) => `${known}://`).join(', ')}`);
  }
  const full = scheme === 'unix' ? withHost(text) : text;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  // Unencoded, `/`, `?` or `#` would end the password, and the rest would count as path or query.
  if (url === undefined || url.hash !== '' || `${url.pathname}${url.search}`.includes('@')) {
    throw new ConfigError(`${what} must be a valid URL, with reserved characters in user and password percent-encoded`);
  }
  if (url.hostname.includes(',')) {
    throw new ConfigError(`${what} must name one host: list several as nodes of a cluster, or as sentinels`);
  }
  return {
    scheme,
    username: decode(url.username, what),
    password: decode(url.password, what),
    host: decode(url.hostname.replace(/^\[(.*)\]$/, '$1'), what) ?? '',
    port: url.port === '' ? undefined : Number(url.port),
    path: decode(url.pathname, what) ?? '',
    tls: TLS_SCHEMES.has(scheme) ? true : undefined,
    parameters: url.searchParams,
  };
}

const NO_HOST = 'socket';

/** A user without a host is not a URL by the standard, and a socket has no host. */
const withHost = (unixUrl: string): string => unixUrl.replace(/^(\s*\w+:\/\/(?:[^/?#]*@)?)\//, `$1${NO_HOST}/`);

function decode(text: string, what: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text);
  } catch {
    // Not as the cause: some versions of Node.js quote the text in it.
    throw new ConfigError(`${what} must be a valid URL: a % in it is not followed by two hexadecimal digits`);
  }
}

function serverOf(parts: UrlParts, what: string): Record<string, unknown> {
  const { scheme, host, port, path, username, password, tls } = parts;
  const { db, ...options } = parametersOf(parts, SERVER_PARAMETERS, what);
  if (scheme === 'unix') {
    if (host !== NO_HOST || port !== undefined || path === '/') {
      throw new ConfigError(`${what} must name the path of a socket after three slashes: unix:///path/to.sock`);
    }
    return { path, username, password, db, ...options };
  }
  const number = path === '' || path === '/' ? undefined : numeric(path.slice(1));
  if (number !== undefined && db !== undefined && number !== db) {
    throw new ConfigError(`${what} must not name two databases, one in the path and another as ?db`);
  }
  return { host: host || 'localhost', port: port ?? 6379, username, password, tls, db: number ?? db, ...options };
}

function memoryOf(parts: UrlParts, what: string): Record<string, unknown> {
  const { host, port, path, username, password } = parts;
  if (port !== undefined || username !== undefined || password !== undefined || !['', '/'].includes(path)) {
    throw new ConfigError(`${what} must have a name only after memory://`);
  }
  return { name: host || undefined, ...parametersOf(parts, MEMORY_PARAMETERS, what) };
}

function parametersOf({ parameters }: UrlParts, known: readonly string[], what: string): Record<string, unknown> {
  for (const name of parameters.keys()) {
    if (!known.includes(name))
      throw new ConfigError(`${what} has an unknown parameter ${printable(name)}; known: ${known.join(', ')}`);
    if (parameters.getAll(name).length > 1) throw new ConfigError(`${what} has the parameter ${printable(name)} twice`);
  }
  return Object.fromEntries(Array.from(parameters, ([name, text]) => [name, numeric(text)]));
}

/** URLs and the environment only have text; the rules of the option check anything that is not a number. */
export const numeric = (text: string): number | string => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
