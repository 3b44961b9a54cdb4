import { is, Table } from 'drizzle-orm';
import { Cache } from 'drizzle-orm/cache/core';
import { floatArgument } from '../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { checkVersion, type Version } from '../arguments/version.js';
import type { CachexService } from '../index.js';
import { cacheArgument } from '../views/adapter-cache.js';
import { QueryResults } from '../views/query-results.js';
import { longestTimerMs } from '../waiting/pause.js';
import { storableResponse } from './storable-response.js';

/** What {@link CachexDrizzleCache} caches, and for how long. @publicApi */
export interface CachexDrizzleCacheOptions {
  /** Which queries are cached: those with `$withCache()` (`'explicit'`), or all without `$withCache(false)`. */
  readonly strategy?: 'explicit' | 'all';
  /** How long results live if their query does not say; by default, the module's timeout. */
  readonly timeout?: Timeout;
  /**
   * How long a change of a table may take to be committed or rolled back (1 s): so long this process reads results of it
   * from the database, and stores none; then they are invalidated once more. 0 where changes are not made in transactions.
   */
  readonly settle?: Exclude<Timeout, null>;
  /** The version of the results (`'drizzle'`), which `cache.clear()` leaves alone, and the prefix of their tags. */
  readonly version?: Version;
}

/** A change. Declared here because Drizzle has its types twice, for ES modules and for CommonJS. @publicApi */
export interface DrizzleChange {
  /** The tags of `$withCache({ tag })`. */
  readonly tags?: string | readonly string[];
  /** Tables of Drizzle, or their names. */
  readonly tables?: object | string | readonly (object | string)[];
}

/** How long the result of a query lives, according to the query. @publicApi */
export interface DrizzleLife {
  /** Seconds. */
  readonly ex?: number;
  /** Milliseconds. */
  readonly px?: number;
  /** Unix time in seconds. */
  readonly exat?: number;
  /** Unix time in milliseconds. */
  readonly pxat?: number;
}

const known: NamesOf<CachexDrizzleCacheOptions> = { strategy: true, timeout: true, settle: true, version: true };

/**
 * Caches the results of Drizzle's queries. The tables of a query are tags of its result: a change of a table through
 * the same `db`, in any process, invalidates all results of that table.
 *
 * @publicApi
 * @example
 * const db = drizzle(client, { cache: new CachexDrizzleCache(cache) });
 * await db.select().from(users).$withCache();
 * await cache.invalidateTags(['drizzle:users']); // like `db.$cache.invalidate({ tables: users })`
 */
export class CachexDrizzleCache extends Cache {
  private readonly results: QueryResults;
  private readonly version: Version;
  private readonly isForAll: boolean;
  private readonly timeoutMs: number | null;
  private readonly settleMs: number;
  /** Tags of what was changed, and may not be committed: how many changes of each. */
  private readonly unsettled = new Map<string, number>();

  /** @throws TypeError for invalid options */
  constructor(cache: CachexService, options: CachexDrizzleCacheOptions = {}) {
    super();
    checkOptions(options, known, 'The options of CachexDrizzleCache', "{ strategy: 'all' }");
    const { strategy = 'explicit', settle = '1s', version = 'drizzle', timeout } = options;
    if (strategy !== 'explicit' && strategy !== 'all') throw new TypeError("strategy must be 'explicit' or 'all'");
    this.isForAll = strategy === 'all';
    this.version = checkVersion(version);
    this.results = QueryResults.of(cacheArgument(cache, 'CachexDrizzleCache'), version);
    this.timeoutMs = timeout === undefined ? this.results.defaultMs : toMilliseconds(timeout);
    this.settleMs = Math.min(toMilliseconds(settle, 'settle') ?? 0, longestTimerMs);
  }

  /** Which queries are cached, for Drizzle. */
  override strategy(): 'explicit' | 'all' {
    return this.isForAll ? 'all' : 'explicit';
  }

