import { createHash, randomUUID } from 'node:crypto';
import { cacheArgument } from '../views/adapter-cache.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { checkVersion, type Version } from '../arguments/version.js';
import type { CachexService } from '../index.js';
import { QueryResults } from '../views/query-results.js';

/** Where {@link CachexQueryResultCache} keeps results. @publicApi */
export interface CachexQueryResultCacheOptions {
  /** The version of the results (`'typeorm'`), which `cache.clear()` leaves alone, and the prefix of their tags. */
  readonly version?: Version;
}

/** The part of a TypeORM `DataSource` in use. @publicApi */
export interface CachedDataSource {
  /** The options of the data source; those of the cache are in `cache`. */
  readonly options: object;
  /** Writes names as the database does. */
  readonly driver: { escape(name: string): string };
  /** The entities and their tables. */
  readonly entityMetadatas: readonly { readonly tableName: string }[];
}

/** A query or its result, in TypeORM's form. @publicApi */
export interface CachedQuery {
  /** The name that the query was given: `cache: { id: 'users' }`. */
  readonly identifier?: string;
  /** The SQL with its parameters. */
  readonly query?: string;
  /** When it was stored: a Unix time in milliseconds. */
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
 * Caches the results of TypeORM's queries. The tables in a query are tags of its result, so that code which changes a
 * table can invalidate all of its results.
 *
 * @publicApi
 * @example
 * new DataSource({ ...options, cache: { provider: (dataSource) => new CachexQueryResultCache(cache, dataSource) } });
 * await users.find({ cache: 60_000 });
 * await cache.invalidateTags(['typeorm:user']); // the name of the table
 */
export class CachexQueryResultCache {
  private readonly results: QueryResults;
  private readonly version: Version;
  private readonly database: readonly unknown[];

  /** @throws TypeError for invalid options */
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

  /** `undefined` if there is none, and inside a transaction, which sees uncommitted data. Redis: `GET`. */
  getFromCache(query: CachedQuery, runner?: Runner): Promise<CachedQuery | undefined> {
    const key = this.keyOf(query);
    if (key === undefined || runner?.isTransactionActive) return Promise.resolve(undefined);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what TypeORM has given to `storeInCache`
    return this.results.lookUp(key, this.tagsOf(query)) as Promise<CachedQuery | undefined>;
  }

  /**
   * Stores a result for as long as its query says, unless it holds bytes, which TypeORM's JSON corrupts. Redis: `SET`.
   */
  async storeInCache(query: CachedQuery, _saved?: CachedQuery, runner?: Runner): Promise<void> {
    const key = this.keyOf(query);
    if (key === undefined || runner?.isTransactionActive || this.hasBytes(query.result ?? '')) return;
    await this.results.store(key, query, this.tagsOf(query), Math.max(0, Math.ceil(query.duration)));
  }

  /** Never: expired results are not found. */
  isExpired(_saved: CachedQuery): boolean {
    return false;
  }

  /** Invalidates and deletes all results of TypeORM. Redis: `UNLINK`, `SCAN`. */
  async clear(): Promise<void> {
    await this.results.invalidateTags([this.tagOfAll]);
    await this.results.clear();
  }

  /** Invalidates results by the ids of their queries. Redis: `UNLINK`. */
  async remove(identifiers: string[]): Promise<void> {
    await this.results.invalidateTags(identifiers.map((identifier) => this.tagOf(identifier)));
  }

  /** Separate for each database: the same query on another is a different one. */
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

  /** A name that only looks like a table adds a needless tag: then a result is dropped too often, never too seldom. */
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

/** The properties that distinguish databases, and users, who may see different data. */
const settingsOfDatabase = [
  ...['url', 'host', 'port', 'socketPath', 'username', 'database', 'schema'],
  ...['sid', 'serviceName', 'connectString', 'location'],
];

/** The type comes first. A database in memory belongs to one DataSource alone, whatever the names of others. */
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

/** Values are numbers, text and bytes: an object is bytes, and `{}` if the driver returns an ArrayBuffer. */
const ofSqlite: ReadonlySet<unknown> = new Set([
  ...['better-sqlite3', 'sqlite', 'sqljs', 'expo', 'cordova', 'capacitor', 'nativescript', 'react-native'],
]);

const objectInJson = /[^\\]":\{/;

/** The beginning of a Buffer or Uint8Array in JSON; inside a text, its quotes would be escaped. */
const bytesInJson = /\{(?:"type":"Buffer","data":\[|"0":)/;
