import { registerAs } from '@nestjs/config';

import { ConfigError } from '../errors/index.js';
import type { CachexOptions } from './cachex.options.js';
import { readOptions } from './resolve-options.js';
import { hideSecrets } from './secrets.js';
import { numeric, parseConnectionUrl } from './url.js';
import { collect } from './validate.js';

type Options = Record<string, unknown>;
type Namespace = ReturnType<typeof register>;

/** A variable: the path of its option, and how to read its text. */
interface Variable {
  readonly option: string;
  readonly read: (text: string) => unknown;
}

const trimmed = (text: string): string => text.trim();
const verbatim = (text: string): string => text;
const number = (text: string): unknown => numeric(text.trim());
const timeout = (text: string): unknown => (text.trim() === 'never' ? null : number(text));
const version = (text: string): unknown => (/^(0|-?[1-9]\d*)$/.test(text.trim()) ? Number(text) : text.trim());
const list = (text: string): string[] => text.split(',').map(trimmed);
const flag = (text: string): unknown => FLAGS.get(text.trim().toLowerCase()) ?? text;

const FLAGS = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** Each of them selects the server; at most one may be set. */
const SOURCES = ['CACHEX_URL', 'CACHEX_SENTINELS', 'CACHEX_CLUSTER_NODES'];

const VARIABLES: Readonly<Record<string, Variable>> = {
  CACHEX_URL: { option: 'connection', read: verbatim },
  CACHEX_SENTINELS: { option: 'connection.sentinels', read: list },
  CACHEX_SENTINEL_NAME: { option: 'connection.name', read: trimmed },
  CACHEX_SENTINEL_USERNAME: { option: 'connection.sentinelUsername', read: trimmed },
  CACHEX_SENTINEL_PASSWORD: { option: 'connection.sentinelPassword', read: verbatim },
  CACHEX_CLUSTER_NODES: { option: 'connection.nodes', read: list },
  CACHEX_READ_FROM: { option: 'connection.readFrom', read: trimmed },
  CACHEX_USERNAME: { option: 'connection.username', read: trimmed },
  CACHEX_PASSWORD: { option: 'connection.password', read: verbatim },
  CACHEX_CONNECT: { option: 'connection.connect', read: trimmed },
  CACHEX_CONNECT_TIMEOUT: { option: 'connection.connectTimeout', read: number },
  CACHEX_COMMAND_TIMEOUT: { option: 'connection.commandTimeout', read: number },
  CACHEX_POOL_SIZE: { option: 'connection.poolSize', read: number },
  CACHEX_MAX_CONNECTIONS: { option: 'connection.maxConnections', read: number },
  CACHEX_KEY_PREFIX: { option: 'keyPrefix', read: trimmed },
  CACHEX_VERSION: { option: 'version', read: version },
  CACHEX_TIMEOUT: { option: 'timeout', read: timeout },
  CACHEX_SERIALIZER: { option: 'serializer', read: list },
  CACHEX_COMPRESSOR: { option: 'compressor', read: list },
  CACHEX_IGNORE_EXCEPTIONS: { option: 'ignoreExceptions', read: flag },
  CACHEX_LOG_IGNORED_EXCEPTIONS: { option: 'logIgnoredExceptions', read: flag },
  CACHEX_STAMPEDE: { option: 'stampede', read: flag },
  CACHEX_TRACKING: { option: 'tracking', read: flag },
  CACHEX_TRACE_KEYS: { option: 'traceKeys', read: flag },
};

/** The longest first, because `connection` is a prefix of others. */
const OPTIONS = Object.values(VARIABLES)
  .map(({ option }) => option)
  .toSorted((a, b) => b.length - a.length);

/**
 * Options of the module from the `CACHEX_*` variables of an environment; empty ones count as left out.
 *
 * @throws ConfigError if a variable is unknown or its value is wrong; the message has a line for each
 * @example
 * optionsFromEnv({ CACHEX_URL: 'redis://localhost:6379', CACHEX_KEY_PREFIX: 'shop', CACHEX_TIMEOUT: '10m' })
 * @publicApi
 */
