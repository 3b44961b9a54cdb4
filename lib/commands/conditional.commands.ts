import { withTimeout } from '../arguments/expiry.js';
import type { Timeout } from '../arguments/timeout.js';
import type { VersionOption } from '../arguments/version.js';
import { deleteIfEqualCommand } from '../entries/if-equal.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { setIfEqual, setIfEqualNames, type SetIfEqualOptions } from './storing.js';

/**
 * Values that are written or deleted only if they still are what the caller expects. Values compare like members of
 * sets: the order of an object's keys does not matter, and neither do tags, compression or the time to live.
 *
 * @publicApi
 */
export abstract class ConditionalCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Stores a value if the key has the expected one, atomically; returns whether it did. A missing key never matches,
   * nor does an entry that is no longer valid. Redis: `SET … IFEQ` (Redis 8.4, Valkey 8.1), elsewhere a script, after
   * `PTTL` and `GET`.
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
   * Deletes a key if it has the expected value, atomically; returns whether it did. Redis: `DELEX … IFEQ` (Redis 8.4),
   * `DELIFEQ` (Valkey 9.0), elsewhere a script, after `PTTL` and `GET`.
   *
   * @example
   * await cache.deleteIfEqual('leader', id); // only if it is still us
   */
  deleteIfEqual(key: string, expected: unknown, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => deleteIfEqualCommand(this.keyOf(key, options), expected));
  }
}
