import { countArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { KeySize, ObjectInfo } from './inspection.js';
import type { Keyspace } from './keyspace.js';

/** The keys that `largestKeys` weighs. @publicApi */
export interface LargestKeysOptions extends VersionOption {
  /** A glob pattern (`*`): `\\*` is a literal `*`. */
  readonly pattern?: string;
  /** Maximum number of keys to return (10). */
  readonly count?: number;
  /** Look at only this many keys, in the order of SCAN (all). */
  readonly sample?: number;
}

const largestKeysNames: NamesOf<LargestKeysOptions> = {
  ...versionNames,
  pattern: true,
  count: true,
  sample: true,
};

/**
 * How the server stores the keys of this cache.
 *
 * @publicApi
 */
export abstract class InspectionCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly keyspace: Keyspace;

  /**
   * A random key of this cache (prefix and version), `undefined` if it has none. If other programs have far more keys
   * on the server, all keys of this cache are scanned. Redis: `RANDOMKEY`, `SCAN`.
   *
   * @example
   * const key = await cache.randomkey();
   */
  async randomkey(options?: VersionOption): Promise<string | undefined> {
    return this.keyspace.inspection.randomKey(this.versionOf(options));
  }

  /**
   * How the server stores a key, as far as it reports it; `undefined` if the key does not exist.
   * Redis: `OBJECT ENCODING`, `IDLETIME`, `FREQ`, `REFCOUNT`, `TYPE`.
   *
   * @example
   * const { encoding, idle } = (await cache.objectInfo('users')) ?? {};
   */
  async objectInfo(key: string, options?: VersionOption): Promise<ObjectInfo | undefined> {
    return this.keyspace.inspection.objectInfo(this.keyOf(key, options));
  }

  /**
   * The keys that take the most memory, the largest first. Scans all keys that match, or `sample` of them, and asks for
   * the size of each. Redis: `SCAN`, `MEMORY USAGE`.
   *
   * @example
   * const [largest] = await cache.largestKeys({ pattern: 'session:*', count: 1 }); // { key, bytes }
   */
  async largestKeys(options?: LargestKeysOptions): Promise<KeySize[]> {
    const version = this.versionOf(options, largestKeysNames);
    const { pattern = '*', count = 10, sample } = options ?? {};
    const most = sample === undefined ? Infinity : countArgument(sample, 'sample', 1);
    return this.keyspace.inspection.largest(pattern, version, countArgument(count, 'count', 1), most);
  }
}
