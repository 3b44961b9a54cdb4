import type { Cluster, Redis } from 'ioredis';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import type { VersionOption } from '../arguments/version.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { CachexStats } from '../observability/stats.js';
import type { CommandExecutor } from './command-executor.js';

/** Which client `getClient` gives. @publicApi */
export interface ClientOptions {
  /** `false`: for reads only, it may be a replica's (`true`). */
  readonly write?: boolean;
}

const clientNames: NamesOf<ClientOptions> = { write: true };

/**
 * What is behind a cache.
 *
 * @publicApi
 */
export abstract class ServerCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly executor: CommandExecutor;

  /**
   * What was counted in this process since the cache was made, and what its servers tell of evictions and memory. It
   * answers while they are away as well, and after `close`. Nothing of it counts. Redis: `INFO`.
   *
   * @example
   * const { hits, misses } = await cache.stats();
   * const ratio = hits / (hits + misses);
   */
  async stats(): Promise<CachexStats> {
    return this.executor.stats();
  }

  /**
   * The ioredis client behind this cache, for single commands that the library has no method for. Keys and values are
   * there as they are on the wire. `write: false` may give a replica's.
   *
   * All calls of the cache share its connection. Whatever changes or holds up the connection itself is for one of its
   * own, `getClient().duplicate()`: `multi({ pipeline: false })` and `watch`, `subscribe` and `monitor`, `select`,
   * blocking commands, `client('REPLY', …)`, `hello` and `quit`.
   *
   * @example
   * const info = await cache.getClient().info('memory');
   */
  getClient(options: ClientOptions = {}): Redis | Cluster {
    checkOptions(options, clientNames, 'The options of getClient', '{ write: false }');
    const { write: writes = true } = options;
    return this.executor.client(writes ? 'write' : 'read');
  }

  /**
   * The name of a key on the server, with prefix and version: for {@link getClient}, and for redis-cli. Nothing is sent.
   *
   * @example
   * await cache.getClient().object('ENCODING', cache.makeKey('user:1'));
   */
  makeKey(key: string, options?: VersionOption): string {
    return this.executor.wireName(this.keyOf(key, options));
  }
}