  /** Redis: `GET`. */
  override get(
    key: string,
    tables: string[],
    isTag: boolean,
    isAutoInvalidate?: boolean,
  ): Promise<unknown[] | undefined> {
    const named = isTag ? [key] : [];
    // Drizzle does not say which query is of a transaction: one that has changed a table sees rows that nobody else may.
    const isUnsettled = this.tagsOf(tables, named).some((tag) => this.unsettled.has(tag));
    if (isUnsettled) return this.results.lookPast(keyOf(key, isTag));
    const tags = this.tagsOf(isAutoInvalidate ? tables : [], named);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Drizzle has given to `put`
    return this.results.lookUp(keyOf(key, isTag), tags) as Promise<unknown[] | undefined>;
  }

  /** Redis: `SET`. */
  override async put(
    key: string,
    response: unknown,
    tables: string[],
    isTag: boolean,
    config?: DrizzleLife | null,
  ): Promise<void> {
    const tags = this.tagsOf(tables, isTag ? [key] : []);
    await this.results.store(keyOf(key, isTag), storableResponse(response), tags, lifeOf(config, this.timeoutMs));
  }

  /**
   * Invalidates the results of tables, and those with one of the tags of `$withCache({ tag })`; once more when the
   * change has settled. In all scopes, because tenants share tables. Redis: `UNLINK`.
   */
  override async onMutate({ tags = [], tables = [] }: DrizzleChange): Promise<void> {
    const changed = this.tagsOf(listOf(tables).flatMap(nameOf), listOf(tags));
    if (this.settleMs > 0) this.settle(changed);
    await this.results.unscoped().invalidateTags(changed);
  }

  private settle(changed: readonly string[]): void {
    const count = (tag: string, by: number): number => (this.unsettled.get(tag) ?? 0) + by;
    for (const tag of changed) this.unsettled.set(tag, count(tag, 1));
    const settled = (): void => {
      for (const tag of changed) {
        if (count(tag, -1) > 0) this.unsettled.set(tag, count(tag, -1));
        else this.unsettled.delete(tag);
      }
      this.results
        .unscoped()
        .invalidateTags(changed)
        .catch(() => undefined);
    };
    setTimeout(settled, this.settleMs).unref();
  }

  private tagsOf(tables: readonly string[], tags: readonly string[]): string[] {
    const ofTables = tables.map((table) => `${this.version}:${table}`);
    return [...new Set([...ofTables, ...tags.map((tag) => `${this.version}:tag:${tag}`)])];
  }
}

const keyOf = (key: string, isTag: boolean): string => (isTag ? `tag:${key}` : `query:${key}`);

function nameOf(table: unknown): string[] {
  if (typeof table === 'string') return [table];
  if (!is(table, Table)) return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Drizzle keeps them from its types
  const { [baseName]: name, [schemaName]: schema } = table as unknown as Readonly<Record<symbol, string | undefined>>;
  return schema ? [name!, `${schema}.${name}`] : [name!];
}

/** Queries use the declared names of tables, never an alias; with PostgreSQL, preceded by the schema. */
const baseName = Symbol.for('drizzle:BaseName');
const schemaName = Symbol.for('drizzle:Schema');

const listOf = <T>(one: T | readonly T[]): readonly T[] => (isList(one) ? one : [one]);

const isList = <T>(one: T | readonly T[]): one is readonly T[] => Array.isArray(one);

/** Milliseconds, as the query says; `null` is never, 0 not at all. */
function lifeOf(config: DrizzleLife | null | undefined, otherwise: number | null): number | null {
  const { ex, px, exat, pxat } = config ?? {};
  const ms = px ?? (ex === undefined ? undefined : ex * 1000);
  const end = pxat ?? (exat === undefined ? undefined : exat * 1000);
  const life = ms ?? (end === undefined ? undefined : end - Date.now());
  if (life === undefined) return otherwise;
  return life === Infinity
    ? null
    : Math.max(0, Math.ceil(floatArgument(life, 'How long a query says its result lives')));
}
