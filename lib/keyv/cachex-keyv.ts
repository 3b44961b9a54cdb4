import { EventEmitter } from 'node:events';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { AdapterCache, cacheArgument } from '../views/adapter-cache.js';
import { escapeGlob } from '../execution/key-builder.js';
import type { CachexService, Version } from '../index.js';

/** Where {@link CachexKeyv} keeps its entries. @publicApi */
export interface CachexKeyvOptions {
  /** The version of the entries (`'keyv'`), which `cache.clear()` leaves alone. */
  readonly version?: Version;
}

/** An entry of `setMany`. @publicApi */
export interface KeyvEntry {
  /** The key, as Keyv gives it. */
  readonly key: string;
  /** What to store. */
  readonly value: unknown;
  /** Milliseconds; forever if left out. */
  readonly ttl?: number;
}

const known: NamesOf<CachexKeyvOptions> = { version: true };

/**
 * A storage adapter for Keyv 5 and 6, and so for `@nestjs/cache-manager` and anything else that takes a Keyv. Each Keyv
 * needs its own, which costs nothing: Keyv sets its namespace on it.
 *
 * @publicApi
 * @example
 * const keyv = new Keyv({ store: new CachexKeyv(cache), namespace: 'users' });
 * @example
 * CacheModule.registerAsync({
 *   inject: [CachexService],
 *   useFactory: (cache: CachexService) => ({ stores: new CachexKeyv(cache), ttl: 60_000 }),
 * })
 */
export class CachexKeyv extends EventEmitter {
  /** Tells Keyv 5 that it can be iterated. */
  readonly opts: Record<string, unknown> = { dialect: 'redis' };
  /** Set by Keyv. Entries of different namespaces, and entries without one, are separate. */
  namespace: string | undefined = undefined;
  private readonly cache: AdapterCache;

  /** @throws TypeError for invalid options */
  constructor(cache: CachexService, options: CachexKeyvOptions = {}) {
    super();
    checkOptions(options, known, 'The options of CachexKeyv', "{ version: 'keyv' }");
    this.cache = AdapterCache.of(cacheArgument(cache, 'CachexKeyv'), options.version ?? 'keyv');
  }

  /** `undefined` if the key does not exist. Redis: `GET`. */
  async get<Value>(key: string): Promise<Value | undefined> {
    return this.cache.get<Value>(this.nameOf(key));
  }

  /** In the order asked. Redis: `MGET`. */
  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const names = keys.map((key) => this.nameOf(key));
    const found = await this.cache.getMany<Value>(names);
    return names.map((name) => found.get(name));
  }

  /** `ttl` is milliseconds; forever if left out. Redis: `SET`. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.cache.set(this.nameOf(key), value, { timeout: timeoutOf(ttl) });
  }

  /** Each entry has its own `ttl`. Redis: `SET`, pipelined. */
  setMany(entries: readonly KeyvEntry[]): Promise<void>;
  // Keyv expects whether each entry was written, although its type for storages says otherwise.
  async setMany(entries: readonly KeyvEntry[]): Promise<unknown> {
    const pipeline = this.cache.pipeline();
    for (const { key, value, ttl } of entries) pipeline.set(this.nameOf(key), value, { timeout: timeoutOf(ttl) });
    return pipeline.execute();
  }

  /** Returns whether the key existed. Redis: `UNLINK`. */
  async delete(key: string): Promise<boolean> {
    return this.cache.delete(this.nameOf(key));
  }

  /** Returns whether all keys existed. Redis: `UNLINK`. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    const names = new Set(keys.map((key) => this.nameOf(key)));
    return (await this.cache.deleteMany([...names])) === names.size;
  }

  /** Redis: `PTTL`, `GETRANGE`. */
  async has(key: string): Promise<boolean> {
    return this.cache.hasKey(this.nameOf(key));
  }

  /** Redis: `PTTL`, `GETRANGE`, pipelined. */
  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const pipeline = this.cache.pipeline();
    for (const key of keys) pipeline.hasKey(this.nameOf(key));
    return pipeline.execute<boolean[]>();
  }

  /** Deletes the entries of the namespace, no others. Redis: `SCAN`, `UNLINK`. */
  async clear(): Promise<void> {
    await this.cache.deletePattern(`${escapeGlob(this.head)}*`);
  }

  /** The entries of the namespace. Redis: `SCAN`, `MGET`. */
  async *iterator<Value>(): AsyncGenerator<[string, Value | undefined], void> {
    const { head } = this;
    for await (const names of chunksOf(this.cache.iterKeys(`${escapeGlob(head)}*`))) {
      const found = await this.cache.getMany<Value>(names);
      for (const [name, value] of found) yield [name.slice(head.length), value];
    }
  }

  /** Does nothing: the connections are the cache's, which the application closes. */
  async disconnect(): Promise<void> {
    await Promise.resolve();
  }

  private nameOf(key: string): string {
    return this.head + key;
  }

  /** It ends with its only colon, so that no two pairs of namespace and key coincide. */
  private get head(): string {
    const namespace = this.namespace ?? '';
    return `${namespace.replaceAll('%', '%25').replaceAll(':', '%3A')}:`;
  }
}

const perTrip = 500;

/** Keyv accepts any number, such as `Number.MAX_SAFE_INTEGER` for forever; Redis refuses expiries that far away. */
const longestMs = 1000 * 365 * 86_400_000;

const timeoutOf = (ttl: number | undefined): number | null =>
  ttl === undefined || !Number.isFinite(ttl) || ttl > longestMs ? null : Math.ceil(ttl) / 1000;

async function* chunksOf(names: AsyncIterable<string>): AsyncGenerator<string[], void> {
  let chunk = new Set<string>();
  for await (const name of names) {
    chunk.add(name);
    if (chunk.size < perTrip) continue;
    yield [...chunk];
    chunk = new Set();
  }
  if (chunk.size > 0) yield [...chunk];
}
