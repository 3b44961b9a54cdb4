import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { countArgument } from '../arguments/arguments.js';
import { read } from '../command-model/command.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { groupOf } from './stream-arguments.js';
import * as shapes from './stream-info.js';
import type { FullStreamInfo, StreamConsumerInfo, StreamGroupInfo, StreamInfo } from './stream-info.js';
import type { StreamFields } from './stream-replies.js';

/** How much `xinfoStream` returns. @publicApi */
export interface XinfoStreamOptions extends VersionOption {
  /** Entries, groups with their pending entries, and consumers. */
  readonly full?: boolean;
  /** With `full`: the most entries, and pending ones of each group and consumer (10; 0: all). */
  readonly count?: number;
}

const xinfoStreamNames: NamesOf<XinfoStreamOptions> = { ...versionNames, full: 'flag', count: true };

/**
 * Information about streams.
 *
 * @publicApi
 */
export abstract class StreamInfoCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * The length of a stream, its first and last entry, and more; with `full` also its entries, its groups and their
   * pending entries. Redis: `XINFO STREAM`.
   *
   * @throws KeyNotFoundError if it does not exist
   * @example
   * const { groups } = await cache.xinfoStream('orders', { full: true, count: 100 });
   */
  xinfoStream<T = StreamFields>(
    key: string,
    options: XinfoStreamOptions & { readonly full: true },
  ): Reply<S, FullStreamInfo<T>>;
  xinfoStream<T = StreamFields>(
    key: string,
    options?: XinfoStreamOptions & { readonly full?: false },
  ): Reply<S, StreamInfo<T>>;
  xinfoStream(key: string, options?: XinfoStreamOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, xinfoStreamNames);
      const { full, count } = options ?? {};
      if (count !== undefined && !full) throw new TypeError('xinfoStream takes a count only with full: true');
      if (!full) return read<unknown>('XINFO', ['STREAM', owner], shapes.streamInfo());
      const limit = count === undefined ? [] : ['COUNT', countArgument(count, 'count')];
      return read<unknown>('XINFO', ['STREAM', owner, 'FULL', ...limit], shapes.fullStreamInfo());
    });
  }

  /**
   * The groups of a stream. Redis: `XINFO GROUPS`.
   *
   * @throws KeyNotFoundError if there is no such stream
   * @example
   * const groups = await cache.xinfoGroups('orders');
   * const behind = groups.map(({ name, lag }) => `${name}: ${lag}`);
   */
  xinfoGroups(key: string, options?: VersionOption): Reply<S, StreamGroupInfo[]> {
    return this.send<StreamGroupInfo[]>(() => read('XINFO', ['GROUPS', this.keyOf(key, options)], shapes.groupInfos));
  }

  /**
   * The consumers of a group. Redis: `XINFO CONSUMERS`.
   *
   * @throws KeyNotFoundError if there is no such stream, CommandError (`NOGROUP`) if it has no such group
   * @example
   * const consumers = await cache.xinfoConsumers('orders', 'mail');
   */
  xinfoConsumers(key: string, group: string, options?: VersionOption): Reply<S, StreamConsumerInfo[]> {
    return this.send<StreamConsumerInfo[]>(() =>
      read('XINFO', ['CONSUMERS', ...groupOf(this.keyOf(key, options), group)], shapes.consumerInfos),
    );
  }
}