export function optionsFromEnv(env: NodeJS.ProcessEnv): CachexOptions {
  const problems: string[] = [];
  const options: Options = {};
  const connection: Options = {};
  const given = Object.entries(env).filter(([name, text]) => name.startsWith('CACHEX_') && text?.trim());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the filter has removed variables without text
  for (const [name, text] of given as [string, string][]) {
    const variable: Variable | undefined = VARIABLES[name];
    if (variable === undefined) {
      problems.push(`${name} is not a known variable; known are ${Object.keys(VARIABLES).join(', ')}`);
    } else if (variable.option.startsWith('connection.')) {
      connection[variable.option.slice('connection.'.length)] = variable.read(text);
    } else if (name !== 'CACHEX_URL') {
      options[variable.option] = variable.read(text);
    }
  }
  const source = connectionOf(env, connection, problems);
  if (source) options.connection = source;
  problems.push(...readOptions(options).problems.map(inTermsOfVariables));
  if (problems.length > 0) throw new ConfigError(['The CACHEX_* variables are not valid:', ...problems].join('\n'));
  return options;
}

/**
 * The configuration namespace `cachex` of `@nestjs/config`: {@link optionsFromEnv} of `process.env`, after
 * `ConfigModule` has read its `.env` files.
 *
 * @example
 * CachexModule.forRootAsync(cachexConfig.asProvider())
 * @publicApi
 */
export const cachexConfig = registeredOnUse(() => optionsFromEnv(process.env));

const register = (factory: () => CachexOptions) => registerAs('cachex', factory);

/**
 * Loads `@nestjs/config` on the first access to the namespace: most applications never need it, and Jest cannot load
 * version 12, an ES module, before Node.js 24.9.
 */
function registeredOnUse(factory: () => CachexOptions): Namespace {
  let namespace: Namespace | undefined;
  const registered = (): Namespace => (namespace ??= register(factory));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every property access goes to the registered namespace
  return new Proxy(factory as Namespace, {
    get: (_, property) => Reflect.get(registered(), property) as unknown,
    has: (_, property) => Reflect.has(registered(), property),
    ownKeys: () => Reflect.ownKeys(registered()),
    getOwnPropertyDescriptor: (_, property) => Reflect.getOwnPropertyDescriptor(registered(), property),
  });
}

function connectionOf(env: NodeJS.ProcessEnv, others: Options, problems: string[]): object | undefined {
  const sources = SOURCES.filter((name) => env[name]?.trim());
  if (sources.length > 1) {
    problems.push(`${sources.join(' and ')} exclude each other: each names the server`);
    return undefined;
  }
  const [source] = sources;
  for (const name of Object.keys(others).map((option) => variableOf(`connection.${option}`))) {
    const needed = name.startsWith('CACHEX_SENTINEL_') ? ['CACHEX_SENTINELS'] : SOURCES;
    if (source === undefined || !needed.includes(source))
      problems.push(`${name} needs ${needed.join(' or ')} beside it`);
  }
  if (source === undefined) return undefined;
  if (source !== 'CACHEX_URL') return hideSecrets(others);
  const parsed = collect(problems, () => parseConnectionUrl(env.CACHEX_URL!, 'CACHEX_URL'));
  return parsed && Object.assign(parsed, others);
}

/** Problems begin with the path of an option, which means nothing to a user who has set variables. */
function inTermsOfVariables(problem: string): string {
  const option = OPTIONS.find((path) => problem.startsWith(path) && /[ .]/.test(problem[path.length]!));
  if (option === undefined) return problem;
  return (
    variableOf(option) +
    problem.slice(option.length).replace(/^ should not exist$/, ' has no meaning for this kind of connection')
  );
}

const variableOf = (option: string): string =>
  Object.keys(VARIABLES).find((name) => VARIABLES[name]!.option === option)!;
