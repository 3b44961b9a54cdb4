import { type Factory, getOrSetNames, type GetOrSetOptions, resolveGetOrSet } from './get-or-set.options.js';
import type { InputOf, OutputOf, SchemaOption, StandardSchema } from '../codec/schema.js';
import {
  getOrSetManyNames,
  type GetOrSetManyOptions,
  type ManyFactory,
  resolveGetOrSetMany,
} from './get-or-set-many.options.js';
import { functionArgument, listArgument, unawaited } from '../arguments/arguments.js';
import { keysOf } from '../command-model/command.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import { withTimeout } from '../arguments/expiry.js';
import type { Timeout } from '../arguments/timeout.js';
import type { ReadThrough } from './get-or-set.js';
import { tagsArgument } from '../tags/tag-arguments.js';

type AnyFunction = (...args: never[]) => unknown;

/**
 * Reading through the cache.
 *
 * @publicApi
 */
export abstract class CachingCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly caching: ReadThrough;

  /**
   * The value of a key; if it has none, the factory makes one, which is stored. However many callers of this process
   * arrive meanwhile, the factory runs once: each gets a copy of its value, or the error that it threw, and then
   * nothing is stored. `undefined` is returned and not stored. A value that was made and cannot be stored is returned,
   * and the failure is logged; if it cannot be copied, each caller runs the factory. So does a factory that needs what
   * waits for it. A promise may stand in for the factory: it has already started, and a hit does not wait for it.
   * Redis: `GET`, `SET`.
   *
   * With a `schema` every caller gets the schema's output, on a hit and on a miss. A stored value that does not match
   * is a miss.
   *
   * @throws SchemaError if the factory's value does not match; it is not stored
   * @throws FactoryTimeoutError if reading and making take longer than `hardTimeout`
   * @throws ConnectionError, CommandTimeoutError if the key could not be read; under `ignoreExceptions` the factory
   * runs instead
   * @example
   * const user = await cache.getOrSet('user:1', () => this.users.find(1), { timeout: '10m' });
   * const rates = await cache.getOrSet('rates', () => this.bank.rates(), {
   *   timeout: '1m', grace: '1h', softTimeout: '200ms', stampede: true, lock: true, tags: ['rates'],
   * });
   */
  getOrSet<Checked extends StandardSchema>(
    key: string,
    source: Factory<InputOf<Checked>, OutputOf<Checked>> | Exclude<InputOf<Checked>, AnyFunction>,
    options: GetOrSetOptions & SchemaOption<Checked>,
  ): Promise<OutputOf<Checked>>;
  getOrSet<T, S = T>(key: string, factory: Factory<T, S>, options?: Timeout | GetOrSetOptions): Promise<T>;
  getOrSet<T>(key: string, value: T, options?: Timeout | GetOrSetOptions): Promise<T>;
  getOrSet<T>(key: string, source: T | Factory<T>, options?: Timeout | GetOrSetOptions): Promise<T> {
    try {
      if (typeof source !== 'function') unawaited(source);
      const isFactory = typeof source === 'function';
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a function is always a factory, never a value
      const factory = isFactory ? (source as Factory<T>) : () => source;
      const given = options === undefined ? undefined : withTimeout<GetOrSetOptions>(options);
      const owner = this.keyOf(key, given, getOrSetNames);
      return this.caching.getOrSet(owner, factory, resolveGetOrSet(given, this.defaults, owner.version, isFactory));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The values of many keys in the order asked, each once; those that the cache does not have are made by one call of
   * the loader. It gets the missing keys, and returns a `Map` or an object by key, or an array with a value for each in
   * their order. A key that it leaves out is not stored, and is not in the answer; a key whose value is an `Error`
   * fails alone. If another caller already makes a key, such as with {@link getOrSet}, this call waits for it, and
   * callers that arrive meanwhile wait for this call: each key is made once. Otherwise as `getOrSet` does for each key.
   * Redis: `MGET`, `SET`.
   *
   * @throws what the loader throws, to every caller that waits for one of the keys it was to load, and to nobody else;
   * with `partial: true` the other values are returned
   * @throws TypeError if the values of the loader cannot be assigned to keys: nothing is stored
   * @throws ConnectionError, CommandTimeoutError if the keys could not be read; under `ignoreExceptions` the loader
   * makes all of them
   * @example
   * const products = await cache.getOrSetMany(
   *   ids.map((id) => `product:${id}`),
   *   (missing) => this.products.findMany(missing.map((key) => key.slice('product:'.length))),
   *   { timeout: '10m', tags: ['products'] },
   * );
   */
  getOrSetMany<Checked extends StandardSchema>(
    keys: readonly string[],
    loader: ManyFactory<InputOf<Checked>, OutputOf<Checked>>,
    options: GetOrSetManyOptions & SchemaOption<Checked>,
  ): Promise<Map<string, OutputOf<Checked>>>;
  getOrSetMany<T>(
    keys: readonly string[],
    loader: ManyFactory<T>,
    options?: Timeout | GetOrSetManyOptions,
  ): Promise<Map<string, T>>;
  async getOrSetMany<T>(
    keys: readonly string[],
    loader: ManyFactory<T>,
    options?: Timeout | GetOrSetManyOptions,
  ): Promise<Map<string, T>> {
    functionArgument(loader, 'A loader');
    const names = new Set(listArgument(keys, 'Keys'));
    const place = this.versionOf(withTimeout<GetOrSetManyOptions>(options), getOrSetManyNames);
    const resolved = resolveGetOrSetMany(options, this.defaults, place);
    return this.caching.getOrSetMany(keysOf([...names], place), loader, resolved);
  }

  /**
   * Makes all entries that carry one of the tags count as missing, however many they are and in any version, including
   * entries that are still being written with a value made before. Returns how many of the tags were in use (0 inside
   * `deferEvictions`, which invalidates them later). A read that begins after this has resolved returns none of the
   * entries. Redis: `HSET`, `PEXPIRE`, `UNLINK`.
   *
   * @throws TypeError if a tag is not a non-empty string
   * @example
   * await cache.set('user:1', user, { tags: ['user:1', 'users'] });
   * await cache.invalidateTags(['user:1']);
   */
  async invalidateTags(tags: readonly string[]): Promise<number> {
    const known = tagsArgument(tags, this.versionOf(undefined));
    return this.evictions.deferTags(known) ? 0 : this.caching.tags.invalidate(known);
  }
}
