import { countArgument, describe } from '../arguments/arguments.js';
import { expiry } from '../arguments/expiry.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { twoKeyNames, type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import { Known, read } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { copyCommand, countCommand, dumpCommand, restoreCommand } from '../entries/copies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';

/** How `copy` copies. @publicApi */
export interface CopyOptions extends TwoKeyOptions {
  /** Overwrite the destination. */
  readonly replace?: boolean;
}

/** How `restore` creates a key. @publicApi */
export interface RestoreOptions extends VersionOption {
  /** Seconds, a duration (`'5m'`), `null` for never; never by default, like other data structures. */
  readonly timeout?: Timeout;
  /** Overwrite an existing key. */
  readonly replace?: boolean;
}

/** How `memoryUsage` counts. @publicApi */
export interface MemoryUsageOptions extends VersionOption {
  /** How many items of a collection are sampled (5; 0: all). */
  readonly samples?: number;
}

const copyNames: NamesOf<CopyOptions> = { ...twoKeyNames, replace: 'flag' };
const restoreNames: NamesOf<RestoreOptions> = { ...versionNames, timeout: true, replace: 'flag' };
const memoryUsageNames: NamesOf<MemoryUsageOptions> = { ...versionNames, samples: true };

/**
 * Keys of any type: counted, copied, measured, dumped and restored.
 *
 * @publicApi
 */
export abstract class KeyCopyCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * How many of the keys exist, in one round trip; a key named twice counts twice, and an entry that is no longer valid
   * does not count. Redis: `PTTL`, `GETRANGE`, as {@link KeyCommands.hasKey}.
   *
   * @example
   * const there = await cache.exists('user:1', 'user:2', 'user:3'); // 0 to 3
   */
  exists(...keys: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const owners = this.keysOf(keys);
      return owners.length === 0 ? new Known(0) : countCommand(owners);
    });
  }

  /**
   * Copies a key with its time to live, tags and grace; returns whether there was a valid entry, and the destination
   * was free (or `replace` given). A copy is valid for as long as the original: invalidating its tags invalidates both.
   * The source is looked at first, in a round trip of its own, so that an entry that is no longer valid replaces nothing;
   * a pipeline cannot look.
   * Redis: `COPY`, `PTTL`, `GETRANGE`.
   *
   * @throws NotSupportedError if the value is encrypted: it could not be read at the destination
   * @example
   * const copied = await cache.copy('{report}', '{report}:backup', { replace: true });
   */
  copy(source: string, destination: string, options?: CopyOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const [from, to] = this.sourceAndDestination(source, destination, options, copyNames);
      return copyCommand(from, to, options?.replace ?? false);
    });
  }

  /**
   * A key of any type in the server's own format, for {@link restore}; `undefined` if it does not exist.
   * Redis: `DUMP`, `PTTL`, `GETRANGE`.
   *
   * @example
   * const data = await cache.dump('user:1'); // Buffer | undefined
   */
  dump(key: string, options?: VersionOption): Reply<S, Buffer | undefined> {
    return this.send<Buffer | undefined>(() => dumpCommand(this.keyOf(key, options)));
  }

  /**
   * Creates a key from the result of {@link dump}; returns whether it was free (or `replace` given). An entry with tags
   * is valid unless one of them was invalidated since it was made. Redis: `RESTORE`.
   *
   * @throws CommandError if the data are damaged, or from a newer server
   * @example
   * await cache.restore('user:2', data, { timeout: '1h', replace: true });
   */
  restore(key: string, data: Buffer, options?: RestoreOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const owner = this.keyOf(key, options, restoreNames);
      if (!Buffer.isBuffer(data)) throw new TypeError(`restore takes a Buffer from dump, not ${describe(data)}`);
      return restoreCommand(owner, data, expiry(options?.timeout, null), options?.replace ?? false);
    });
  }

  /**
   * About how many bytes a key takes on the server, `undefined` if it does not exist. Redis: `MEMORY USAGE`.
   *
   * @example
   * const bytes = await cache.memoryUsage('report');
   */
  memoryUsage(key: string, options?: MemoryUsageOptions): Reply<S, number | undefined> {
    return this.send<number | undefined>(() => {
      const owner = this.keyOf(key, options, memoryUsageNames);
      const { samples } = options ?? {};
      const tail = samples === undefined ? [] : ['SAMPLES', countArgument(samples, 'samples')];
      return read('MEMORY', ['USAGE', owner, ...tail], replies.optionalInteger);
    });
  }
}
