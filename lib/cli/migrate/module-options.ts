import type ts from 'typescript';
import type { MigratedFile } from './migrated-file.js';
import { connectionOf, type Locals, type Store, StoreReader, withLimit } from './stores.js';
import { timeoutFor } from './times.js';

export interface ModuleOptions {
  /** An object literal: the options of `CachexModule`. */
  readonly text: string;
  /** Statements of the factory that created stores, and are no longer needed. */
  readonly idle: ReadonlySet<ts.Statement>;
}

const known = new Set(['isGlobal', 'ttl', 'max', 'stores', 'store', 'imports', 'inject', 'useFactory']);

/** Translates options of `CacheModule` to options of `CachexModule`, or says why it cannot. */
export function readModuleOptions(
  file: MigratedFile,
  literal: ts.ObjectLiteralExpression | undefined,
  locals: Locals,
): ModuleOptions | string {
  const properties = literal ? file.propertiesOf(literal) : new Map<string, ts.Expression>();
  if (!properties) return 'its options are spread or computed';
  const reader = new StoreReader(file, locals);
  const stores = storesOf(file, reader, literal, properties);
  if (typeof stores === 'string') return stores;
  const target = stores.find(({ isMemory }) => !isMemory) ?? stores[0];
  const max = properties.get('max');
  const connection = target?.connection ?? (max ? withLimit(file.text(max)) : "'memory://'");
  const ttl = properties.get('ttl') ?? stores.find((store) => store.ttl)?.ttl;
  const isLayered = stores.length === 2 && stores.some(({ isMemory }) => isMemory) && target?.isMemory !== true;
  const parts = [
    connection === 'connection' ? connection : `connection: ${connection}`,
    ...(target?.keyPrefix ? [`keyPrefix: ${target.keyPrefix}`] : []),
    `timeout: ${ttl ? timeoutFor(file.ts, ttl, file.text(ttl), file.unit) : 'null'}`,
    ...(isLayered ? ['tracking: true'] : []),
  ];
  return { text: `{ ${parts.join(', ')} }`, idle: reader.idle };
}

function storesOf(
  file: MigratedFile,
  reader: StoreReader,
  literal: ts.ObjectLiteralExpression | undefined,
  properties: ReadonlyMap<string, ts.Expression>,
): readonly Store[] | string {
  const { ts } = file;
  const [stores, store] = [properties.get('stores'), properties.get('store')];
  if (store && literal) return storeOf(file, reader, literal, store);
  const unknown = [...properties.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) return `its option ${unknown} is not known`;
  if (!stores) return [];
  const given = reader.resolve(stores);
  const elements = ts.isArrayLiteralExpression(given) ? given.elements : [given];
  const read = elements.map((element) => reader.read(element));
  const isRead = (one: Store | undefined): one is Store => one !== undefined;
  if (!read.every(isRead)) return 'one of its stores is not understood';
  const hasOneServer = read.filter(({ isMemory }) => !isMemory).length <= 1;
  return read.length <= 2 && hasOneServer ? read : 'it has more than one store on a server';
}

/** Before version 6: `store: redisStore` with `host` and `port` beside it, or `store: await redisStore({ … })`. */
function storeOf(
  file: MigratedFile,
  reader: StoreReader,
  literal: ts.ObjectLiteralExpression,
  store: ts.Expression,
): readonly Store[] | string {
  if (file.ts.isStringLiteral(store) && store.text === 'memory') return [];
  const read = reader.read(store);
  if (read) return [read];
  const name = file.imports.storeNamed(reader.resolve(store));
  const connection = name && /redis|valkey/i.test(name) ? connectionOf(file, literal) : undefined;
  return connection === undefined ? 'its store is not understood' : [{ connection }];
}
