import { readAddresses } from './addresses.js';
import { type ClusterConnection, clusterKind } from './cluster.options.js';
import type { ConnectionOptions } from './connection.options.js';
import { type MemoryConnection, memoryKind } from './memory.options.js';
import { isObject } from './option-rules.js';
import type { ResolvedConnection } from './resolved.options.js';
import { hideSecrets } from './secrets.js';
import { type SentinelConnection, sentinelKind } from './sentinel.options.js';
import { StandaloneConnection, standaloneKind } from './standalone.options.js';
import { parseConnectionUrl } from './url.js';
import { collect, instanceOf } from './validate.js';

/** The server of the cache. @publicApi */
export type Connection = StandaloneConnection | SentinelConnection | ClusterConnection | MemoryConnection;

const kinds = { standalone: standaloneKind, sentinel: sentinelKind, cluster: clusterKind, memory: memoryKind };
type Kind = keyof typeof kinds;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table is a literal, whose keys are all that it has
const telltales = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
  kinds[kind].telltales.map((name) => [name, kind] as const),
);

/** Fills in the defaults of a valid connection. */
export function resolveConnection(connection: Connection): ResolvedConnection {
  return Object.freeze(hideSecrets(kinds[connection.type ?? 'standalone'].resolve(connection)));
}

/** An instance of the class that `type`, or the scheme of the URL, selects; undefined if there is a problem. */
export function readConnection(plain: unknown, problems: string[]): Connection | undefined {
  // The properties of a URL object are not its own: read as options, they would be lost silently.
  if (plain instanceof URL) return readConnection(plain.href, problems);
  if (typeof plain === 'string') return collect(problems, () => parseConnectionUrl(plain));
  if (!isObject(plain)) {
    problems.push('connection must be a URL or an object');
    return undefined;
  }
  const kind = kindOf(plain, problems);
  if (kind === undefined) return undefined;
  const given = instanceOf<ConnectionOptions>(kinds[kind].options, { ...plain, type: kind });
  const connection = given instanceof StandaloneConnection ? expandUrl(given, problems) : given;
  const { servers } = kinds[kind];
  if (connection && servers) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the address list is read and replaced by its name
    readAddresses(connection as unknown as Record<string, unknown>, ...servers, problems);
  }
  if (connection) problems.push(...twoCredentials(connection));
  return connection;
}

/** A password beside a provider: nobody could tell which of the two applies. */
function twoCredentials(connection: ConnectionOptions): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any options may have these properties
  const given = connection as Readonly<Record<string, unknown>>;
  const ofDriver = isObject(given.redisOptions) ? given.redisOptions : {};
  const ofNodes = isObject(ofDriver.redisOptions) ? ofDriver.redisOptions : {};
  const places = [
    ['credentials', '', given, ['password']],
    ['sentinelCredentials', '', given, ['sentinelPassword']],
    ['credentials', 'redisOptions.', ofDriver, ['username', 'password']],
    ['credentials', 'redisOptions.redisOptions.', ofNodes, ['username', 'password']],
    ['sentinelCredentials', 'redisOptions.', ofDriver, ['sentinelUsername', 'sentinelPassword']],
  ] as const;
  return places.flatMap(([provider, path, options, names]) =>
    names
      .filter((name) => given[provider] !== undefined && options[name] !== undefined)
      .map((name) => `connection.${path}${name} must not stand beside connection.${provider}`),
  );
}

function kindOf(given: Record<string, unknown>, problems: string[]): Kind | undefined {
  const { type } = given;
  if (type !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the line above has found the name in the table
    if (typeof type === 'string' && Object.hasOwn(kinds, type)) return type as Kind;
    problems.push(`connection.type must be one of the following values: ${Object.keys(kinds).join(', ')}`);
    return undefined;
  }
  const told = telltales.filter(([name]) => given[name] !== undefined);
  const possible = new Set(told.map(([, kind]) => kind));
  if (possible.size === 1) return [...possible][0];
  const why =
    told.length === 0 ? 'nothing else tells it' : `${told.map(([name]) => name).join(' and ')} contradict each other`;
  problems.push(`connection.type should not be empty (${Object.keys(kinds).join(', ')}): ${why}`);
  return undefined;
}

/** Replaces the URL by its options. Options beside it take precedence, but cannot point elsewhere or turn TLS off. */
function expandUrl(connection: StandaloneConnection, problems: string[]): StandaloneConnection | undefined {
  const { url, ...beside } = connection;
  const whole = typeof url === 'string' ? ['url', 'host', 'port', 'path'] : ['path', 'host', 'port'];
  const [given, ...others] = whole.filter((name) => name in connection);
  if (given === whole[0]) {
    problems.push(...others.map((name) => `connection.${name} must not be combined with connection.${given}`));
  }
  if (typeof url !== 'string') return connection;
  const parsed = collect(problems, () => parseConnectionUrl(url, 'connection.url'));
  if (parsed === undefined) return undefined;
  if (!(parsed instanceof StandaloneConnection)) {
    problems.push("connection.url must be that of a server; the embedded engine is { type: 'memory' }");
    return undefined;
  }
  if (parsed.tls && beside.tls === false) problems.push('connection.tls must not be false beside a URL with TLS');
  return Object.assign(parsed, beside);
}
