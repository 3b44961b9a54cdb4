import {
  clientNames,
  iterationNames,
  keysNames,
  lockNames,
  pipelineNames,
  semaphoreNames,
  setManyNames,
  touchNames,
} from './commands/option-names.js';
import { inspect } from 'node:util';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { CachingCommands } from './caching/caching.commands.js';
import { entryTags } from './tags/tags.js';
import { type StampedeOption, stampedeOf } from './entries/early-recomputation.js';
import { integerArgument } from './arguments/arguments.js';
import { BlockingListCommands } from './commands/blocking-list.commands.js';
import { Key, Known, type Step, type Version, write } from './command-model/command.js';
import type { CommandDefaults, Direct, VersionOption } from './commands/command-group.js';
import { expiry, withTimeout } from './arguments/expiry.js';
import { Commands, mergeGroups } from './pipeline/commands.js';
import type { MappingOf } from './arguments/mapping.js';
import * as replies from './command-model/replies.js';
import type { MatchOptions, ScanOptions } from './commands/scan.js';
import { allEnded } from './waiting/all-ended.js';
import type { CommandExecutor } from './execution/command-executor.js';
import { ManyKeys } from './keyspace/many-keys.js';
import { type IterationOptions, KeyScanner, type KeysOptions, type KeysPage } from './keyspace/scan.js';
import type { LockOptions, SemaphoreOptions } from './locking/claim-options.js';
import type { CachexLock } from './locking/lock.js';
import type { Locking } from './locking/locking.js';
import type { CachexSemaphore } from './locking/semaphore.js';
import { VersionMover } from './keyspace/version-mover.js';
import { type CachexStats, serverStats } from './observability/stats.js';
import { checkOptions } from './arguments/option-names.js';
import type { Timeout } from './arguments/timeout.js';
import { Pipeline, type PipelineOptions } from './pipeline/pipeline.js';
import type { ScriptResult } from './scripting/script-hooks.js';
import type { RegisteredScript, ScriptOptions } from './scripting/script-registry.js';

/** How `setMany` writes. @publicApi */
export interface SetManyOptions extends VersionOption, StampedeOption {
  /** Seconds, a duration (`'5m'`), `null` for never; the module's `timeout` where left out. */
  readonly timeout?: Timeout;
  /** The values count until one of them is invalidated by `invalidateTags`. */
  readonly tags?: readonly string[];
}

/** Which client `getClient` gives. @publicApi */
export interface ClientOptions {
  /** `false`: for reads only, it may be a replica's (`true`). */
  readonly write?: boolean;
}

/** How `getMany` reads. @publicApi */
export interface GetManyOptions extends VersionOption, StampedeOption {}

/**
 * A cache on Redis or Valkey: keys of one prefix and version, values of any type.
 *
 * Every method returns a promise; a wrong argument rejects it before anything is sent. A miss is `undefined`.
 *
 * @publicApi
 * @example
 * constructor(private readonly cache: CachexService) {}
 *
 * async product(id: string) {
 *   return await this.cache.get<Product>(`product:${id}`);
 * }
 */
export interface CachexService extends BlockingListCommands, CachingCommands {}

export class CachexService extends Commands<Direct> implements OnModuleInit, OnApplicationShutdown {
  private readonly scanner: KeyScanner;
  private readonly many: ManyKeys;
  private readonly mover: VersionMover;

  /** @internal */
  constructor(
    private readonly executor: CommandExecutor,
    protected readonly defaults: CommandDefaults,
    private readonly locking: Locking,
  ) {
    super();
    this.scanner = new KeyScanner(executor);
    this.many = new ManyKeys(executor);
    this.mover = new VersionMover(executor);
  }

  /** The version that calls mean which name none. */
  get version(): Version {
    return this.defaults.version;
  }

  /** The same cache (same connections, same statistics) with another default version. */
  withVersion(version: Version): CachexService {
    return new CachexService(this.executor, { ...this.defaults, version }, this.locking);
  }

  /**
   * Queues commands to send them in one round trip, or as one transaction.
   *
   * @example
   * const [written, name] = await cache.pipeline().set('a', 1).hget<string>('user:1', 'name').execute();
   */
  pipeline(options: PipelineOptions & VersionOption = {}): Pipeline {
    return new Pipeline(this.executor, { ...this.defaults, version: this.versionOf(options, pipelineNames) }, options);
  }

  /** Those of the keys that are there, in the order asked, in one round trip. Redis: `MGET`. */
  async getMany<T = unknown>(keys: readonly string[], options: GetManyOptions = {}): Promise<Map<string, T>> {
    return this.many.get<T>(keys, this.versionOf(options, touchNames), stampedeOf(options, this.defaults.stampede));
  }

