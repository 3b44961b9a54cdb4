import { type CredentialOptions, readAddresses } from './addresses.js';
import { ClusterConnection } from './cluster.options.js';
import { MemoryConnection } from './memory.options.js';
import { isObject } from './option-rules.js';
import { SentinelConnection } from './sentinel.options.js';
import { StandaloneConnection } from './standalone.options.js';
import { parseConnectionUrl } from './url.js';
import { collect, instanceOf } from './validate.js';

/** Where the cache's data are. @publicApi */
export type Connection = StandaloneConnection | SentinelConnection | ClusterConnection | MemoryConnection;

const KINDS = {
  standalone: StandaloneConnection,
  sentinel: SentinelConnection,
  cluster: ClusterConnection,
  memory: MemoryConnection,
} as const;
type Kind = keyof typeof KINDS;

/** Options that only one kind has, so that `type` need not be said. */
const TELLTALES: Readonly<Record<string, Kind>> = {
  url: 'standalone',
  host: 'standalone',
  port: 'standalone',
  path: 'standalone',
  sentinels: 'sentinel',
  nodes: 'cluster',
};

const OF_SERVERS: CredentialOptions = { username: 'username', password: 'password', tls: 'tls' };
const OF_SENTINELS: CredentialOptions = {
  username: 'sentinelUsername',
  password: 'sentinelPassword',
  tls: 'sentinelTls',
};

/** The list of servers that a kind has, and where what their URLs say beside the address belongs. */
const LISTS: Readonly<Record<Kind, readonly [list: string, credentials: CredentialOptions] | undefined>> = {
  standalone: ['replicas', OF_SERVERS],
  sentinel: ['sentinels', OF_SENTINELS],
  cluster: ['nodes', OF_SERVERS],
  memory: undefined,
};

/** An instance of the class that `type`, or the scheme of the URL, stands for; undefined where there is a problem. */
export function readConnection(plain: unknown, problems: string[]): Connection | undefined {
  // The properties of a URL object are not its own: taken for options, they would be lost without a word.
  if (plain instanceof URL) return readConnection(plain.href, problems);
  if (typeof plain === 'string') return collect(problems, () => parseConnectionUrl(plain));
  if (!isObject(plain)) {
    problems.push('connection must be a URL or an object');
    return undefined;
  }
  const kind = kindOf(plain, problems);
  if (kind === undefined) return undefined;
  const given = instanceOf<Connection>(KINDS[kind], { ...plain, type: kind });
  const connection = given instanceof StandaloneConnection ? expandUrl(given, problems) : given;
  const servers = LISTS[kind];
  if (connection && servers) {
    readAddresses(connection as unknown as Record<string, unknown>, ...servers, problems);
  }
  return connection;
}

function kindOf(given: Record<string, unknown>, problems: string[]): Kind | undefined {
  const { type } = given;
  if (type !== undefined) {
    if (typeof type === 'string' && Object.hasOwn(KINDS, type)) return type as Kind;
    problems.push(`connection.type must be one of the following values: ${Object.keys(KINDS).join(', ')}`);
    return undefined;
  }
  const told = Object.keys(TELLTALES).filter((name) => given[name] !== undefined);
  const kinds = new Set(told.map((name) => TELLTALES[name]));
  if (kinds.size === 1) return [...kinds][0];
  const why = told.length === 0 ? 'nothing else tells it' : `${told.join(' and ')} contradict each other`;
  problems.push(`connection.type should not be empty (${Object.keys(KINDS).join(', ')}): ${why}`);
  return undefined;
}

/** Puts what the URL says in its place. What stands beside it wins, but cannot point elsewhere or undo TLS. */
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
