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
  /** Give so many entries at most. */
  readonly count: number;
  /** `'-'` where left out. */
  readonly start?: string;
  /** `'+'` where left out. */
  readonly end?: string;
  /** Only those of this consumer. */
  readonly consumer?: string;
  /** Only those delivered so long ago at least. */
  readonly idle?: Timeout;
}

/** How `xclaim` claims. @publicApi */
export interface XclaimOptions extends VersionOption {
  /** Make it look as if delivered so long ago, instead of now. */
  readonly idle?: Timeout;
  /** Or then: a `Date`, or a Unix time in milliseconds. */
  readonly time?: Date | number;
  /** Set the number of deliveries, instead of counting one more. */
  readonly retrycount?: number;
  /** Claim what is pending for nobody, too. */
  readonly force?: boolean;
  /** Give IDs only, and count no delivery. */
  readonly justid?: boolean;
}

/** How `xautoclaim` claims. @publicApi */
export interface XautoclaimOptions extends VersionOption {
  /** Claim so many entries at most; the server's own limit, 100, where left out. */
  readonly count?: number;
  /** Give IDs only, and count no delivery. */
  readonly justid?: boolean;
}

type JustIds = { readonly justid: true };

export const xpendingNames: NamesOf<XpendingOptions> = {
  ...versionNames,
  count: true,
  start: true,
  end: true,
  consumer: true,
  idle: true,
};
export const xautoclaimNames: NamesOf<XautoclaimOptions> = { ...versionNames, count: true, justid: true };
export const xclaimNames: NamesOf<XclaimOptions> = {
  ...versionNames,
  idle: true,
  time: true,
  retrycount: true,
  force: true,
  justid: true,
};

/**
 * What consumers of a group were given and have not acknowledged yet.
 *
 * @publicApi
 */
export abstract class StreamPendingCommands<S extends Surface> extends CommandGroup<S> {
  /** Takes entries off what is pending; how many were. Redis: `XACK`. */
  xack(key: string, group: string, ...ids: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, entries] = [groupOf(this.keyOf(key), group), idsArguments(ids)];
      if (entries.length === 0) return new Known(0);
      return inParts(entries, (part) => write('XACK', [...owner, ...part], replies.integer), sum);
    });
  }

  /**
   * How much is pending, and for whom; with `count` the entries themselves. Redis: `XPENDING`.
   *
   * @throws CommandError (`NOGROUP`) where there is no such group
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
   * Makes entries pending for a consumer which have been pending for another for so long at least; those of them that
   * were claimed. Redis: `XCLAIM`.
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
   * As {@link xclaim} for whatever has been pending for so long at least, from an ID on; go on with the cursor of the
   * answer until it is `'0-0'`. Redis: `XAUTOCLAIM`.
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
