import { ConfigError } from '../errors/index.js';
import type { CredentialOptions } from './connection-kind.js';
import { ServerAddress } from './connection.options.js';
import { isObject } from './option-rules.js';
import { splitUrl, type UrlParts } from './url.js';
import { collect, instanceOf } from './validate.js';

/**
 * Turns the entries of a list of servers into instances of {@link ServerAddress}. The connection takes over credentials
 * and TLS from their URLs if it has none of its own; otherwise they must agree.
 */
export function readAddresses(
  connection: Record<string, unknown>,
  list: string,
  credentials: CredentialOptions,
  problems: string[],
): void {
  const entries = connection[list];
  if (!Array.isArray(entries)) return;
  connection[list] = entries.map((entry: unknown, index) => {
    const path = `connection.${list}.${index}`;
    if (typeof entry === 'string') {
      return collect(problems, () => {
        const parts = splitAddress(entry, path);
        adopt(connection, parts, credentials, path);
        return instanceOf(ServerAddress, { host: parts.host, port: parts.port });
      });
    }
    if (isObject(entry)) return instanceOf(ServerAddress, entry);
    problems.push(`${path} must be { host, port }, 'host:port' or a URL`);
    return undefined;
  });
}

/** @throws ConfigError if it is neither `host:port` nor the URL of a server */
function splitAddress(text: string, path: string): UrlParts {
  const parts = splitUrl(text.includes('://') ? text : `redis://${text}`, path);
  if (parts.scheme === 'unix' || parts.scheme === 'memory' || parts.host === '') {
    throw new ConfigError(`${path} must name a host`);
  }
  if (!['', '/'].includes(parts.path) || parts.parameters.size > 0) {
    throw new ConfigError(`${path} must have neither database nor parameters`);
  }
  return parts;
}

function adopt(
  connection: Record<string, unknown>,
  parts: UrlParts,
  credentials: CredentialOptions,
  path: string,
): void {
  for (const part of ['username', 'password', 'tls'] as const) {
    const theirs = parts[part];
    const option = credentials[part];
    if (theirs === undefined) continue;
    connection[option] ??= theirs;
    const ours = part === 'tls' ? Boolean(connection[option]) : connection[option];
    if (ours !== theirs) throw new ConfigError(`${path} must not have a ${part} other than connection.${option}`);
  }
}
