import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';

/** Where a store keeps its values, as options of `CachexModule` in source text. */
export interface Store {
  readonly connection: string;
  readonly keyPrefix?: string;
  readonly ttl?: ts.Expression;
  readonly isMemory?: boolean;
}

/** Variables of a factory that hold stores; the migration may remove them. */
export type Locals = Map<string, { readonly value: ts.Expression; readonly statement: ts.Statement }>;

/** Reads `createKeyv(url)`, `new KeyvRedis(url)`, `new Keyv({ store })`, `redisStore({ … })`, and stores in memory. */
export class StoreReader {
  /** Statements that nothing needs once their store is read. */
  readonly idle = new Set<ts.Statement>();

  constructor(
    private readonly file: MigratedFile,
    private readonly locals: Locals,
  ) {}

  read(given: ts.Expression): Store | undefined {
    const { ts } = this.file;
    const node = this.resolve(given);
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
    const [name, from] = this.file.imports.storeNamed(node.expression)?.split(' of ') ?? [];
    if (name === undefined || from === undefined) return undefined;
    const [first, second] = node.arguments ?? [];
    if (name === 'CacheableMemory' || name === 'KeyvCacheableMemory') return this.memory(first);
    if (/redis|valkey/i.test(from) || /redis|valkey/i.test(name)) return this.redis(first, second);
    if (name === 'createKeyv') return this.memory(first);
    if (name === 'Keyv' || (name === 'default' && from === 'keyv')) return this.keyv(first, second);
    return undefined;
  }

  /** The store behind a variable of the factory, a cast, or `() => store`. */
  resolve(given: ts.Expression): ts.Expression {
    const { ts } = this.file;
    const node = this.file.bare(given);
    if (ts.isArrowFunction(node) && node.parameters.length === 0 && !ts.isBlock(node.body))
      return this.resolve(node.body);
    const local = ts.isIdentifier(node) ? this.locals.get(node.text) : undefined;
    if (!local) return node;
    this.idle.add(local.statement);
    return this.resolve(local.value);
  }

  private memory(options: ts.Expression | undefined): Store {
    const { lruSize, ttl } = this.properties(options);
    const connection = lruSize ? withLimit(this.file.text(lruSize)) : "'memory://'";
    return { connection, isMemory: true, ...(ttl && { ttl }) };
  }

  private keyv(first: ts.Expression | undefined, second: ts.Expression | undefined): Store | undefined {
    if (!first) return { connection: "'memory://'", isMemory: true };
    const inner = this.read(first);
    const { store, namespace, ttl } = this.properties(inner ? second : first);
    const base = inner ?? (store ? this.read(store) : { connection: "'memory://'", isMemory: true });
    if (!base) return undefined;
    const keyPrefix = namespace ? this.file.text(namespace) : base.keyPrefix;
    return { ...base, ...(keyPrefix && { keyPrefix }), ...(ttl && { ttl }) };
  }

  private redis(address: ts.Expression | undefined, options: ts.Expression | undefined): Store | undefined {
    const { namespace, keyPrefix: prefix } = this.properties(options);
    const keyPrefix = namespace ?? prefix;
    const named = keyPrefix && { keyPrefix: this.file.text(keyPrefix) };
    if (!address) return { connection: "'redis://localhost:6379'", ...named };
    const node = this.file.bare(address);
    if (!this.file.ts.isObjectLiteralExpression(node)) return { connection: this.file.text(address), ...named };
    const connection = connectionOf(this.file, node);
    const { ttl } = this.properties(node);
    return connection === undefined ? undefined : { connection, ...named, ...(ttl && { ttl }) };
  }

  private properties(node: ts.Expression | undefined): Record<string, ts.Expression> {
    const bare = node && this.file.bare(node);
    if (!bare || !this.file.ts.isObjectLiteralExpression(bare)) return {};
    return Object.fromEntries(this.file.propertiesOf(bare) ?? []);
  }
}

export const withLimit = (max: string): string =>
  /^[\d_]+$/.test(max) ? `'memory://?maxEntries=${max.replaceAll('_', '')}'` : `\`memory://?maxEntries=\${${max}}\``;

const connectionNames = new Map([
  ['url', 'url'],
  ['host', 'host'],
  ['port', 'port'],
  ['username', 'username'],
  ['password', 'password'],
  ['auth_pass', 'password'],
  ['database', 'db'],
  ['db', 'db'],
]);
/** Read elsewhere, or the default. */
const elsewhere = new Set(['socket', 'ttl', 'store', 'max', 'isGlobal', 'imports', 'inject', 'useFactory']);

/** `{ url }`, `{ host, port, password, db }`, `{ socket: { host, port } }` of node-redis and ioredis. */
export function connectionOf(file: MigratedFile, literal: ts.ObjectLiteralExpression): string | undefined {
  const properties = file.propertiesOf(literal);
  const socket = properties?.get('socket');
  if (!properties || (socket && !file.ts.isObjectLiteralExpression(socket))) return undefined;
  const inner =
    socket && file.ts.isObjectLiteralExpression(socket) ? file.propertiesOf(socket) : new Map<never, never>();
  if (!inner) return undefined;
  const parts: [string, string][] = [];
  for (const [name, value] of [...properties, ...inner]) {
    const option = connectionNames.get(name);
    if (option) parts.push([option, file.text(value)]);
    else if (!elsewhere.has(name)) return undefined;
  }
  const [only, ...others] = parts;
  if (!only) return undefined;
  if (only[0] === 'url' && others.length === 0) return only[1];
  return `{ ${parts.map(([name, text]) => (name === text ? name : `${name}: ${text}`)).join(', ')} }`;
}
