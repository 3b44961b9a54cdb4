import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toInstant, toMilliseconds } from '../arguments/timeout.js';
import { countArgument } from '../arguments/arguments.js';
import { type Argument, type Command, Known, read, type Step, write } from '../command-model/command.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { concat, inParts, sum } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { claimCursor, countOption, groupOf, idsArguments, nameArgument, rangeId } from './stream-arguments.js';
import * as shapes from './stream-replies.js';
import type {
  Autoclaimed,
  AutoclaimedIds,
  PendingEntry,
  PendingSummary,
  StreamEntry,
  StreamFields,
} from './stream-replies.js';

/** Which entries `xpending` lists; with `count` only. @publicApi */
export interface XpendingOptions extends VersionOption {
  /** Return at most this many entries at most. */
  readonly count: number;
  /** `'-'` by default. */
  readonly start?: string;
  /** `'+'` by default. */
  readonly end?: string;
  /** Only those of this consumer. */
  readonly consumer?: string;
  /** Only entries delivered at least this long ago. */
  readonly idle?: Timeout;
}

/** How `xclaim` claims. @publicApi */
export interface XclaimOptions extends VersionOption {
  /** Record the delivery as this long ago, instead of now. */
  readonly idle?: Timeout;
  /** Record the delivery at this time: a `Date`, or a Unix time in milliseconds. */
  readonly time?: Date | number;
  /** Set the number of deliveries, instead of counting one more. */
  readonly retrycount?: number;
  /** Claim entries that are pending for nobody, too. */
  readonly force?: boolean;
  /** Return IDs only, and count no delivery. */
  readonly justid?: boolean;
}

/** How `xautoclaim` claims. @publicApi */
export interface XautoclaimOptions extends VersionOption {
  /** Claim at most this many entries; by default the server's own limit, 100. */
  readonly count?: number;
  /** Return IDs only, and count no delivery. */
  readonly justid?: boolean;
}

type JustIds = { readonly justid: true };

const xpendingNames: NamesOf<XpendingOptions> = {
  ...versionNames,
  count: true,
  start: true,
  end: true,
  consumer: true,
  idle: true,
};
const xautoclaimNames: NamesOf<XautoclaimOptions> = { ...versionNames, count: true, justid: 'flag' };
const xclaimNames: NamesOf<XclaimOptions> = {
  ...versionNames,
  idle: true,
  time: true,
  retrycount: true,
  force: 'flag',
  justid: 'flag',
};

/**
 * Entries that consumers of a group received and have not acknowledged yet.
 *
 * @publicApi
 */