  /**
   * Stores many values in one round trip; the keys that failed, normally `[]`. Redis: `SET`, pipelined.
   *
   * @throws SerializerError where a value cannot be stored; none of them is then
   */
  async setMany<M extends object>(
    mapping: MappingOf<M, string, unknown>,
    options?: Timeout | SetManyOptions,
  ): Promise<string[]> {
    const given = withTimeout<SetManyOptions>(options);
    const version = this.versionOf(given, setManyNames);
    const { timeoutMs, stampede } = this.defaults;
    const ms = expiry(given.timeout, timeoutMs);
    const tags = given.tags ? entryTags(given.tags) : [];
    return this.many.set(mapping, version, { ms, tags, stampede: stampedeOf(given, stampede) });
  }

  /** Deletes keys in one round trip; how many were there. Redis: `UNLINK`. */
  async deleteMany(keys: readonly string[], options?: VersionOption): Promise<number> {
    return this.many.delete(keys, this.versionOf(options));
  }

  /**
   * Moves a key to another version (`version + delta`), with its time to live; the new version. Atomic, except on a
   * cluster for a key without a hash tag: its versions are in different slots, so it is copied and then deleted, and what
   * somebody writes to the old version meanwhile is lost. Redis: `RENAME`, or `DUMP`, `RESTORE`, `UNLINK`.
   *
   * @throws KeyNotFoundError where the key is not there
   * @throws TypeError where the version is no number
   */
  async incrVersion(key: string, delta = 1, options?: VersionOption): Promise<number> {
    const version = numericVersion(this.versionOf(options));
    const moved = version + integerArgument(delta, 'delta');
    return (await this.mover.move(new Key(key, version), new Key(key, moved))) ? moved : 0;
  }

  /** As {@link incrVersion}, downwards. */
  async decrVersion(key: string, delta = 1, options?: VersionOption): Promise<number> {
    return this.incrVersion(key, -integerArgument(delta, 'delta'), options);
  }

  /** Deletes the keys of this cache (prefix and version), no others; how many. Redis: `SCAN`, `UNLINK`. */
  async clear(options?: IterationOptions): Promise<number> {
    return this.deletePattern('*', options);
  }

  /** Deletes every key of the database, whoever wrote it; `true`. Redis: `FLUSHDB`. */
  async flushDb(): Promise<boolean> {
    const flush = write('FLUSHDB', [], replies.ok);
    const nodes = await this.executor.primaries(flush.name);
    const done = await allEnded(nodes.map((node) => this.executor.execute(flush, node)));
    return done.length > 0 && done.every(Boolean);
  }

  /**
   * The keys that match a glob pattern, each once. All of them are held in memory: for many, see {@link iterKeys}.
   * Redis: `SCAN`.
   */
  async keys(pattern = '*', options?: IterationOptions): Promise<string[]> {
    const found = new Set<string>();
    for await (const key of this.iterKeys(pattern, options)) found.add(key);
    return [...found];
  }

  /**
   * Goes through the keys that match a glob pattern. As SCAN does, it gives every key that is there all the while, and
   * may give one twice. Redis: `SCAN`.
   *
   * @example
   * for await (const key of cache.iterKeys('session:*')) …
   */
  iterKeys(pattern = '*', options?: IterationOptions): AsyncGenerator<string, void> {
    return this.scanner.iterate(pattern, this.versionOf(options, iterationNames), options);
  }

  /** One page of keys; start with cursor `'0'`, go on with the cursor of the answer until it is `'0'`. Redis: `SCAN`. */
  async scan(cursor: string | number = '0', options?: KeysOptions): Promise<KeysPage> {
    return this.scanner.page(cursor, this.versionOf(options, keysNames), options);
  }

  /**
   * Deletes the keys that match a glob pattern, while other commands keep being answered; how many.
   * Redis: `SCAN`, `UNLINK`.
   */
  async deletePattern(pattern: string, options?: IterationOptions): Promise<number> {
    return this.scanner.delete(pattern, this.versionOf(options, iterationNames), options);
  }

