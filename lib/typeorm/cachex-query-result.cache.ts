import { createHash, randomUUID } from 'node:crypto';
import { cacheArgument } from '../views/adapter-cache.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { checkVersion, type Version } from '../arguments/version.js';
import type { CachexService } from '../index.js';
import { QueryResults } from '../views/query-results.js';

/** Where {@link CachexQueryResultCache} keeps results. @publicApi */
export interface CachexQueryResultCacheOptions {
  /** The version that results are kept in (`'typeorm'`), which `cache.clear()` leaves alone, and the head of tags. */
  readonly version?: Version;
}

/** What is used of a TypeORM `DataSource`. @publicApi */
export interface CachedDataSource {
  readonly options: object;
  readonly driver: { escape(name: string): string };
  readonly entityMetadatas: readonly { readonly tableName: string }[];
}

/** A query, or its result, as TypeORM has it. @publicApi */
export interface CachedQuery {
  readonly identifier?: string;
  readonly query?: string;
  readonly time?: number;
  /** Milliseconds. */
  readonly duration: number;
  /** JSON of the rows. */
  readonly result?: string;
}

interface Runner {
  readonly isTransactionActive?: boolean;
}

const known: NamesOf<CachexQueryResultCacheOptions> = { version: true };

/**
 * Caches results of TypeORM's queries. The tables that a query names are tags of its result, so that whoever changes
 * them can have all results of them count as missing.
 *
 * @publicApi
 * @example
 * new DataSource({ …, cache: { provider: (dataSource) => new CachexQueryResultCache(cache, dataSource) } });
 * await users.find({ cache: 60_000 });
 * await cache.invalidateTags(['typeorm:user']); // the name of the table
 */
export class CachexQueryResultCache {
  private readonly results: QueryResults;
  private readonly version: Version;
  private readonly database: readonly unknown[];

  /** @throws TypeError for options that make no sense */
  constructor(
    cache: CachexService,
    private readonly dataSource: CachedDataSource,
    options: CachexQueryResultCacheOptions = {},
  ) {
    checkOptions(options, known, 'The options of CachexQueryResultCache', "{ version: 'typeorm' }");
    this.version = checkVersion(options.version ?? 'typeorm');
    this.results = QueryResults.of(cacheArgument(cache, 'CachexQueryResultCache'), this.version);
    this.database = databaseOf(dataSource);
  }

  /** Does nothing: the connections are the cache's. */
  async connect(): Promise<void> {
    await Promise.resolve();
  }

  /** Does nothing: the connections are the cache's, which the application closes. */
  async disconnect(): Promise<void> {
    await Promise.resolve();
  }

  /** Does nothing: there is no table. */
  async synchronize(): Promise<void> {
    await Promise.resolve();
  }

  /** `undefined` where it is not there, and inside of a transaction, which sees what others do not. Redis: `GET`. */
  getFromCache(query: CachedQuery, runner?: Runner): Promise<CachedQuery | undefined> {
    const key = this.keyOf(query);
    if (key === undefined || runner?.isTransactionActive) return Promise.resolve(undefined);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what TypeORM has given to `storeInCache`
    return this.results.lookUp(key, this.tagsOf(query)) as Promise<CachedQuery | undefined>;
  }

  /** Stores a result for as long as its query says, but for one with bytes, which TypeORM's JSON has spoiled. Redis: `SET`. */
  async storeInCache(query: CachedQuery, _saved?: CachedQuery, runner?: Runner): Promise<void> {
    const key = this.keyOf(query);
    if (key === undefined || runner?.isTransactionActive || this.hasBytes(query.result ?? '')) return;
    await this.results.store(key, query, this.tagsOf(query), Math.max(0, Math.ceil(query.duration)));
  }

  /** Never: what has expired is not found. */
  isExpired(_saved: CachedQuery): boolean {
    return false;
  }

  /** Makes all results of TypeORM's count as missing, and deletes them. Redis: `UNLINK`, `SCAN`. */
  async clear(): Promise<void> {
    await this.results.invalidateTags([this.tagOfAll]);
    await this.results.clear();
  }

  /** Makes results count as missing by the ids of their queries. Redis: `UNLINK`. */
  async remove(identifiers: string[]): Promise<void> {
    await this.results.invalidateTags(identifiers.map((identifier) => this.tagOf(identifier)));
  }

  /** Of each database for itself: a query of one is no query of another. */
  private keyOf({ identifier, query }: CachedQuery): string | undefined {
    const id = identifier ? `id:${identifier}` : query && `query:${query}`;
    if (!id) return undefined;
    const hash = createHash('sha256').update(JSON.stringify([...this.database, id]));
    return hash.digest('base64url');
  }

  private hasBytes(json: string): boolean {
    const [type] = this.database;
    return bytesInJson.test(json) || (ofSqlite.has(type) && objectInJson.test(json));
  }

  /** A table that only looks as if it was in the query is one tag more: a result goes too often then, never too seldom. */
  private tagsOf({ identifier, query = '' }: CachedQuery): string[] {
    const { driver, entityMetadatas } = this.dataSource;
    const names = entityMetadatas.map(({ tableName }) => tableName);
    const tables = new Set(names.filter((name) => query.includes(driver.escape(name))));
    const ofTables = [...tables].map((name) => `${this.version}:${name}`);
    return [this.tagOfAll, ...ofTables, ...(identifier ? [this.tagOf(identifier)] : [])];
  }

  private get tagOfAll(): string {
    return `${this.version}:*`;
  }

  private tagOf(identifier: string): string {
    return `${this.version}:id:${identifier}`;
  }
}

/** They tell one database from another, and what one user may see of it from what others may. */
const settingsOfDatabase = [
  ...['url', 'host', 'port', 'socketPath', 'username', 'database', 'schema'],
  ...['sid', 'serviceName', 'connectString', 'location'],
];

/** The first is its type. One in memory is of one DataSource alone, whatever others are called. */
function databaseOf({ options }: CachedDataSource): unknown[] {
  const settings = entriesOf(options);
  const master = entriesOf(entriesOf(settings.get('replication')).get('master'));
  const [type, database] = [settings.get('type'), settings.get('database')];
  const isInMemory = type === 'sqljs' || database === '' || String(database).includes(':memory:');
  return [
    type,
    isInMemory && randomUUID(),
    ...[settings, master].flatMap((of) => settingsOfDatabase.map((name) => of.get(name))),
  ];
}

const entriesOf = (value: unknown): Map<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

/** Their values are numbers, text and bytes: an object is bytes, and `{}` where the driver gives an ArrayBuffer. */
const ofSqlite: ReadonlySet<unknown> = new Set([
  ...['better-sqlite3', 'sqlite', 'sqljs', 'expo', 'cordova', 'capacitor', 'nativescript', 'react-native'],
]);

const objectInJson = /[^\\]":\{/;

/** So begins a Buffer or Uint8Array in JSON; in a text, its quotes would be escaped. */
const bytesInJson = /\{(?:"type":"Buffer","data":\[|"0":)/;
