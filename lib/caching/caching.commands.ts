import { CommandGroup, type Direct } from '../commands/command-group.js';
import { withTimeout } from '../commands/expiry.js';
import type { Timeout } from '../options/timeout.js';
import { type Factory, type GetOrSetOptions, planOf } from './get-or-set.options.js';

/**
 * Reading through the cache.
 *
 * @publicApi
 */
export abstract class CachingCommands extends CommandGroup<Direct> {
  /**
   * The value of a key; where it has none, what the factory makes, which is stored. However many callers of this process
   * come meanwhile, the factory runs once: each gets a copy of its value, or the error that it threw, and then nothing is
   * stored. `undefined` is given and not stored. A value that was made and cannot be stored is given, and logged.
   * Redis: `GET`, `SET`.
   *
   * @throws FactoryTimeoutError where the factory takes longer than `hardTimeout`
   * @throws ConnectionError, CommandTimeoutError where the key could not be read; under `ignoreExceptions` the factory
   *   runs instead
   * @example
   * const user = await cache.getOrSet('user:1', () => this.users.find(1), { timeout: '10m' });
   */
  getOrSet<T, S = T>(key: string, factory: Factory<T, S>, options?: Timeout | GetOrSetOptions): Promise<T>;
  getOrSet<T>(key: string, value: T, options?: Timeout | GetOrSetOptions): Promise<T>;
  async getOrSet<T>(key: string, source: T | Factory<T>, options?: Timeout | GetOrSetOptions): Promise<T> {
    const { caching, timeoutMs } = this.defaults;
    const factory = typeof source === 'function' ? (source as Factory<T>) : () => source;
    const plan = planOf(options, timeoutMs);
    return caching.getOrSet(this.keyOf(key, withTimeout<GetOrSetOptions>(options)), factory, plan);
  }
}