  /** Goes through the fields and values of a hash. Redis: `HSCAN`. */
  async *hscanIter<T = unknown>(key: string, options?: MatchOptions): AsyncGenerator<[field: string, value: T], void> {
    let cursor = '0';
    do {
      const page = await this.hscan<T>(key, cursor, options);
      yield* page.fields;
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  /** Goes through the members of a set. Redis: `SSCAN`. */
  async *sscanIter<T = unknown>(key: string, options?: ScanOptions): AsyncGenerator<T, void> {
    let cursor = '0';
    do {
      const page = await this.sscan<T>(key, cursor, options);
      yield* page.members;
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  /**
   * Takes a Lua script for {@link evalScript}, which finds it by its name, or by what this gives: then the type of the
   * result is that of `postFunc`. Views and pipelines know the same scripts. Nothing is sent.
   *
   * @throws ScriptError where the name stands for another source already
   * @example
   * cache.registerScript('take', takeSource, { numKeys: 1 });
   * const swap = cache.registerScript('swap', `return redis.call('SET', KEYS[1], ARGV[1], 'GET')`, {
   *   numKeys: 1,
   *   preFunc: fullEncodePre,
   *   postFunc: decodeSinglePost<User>,
   * });
   * const before = await cache.evalScript(swap, ['user:1'], [user]);
   */
  registerScript<T = ScriptResult>(name: string, source: string, options?: ScriptOptions<T>): RegisteredScript<T> {
    return this.defaults.scripts.register(name, source, options);
  }

  /**
   * A handle of the lock of that name, not held yet. A lock and a key of the same name have nothing to do with each
   * other. The lease, without `timeout`, is kept alive as long as this process lives, and ends 30 s at most after a crash.
   *
   * @throws TypeError, RangeError for options that make no sense
   * @example
   * const lock = cache.lock('stock:42', { blockingTimeout: '5s' });
   * if (await lock.acquire()) {
   *   try {
   *     await reserve(42, lock.fencingToken);
   *   } finally {
   *     await lock.release();
   *   }
   * }
   */
  lock(name: string, options: LockOptions = {}): CachexLock {
    return this.locking.lock(name, this.versionOf(options, lockNames), options);
  }

  /**
   * Runs a function while it holds a lock; see {@link CachexLock.using}.
   *
   * @throws LockTimeoutError where the lock was not had within `blockingTimeout`; the function was not called
   * @throws LockNotOwnedError where the lock was lost before the function had ended
   * @example
   * await cache.withLock('stock:42', { blockingTimeout: '5s' }, async ({ fencingToken, signal }) => {
   *   await reserve(42, { fencingToken, signal });
   * });
   */
  async withLock<T>(name: string, options: LockOptions, fn: (lock: CachexLock) => T | Promise<T>): Promise<T> {
    return this.lock(name, options).using(fn);
  }

  /**
   * A handle of the semaphore of that name, not held yet: of all handles, in any process, as many hold it at a time as
   * fit by their weights into `capacity`. They come in order, so that a heavy one is not overtaken by light ones.
   *
   * @throws RangeError for a weight that never fits
   * @example
   * const slot = cache.semaphore('checkout', 10, { blockingTimeout: '2s' });
   * await slot.using(() => checkout(cart));
   */
  semaphore(name: string, capacity: number, options: SemaphoreOptions = {}): CachexSemaphore {
    return this.locking.semaphore(name, this.versionOf(options, semaphoreNames), capacity, options);
  }

  /**
   * What was counted in this process since the cache was made, and what its servers tell of evictions and memory. It
   * answers while they are away as well, and after `close`. Nothing of it counts. Redis: `INFO`.
   *
   * @example
   * const { hits, misses } = await cache.stats();
   * const ratio = hits / (hits + misses);
   */
  async stats(): Promise<CachexStats> {
    const servers = await serverStats(this.executor.pool);
    return { ...this.executor.counted(), ...servers };
  }

  /**
   * The ioredis client behind this cache, for single commands that the library has no method for. Keys and values are
   * there as they are on the wire. `write: false` may give a replica's.
   *
   * All calls of the cache share its connection. Whatever changes or holds up the connection itself is for one of its
   * own, `getClient().duplicate()`: `multi({ pipeline: false })` and `watch`, `subscribe` and `monitor`, `select`,
   * blocking commands, `client('REPLY', …)`, `hello` and `quit`.
   */
  getClient(options: ClientOptions = {}): Redis | Cluster {
    checkOptions(options, clientNames, 'The options of getClient', '{ write: false }');
    const { write: writes = true } = options;
    return this.executor.pool.client(writes ? 'write' : 'read');
  }

  /**
   * The name of a key on the server, with prefix and version: for {@link getClient}, and for redis-cli. Nothing is sent.
   *
   * @example
   * await cache.getClient().object('ENCODING', cache.makeKey('user:1'));
   */
  makeKey(key: string, options?: VersionOption): string {
    return this.executor.keys.wireName(this.keyOf(key, options));
  }

  /** Releases all locks and closes the connections; later calls fail with a `ConnectionError`. */
  async close(): Promise<void> {
    this.defaults.caching.close();
    const start = performance.now();
    await this.locking.close();
    await this.executor.close(performance.now() - start);
  }

  /**
   * Not in a constructor or factory: an application that fails to start for another reason must not leave connections.
   * Calls made earlier connect by themselves.
   *
   * @internal
   */
  async onModuleInit(): Promise<void> {
    try {
      await this.executor.pool.connect();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** @internal */
  protected send<T>(build: () => Step<T>): Promise<T> {
    try {
      const step = build();
      return step instanceof Known ? Promise.resolve(step.answer) : this.executor.execute(step);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Connections hold passwords, and nobody wants to read them in a log. */
  toJSON(): { keyPrefix: string; version: Version } {
    return { keyPrefix: this.executor.keys.prefix, version: this.version };
  }

  [inspect.custom](): string {
    return `CachexService ${inspect(this.toJSON())}`;
  }
}

mergeGroups(CachexService, [BlockingListCommands, CachingCommands]);

function numericVersion(version: Version): number {
  const number = Number(version);
  // '007' is no 7: they are different keys.
  if (!Number.isSafeInteger(number) || String(number) !== String(version))
    throw new TypeError('Only a version that is an integer can be counted up');
  return number;
}