export abstract class StreamPendingCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Acknowledges entries; returns how many were pending. Redis: `XACK`.
   *
   * @example
   * await cache.xack('orders', 'mail', entry.id);
   */
  xack(key: string, group: string, ...ids: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, entries] = [groupOf(this.keyOf(key), group), idsArguments(ids)];
      if (entries.length === 0) return new Known(0);
      return inParts(entries, (part) => write('XACK', [...owner, ...part], replies.integer), sum);
    });
  }

  /**
   * How many entries are pending, and for which consumers; with `count` the entries themselves. Redis: `XPENDING`.
   *
   * @throws CommandError (`NOGROUP`) if there is no such group
   * @example
   * const { pending, consumers } = await cache.xpending('orders', 'mail');
   * const oldest = await cache.xpending('orders', 'mail', { count: 10, idle: '1m' });
   */
  xpending(key: string, group: string, options: XpendingOptions): Reply<S, PendingEntry[]>;
  xpending(key: string, group: string, options?: VersionOption): Reply<S, PendingSummary>;
  xpending(
    key: string,
    group: string,
    options?: Partial<XpendingOptions>,
  ): Reply<S, PendingEntry[]> | Reply<S, PendingSummary> {
    if (options?.count !== undefined) {
      return this.send<PendingEntry[]>(() => {
        const args = [...groupOf(this.keyOf(key, options, xpendingNames), group), ...pendingArguments(options)];
        return read('XPENDING', args, shapes.pendingEntries);
      });
    }
    return this.send<PendingSummary>(() => {
      const owner = groupOf(this.keyOf(key, options, xpendingNames), group);
      const filter = (['start', 'end', 'consumer', 'idle'] as const).find((name) => options?.[name] !== undefined);
      if (filter) throw new TypeError(`xpending takes ${filter} only together with count`);
      return read('XPENDING', owner, shapes.pendingSummary);
    });
  }

  /**
   * Moves entries to a consumer that have been pending for another for at least this long; returns the claimed ones.
   * Redis: `XCLAIM`.
   *
   * @example
   * const taken = await cache.xclaim<Order>('orders', 'mail', 'mail-2', '1m', ['1732900000000-0']);
   */
  xclaim<T = StreamFields>(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    ids: readonly string[],
    options?: XclaimOptions & { readonly justid?: false },
  ): Reply<S, StreamEntry<T>[]>;
  xclaim(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    ids: readonly string[],
    options: XclaimOptions & JustIds,
  ): Reply<S, string[]>;
  xclaim(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    ids: readonly string[],
    options: XclaimOptions = {},
  ): Reply<S, unknown[]> {
    return this.send<unknown[]>((): Step<unknown[]> => {
      const owner = [
        ...groupOf(this.keyOf(key, options, xclaimNames), group),
        nameArgument(consumer, 'A consumer'),
        idleTime(minIdle),
      ];
      const [entries, terms] = [idsArguments(ids), claimArguments(options)];
      if (entries.length === 0) return new Known<unknown[]>([]);
      const reply = options.justid ? shapes.ids : shapes.entries();
      return inParts(entries, (part) => write<unknown[]>('XCLAIM', [...owner, ...part, ...terms], reply), concat);
    });
  }

  /**
   * Like {@link xclaim}, for all entries pending for at least this long, from an ID on; continue with the returned
   * cursor until it is `'0-0'`. Redis: `XAUTOCLAIM`.
   *
   * @example
   * const { cursor, entries } = await cache.xautoclaim<Order>('orders', 'mail', 'mail-2', '1m');
   */
  xautoclaim<T = StreamFields>(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    start?: string,
    options?: XautoclaimOptions & { readonly justid?: false },
  ): Reply<S, Autoclaimed<T>>;
  xautoclaim(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    start: string | undefined,
    options: XautoclaimOptions & JustIds,
  ): Reply<S, AutoclaimedIds>;
  xautoclaim(
    key: string,
    group: string,
    consumer: string,
    minIdle: Timeout,
    start = '0-0',
    options: XautoclaimOptions = {},
  ): Reply<S, unknown> {
    return this.send<unknown>((): Command<unknown> => {
      const owner = [
        ...groupOf(this.keyOf(key, options, xautoclaimNames), group),
        nameArgument(consumer, 'A consumer'),
        idleTime(minIdle),
      ];
      const args = [...owner, claimCursor(start, 'start'), ...countOption(options.count)];
      return options.justid
        ? write('XAUTOCLAIM', [...args, 'JUSTID'], shapes.autoclaimedIds)
        : write('XAUTOCLAIM', args, shapes.autoclaimed());
    });
  }
}

function idleTime(idle: Timeout, what = 'minIdle'): number {
  const ms = toMilliseconds(idle, what);
  if (ms === null) throw new TypeError(`${what} must be a time, not null`);
  return ms;
}

function pendingArguments({ start = '-', end = '+', count, consumer, idle }: Partial<XpendingOptions>): Argument[] {
  return [
    ...(idle === undefined ? [] : ['IDLE', idleTime(idle, 'idle')]),
    rangeId(start, 'start'),
    rangeId(end, 'end'),
    countArgument(count!, 'count', 1),
    ...(consumer === undefined ? [] : [nameArgument(consumer, 'A consumer')]),
  ];
}

function claimArguments({ idle, time, retrycount, force, justid }: XclaimOptions): Argument[] {
  if (idle !== undefined && time !== undefined) throw new TypeError('xclaim takes idle or time, not both');
  return [
    ...(idle === undefined ? [] : ['IDLE', idleTime(idle, 'idle')]),
    ...(time === undefined ? [] : ['TIME', toInstant(time, 'milliseconds')]),
    ...(retrycount === undefined ? [] : ['RETRYCOUNT', countArgument(retrycount, 'retrycount')]),
    ...(force ? ['FORCE'] : []),
    ...(justid ? ['JUSTID'] : []),
  ];
}
