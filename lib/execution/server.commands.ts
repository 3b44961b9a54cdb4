import type { Cluster, Redis } from 'ioredis';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import type { VersionOption } from '../arguments/version.js';
import { CommandGroup, type Direct } from '../commands/command-group.js';
import type { CachexStats } from '../observability/stats.js';
import type { CommandExecutor } from './command-executor.js';

/** Options of `getClient`. @publicApi */
export interface ClientOptions {
  /** `false`: a client for reads only, perhaps a replica's (`true`). */
  readonly write?: boolean;
}

const clientNames: NamesOf<ClientOptions> = { write: 'flag' };

/**
 * The servers behind a cache.
 *
 * @publicApi
 */
export abstract class ServerCommands extends CommandGroup<Direct> {
  /** @internal */
  protected abstract readonly executor: CommandExecutor;

  /**
   * The counts of this process since the cache was created, and what its servers report about evictions and memory.
   * Also works while the servers are away, and after `close`. The call itself is not counted. Redis: `INFO`.
   *
   * @example
   * const { hits, misses } = await cache.stats();
   * const ratio = hits / (hits + misses);
   */
  async stats(): Promise<CachexStats> {
    return this.executor.stats();
  }

  /**
   * The ioredis client behind this cache, for single commands that the library has no method for. Its keys and values
   * are those on the wire. With `write: false` it may be a replica's client.
   *
   * All calls of the cache share its connection. Use a connection of your own, `getClient().duplicate()`, for commands
   * that change or block it: `multi({ pipeline: false })` and `watch`, `subscribe` and `monitor`, `select`, blocking
   * commands, `client('REPLY', …)`, `hello` and `quit`.
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
