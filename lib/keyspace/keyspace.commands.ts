import type { NamesOf } from '../arguments/option-names.js';
import { type OutputOf, schemaArgument, type SchemaOption, type StandardSchema } from '../codec/schema.js';
import { integerArgument, textArgument } from '../arguments/arguments.js';
import { expiry, withTimeout } from '../arguments/expiry.js';
import type { MappingOf } from '../arguments/mapping.js';
import type { Timeout } from '../arguments/timeout.js';
import type { Version, VersionOption } from '../arguments/version.js';
import { inScopeOf, versionAt } from '../arguments/scope.js';
import { Key } from '../command-model/command.js';
import { ScopeError } from '../errors/index.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import { touchNames } from '../commands/key.commands.js';
import { storingNames } from '../commands/storing.js';
import { type StampedeOption, stampedeOf } from '../entries/early-recomputation.js';
import { entryTags } from '../tags/tag-arguments.js';
import type { Keyspace } from './keyspace.js';
import { type IterationOptions, iterationNames, keysNames, type KeysOptions, type KeysPage } from './scan.js';

/** Options of `setMany`. @publicApi */
export interface SetManyOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), or `null` for never; by default the module's `timeout`. */
  readonly timeout?: Timeout;
  /** Tags of the values; `invalidateTags` with any one of them makes the values stale. */
  readonly tags?: readonly string[];
}

/** Options of `getMany`. @publicApi */
export interface GetManyOptions extends VersionOption, StampedeOption {}

const getManyNames: NamesOf<GetManyOptions & SchemaOption> = { ...touchNames, schema: true };

/**
 * Commands on many keys, and on the keys that match a pattern.
 *
 * @publicApi
 */
