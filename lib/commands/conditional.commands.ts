import { withTimeout } from '../arguments/expiry.js';
import type { Timeout } from '../arguments/timeout.js';
import type { VersionOption } from '../arguments/version.js';
import { deleteIfEqualCommand } from '../entries/if-equal.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { setIfEqual, setIfEqualNames, type SetIfEqualOptions } from './storing.js';

/**
 * Values that are written or deleted only where they are what the caller believes. Values are equal as members of sets are:
 * the order of an object's keys is no difference, nor are tags, compression or the time to live.
 *
 * @publicApi
 */
export abstract class ConditionalCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Stores a value where the key has the expected one, atomically; whether it did. A key that is not there has none, nor has
   * what counts no longer. Redis: `SET … IFEQ` (Redis 8.4, Valkey 8.1), elsewhere a script; `PTTL` and `GET` ahead of it.
   *
   * @example
   * const price = await cache.get<Price>('price:7');
   * const isOurs = await cache.setIfEqual('price:7', { ...price, cents: 900 }, price, '1h');
   */
  setIfEqual(key: string, value: unknown, expected: unknown, options?: Timeout | SetIfEqualOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const given = withTimeout<SetIfEqualOptions>(options);
      return setIfEqual(this.keyOf(key, given, setIfEqualNames), value, expected, given, this.defaults);
    });
  }

  /**
   * Deletes a key where it has the expected value, atomically; whether it did. Redis: `DELEX … IFEQ` (Redis 8.4),
   * `DELIFEQ` (Valkey 9.0), elsewhere a script; `PTTL` and `GET` ahead of it.
   */
  deleteIfEqual(key: string, expected: unknown, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => deleteIfEqualCommand(this.keyOf(key, options), expected));
  }
}