export abstract class KeyspaceCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly keyspace: Keyspace;

  /**
   * The keys that exist, with their values, in the order asked, in one round trip; with a `schema`, those that match it.
   * Redis: `MGET`.
   *
   * @example
   * const users = await cache.getMany<User>(['user:1', 'user:2']); // Map of those found
   */
  getMany<Checked extends StandardSchema>(
    keys: readonly string[],
    options: GetManyOptions & SchemaOption<Checked>,
  ): Promise<Map<string, OutputOf<Checked>>>;
  getMany<T = unknown>(keys: readonly string[], options?: GetManyOptions): Promise<Map<string, T>>;
  async getMany<T>(
    keys: readonly string[],
    options: GetManyOptions & Partial<SchemaOption> = {},
  ): Promise<Map<string, T>> {
    return this.keyspace.many.get<T>(
      keys,
      this.versionOf(options, getManyNames),
      stampedeOf(options, this.defaults.stampede),
      schemaArgument(options.schema),
    );
  }

  /**
   * Stores many values in one round trip; returns the keys that failed, normally `[]`. Redis: `SET`, pipelined.
   *
   * @throws SerializerError if a value cannot be stored; then none is
   * @example
   * const failed = await cache.setMany({ 'user:1': ada, 'user:2': bob }, '5m');
   */
  async setMany<M extends object>(
    mapping: MappingOf<M, string, unknown>,
    options?: Timeout | SetManyOptions,
  ): Promise<string[]> {
    const given = withTimeout<SetManyOptions>(options);
    const version = this.versionOf(given, storingNames);
    const { timeoutMs, stampede } = this.defaults;
    const ms = expiry(given.timeout, timeoutMs);
    const tags = given.tags ? entryTags(given.tags, version) : [];
    return this.keyspace.many.set(mapping, version, { ms, tags, stampede: stampedeOf(given, stampede) });
  }

  /**
   * Deletes keys in one round trip; returns how many existed (0 inside {@link deferEvictions}, which deletes them later).
   * Redis: `UNLINK`.
   *
   * @example
   * const deleted = await cache.deleteMany(['user:1', 'user:2']);
   */
  async deleteMany(keys: readonly string[], options?: VersionOption): Promise<number> {
    const owners = this.keysOf(keys, options);
    return this.evictions.deferKeys(owners) ? 0 : this.keyspace.many.delete(owners);
  }

  /**
   * Moves a key to another version (`version + delta`), with its time to live; returns the new version. Atomic, except
   * on a cluster for a key without a hash tag: its versions are in different slots, so the key is copied and then
   * deleted, and writes to the old version in between are lost. Redis: `RENAME`, or `DUMP`, `RESTORE`, `UNLINK`.
   *
   * @throws KeyNotFoundError if the key does not exist
   * @throws NotSupportedError if its value is encrypted: it would be unreadable under another version
   * @throws TypeError if the version is not an integer
   * @example
   * const version = await cache.incrVersion('report'); // readers of the old version miss from now on
   */
  async incrVersion(key: string, delta = 1, options?: VersionOption): Promise<number> {
    const place = this.versionOf(options);
    const moved = numericVersion(versionAt(place)) + integerArgument(delta, 'delta');
    const target = new Key(key, inScopeOf(place, moved));
    return (await this.keyspace.mover.move(new Key(key, place), target)) ? moved : 0;
  }

  /**
   * Like {@link incrVersion}, downwards. Redis: `RENAME`, or `DUMP`, `RESTORE`, `UNLINK`.
   *
   * @example
   * const version = await cache.decrVersion('report', 1);
   */
  async decrVersion(key: string, delta = 1, options?: VersionOption): Promise<number> {
    return this.incrVersion(key, -integerArgument(delta, 'delta'), options);
  }

  /**
   * Deletes the keys of this cache (prefix and version), no others; returns how many. Redis: `SCAN`, `UNLINK`.
   *
   * @example
   * const deleted = await cache.clear();
   */
  async clear(options?: IterationOptions): Promise<number> {
    return this.deletePattern('*', options);
  }

  /**
   * Deletes every key of the database, of every program; returns `true`. Redis: `FLUSHDB`.
   *
   * @throws ScopeError in a scope: it would delete the keys of all others
   * @example
   * await cache.flushDb(); // in a test, on a database of its own
   */
  async flushDb(): Promise<boolean> {
    if (this.defaults.scope) {
      throw new ScopeError('flushDb deletes the keys of all scopes: call it through cache.unscoped()');
    }
    return this.keyspace.flush();
  }

  /**
   * The keys that match a glob pattern, each once. All of them are held in memory: for many keys, see {@link iterKeys}.
   * Redis: `SCAN`.
   *
   * @example
   * const names = await cache.keys('user:*');
   */
  async keys(pattern = '*', options?: IterationOptions): Promise<string[]> {
    const found = new Set<string>();
    for await (const key of this.iterKeys(pattern, options)) found.add(key);
    return [...found];
  }

  /**
   * Iterates over the keys that match a glob pattern. As SCAN does, it returns every key that exists during the whole
   * iteration, and may return one twice. Redis: `SCAN`.
   *
   * @example
   * for await (const key of cache.iterKeys('session:*')) await inspect(key);
   */
  iterKeys(pattern = '*', options?: IterationOptions): AsyncGenerator<string, void> {
    return this.keyspace.scanner.iterate(pattern, this.versionOf(options, iterationNames), options);
  }

  /**
   * One page of keys; start with cursor `'0'`, continue with the returned cursor until it is `'0'`. Redis: `SCAN`.
   *
   * @example
   * const { cursor, keys } = await cache.scan('0', { pattern: 'user:*', count: 100 });
   */
  async scan(cursor: string | number = '0', options?: KeysOptions): Promise<KeysPage> {
    return this.keyspace.scanner.page(cursor, this.versionOf(options, keysNames), options);
  }

  /**
   * Deletes the keys that match a glob pattern without blocking other commands; returns how many (0 inside
   * {@link deferEvictions}, which deletes them later). Redis: `SCAN`, `UNLINK`.
   *
   * @example
   * const deleted = await cache.deletePattern('user:*');
   */
  async deletePattern(pattern: string, options?: IterationOptions): Promise<number> {
    const version = this.versionOf(options, iterationNames);
    const itersize = options?.itersize;
    if (this.evictions.deferPattern({ pattern: textArgument(pattern, 'A pattern'), version, itersize })) return 0;
    return this.keyspace.scanner.delete(pattern, version, { itersize });
  }
}

function numericVersion(version: Version): number {
  const number = Number(version);
  // '007' is not 7: they are different keys.
  if (!Number.isSafeInteger(number) || String(number) !== String(version))
    throw new TypeError('Only a version that is an integer can be incremented');
  return number;
}
