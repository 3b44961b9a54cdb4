import { type Timeout, toInstant, toMilliseconds } from '../options/timeout.js';
import { countArgument } from './arguments.js';
import { type Argument, type Command, type Key, Known, read, type Step, write } from './command.js';
import { CommandGroup, type Reply, type VersionOption } from './command-group.js';
import * as replies from './replies.js';
import { readCommand, type StreamWait, type Waiting, type XreadOptions } from './stream.commands.js';
import {
  claimCursor,
  countOption,
  groupReadId,
  idsArguments,
  nameArgument,
  rangeId,
  startId,
  type StreamPositions,
  streamsArguments,
} from './stream-arguments.js';
import * as shapes from './stream-replies.js';
import type {
  Autoclaimed,
  AutoclaimedIds,
  PendingEntry,
  PendingSummary,
  StreamConsumerInfo,
  StreamEntry,
  StreamFields,
  StreamGroupInfo,
} from './stream-replies.js';

/** @publicApi */
export interface XgroupSetidOptions extends VersionOption {
  /** How many entries the group has read, where you know, so that the server can tell its lag. */
  readonly entriesRead?: number;
}

/** @publicApi */
export interface XgroupCreateOptions extends XgroupSetidOptions {
  /** Make an empty stream where there is none. */
  readonly mkstream?: boolean;
}

/** How `xreadgroup` reads. @publicApi */
export interface XreadgroupOptions extends XreadOptions {
  /** Take entries as acknowledged when they are given: none of them is pending then, nor given again. */
  readonly noack?: boolean;
}

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

/**
 * Groups of consumers, who share the entries of a stream: each entry is given to one of them, and is pending until that
 * one acknowledges it. `@StreamConsumer` does this by itself.
 *
 * @publicApi
 */
export abstract class StreamGroupCommands<S> extends CommandGroup<S> {
  /**
   * The groups of a stream. Redis: `XINFO GROUPS`.
   *
   * @throws KeyNotFoundError where there is no such stream
   */
  xinfoGroups(key: string, options?: VersionOption): Reply<S, StreamGroupInfo[]> {
    return this.send<StreamGroupInfo[]>(() => read('XINFO', ['GROUPS', this.keyOf(key, options)], shapes.groupInfos));
  }

  /**
   * The consumers of a group. Redis: `XINFO CONSUMERS`.
   *
   * @throws KeyNotFoundError where there is no such stream, CommandError (`NOGROUP`) where it has no such group
   */
  xinfoConsumers(key: string, group: string, options?: VersionOption): Reply<S, StreamConsumerInfo[]> {
    return this.send<StreamConsumerInfo[]>(() =>
      read('XINFO', ['CONSUMERS', ...this.groupOf(key, group, options)], shapes.consumerInfos),
    );
  }

  /**
   * Makes a group that gets what comes after `id` (`'$'`: from now on, `'0'`: all); `true`. Redis: `XGROUP CREATE`.
   *
   * @throws CommandError where there is such a group (`BUSYGROUP`), or no stream, without `mkstream`
   */
  xgroupCreate(key: string, group: string, id = '$', options?: XgroupCreateOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const mkstream = options?.mkstream ? ['MKSTREAM'] : [];
      const args = [...this.groupOf(key, group, options), startId(id, 'id'), ...mkstream, ...entriesRead(options)];
      return write('XGROUP', ['CREATE', ...args], replies.ok);
    });
  }

  /** Deletes a group with all that is pending in it; whether it was there. Redis: `XGROUP DESTROY`. */
  xgroupDestroy(key: string, group: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('XGROUP', ['DESTROY', ...this.groupOf(key, group, options)], replies.boolean),
    );
  }

  /** Sets what counts as delivered; `true`. Redis: `XGROUP SETID`. */
  xgroupSetid(key: string, group: string, id: string, options?: XgroupSetidOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const args = [...this.groupOf(key, group, options), startId(id, 'id'), ...entriesRead(options)];
      return write('XGROUP', ['SETID', ...args], replies.ok);
    });
  }

  /**
   * Deletes a consumer; how many entries were pending for it. Nobody gets those any more: have them claimed first.
   * Redis: `XGROUP DELCONSUMER`.
   */
  xgroupDelconsumer(key: string, group: string, consumer: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => {
      const args = [...this.groupOf(key, group, options), nameArgument(consumer, 'A consumer')];
      return write('XGROUP', ['DELCONSUMER', ...args], replies.integer);
    });
  }

  /**
   * Entries for one consumer of a group: with `'>'` those that no consumer has got yet, with an ID its own pending ones
   * after it (one that was deleted meanwhile has no fields). The consumer is made where it is missing. Redis: `XREADGROUP`.
   *
   * @throws CommandError (`NOGROUP`) where there is no such group
   * @throws CrossSlotError on a cluster, where the streams are in several slots
   * @example
   * const found = await cache.xreadgroup<Order>('mail', 'mail-1', { orders: '>' }, { count: 10, block: '5s', signal });
   */
  xreadgroup<T = StreamFields>(
    group: string,
    consumer: string,
    streams: StreamPositions,
    options?: XreadgroupOptions & Waiting<S>,
  ): Reply<S, Map<string, StreamEntry<T>[]>> {
    return this.send<Map<string, StreamEntry<T>[]>>(() => {
      const { version = this.defaults.version, count, noack } = options ?? {};
      const who = ['GROUP', nameArgument(group, 'A group'), nameArgument(consumer, 'A consumer')];
      const sources = streamsArguments(streams, (name) => this.keyOf(name, options), groupReadId);
      const args = [...who, ...countOption(count), ...(noack ? ['NOACK'] : [])];
      return readCommand(write('XREADGROUP', args, shapes.streams<T>(version)), sources, options as StreamWait);
    });
  }

  /** Takes entries off what is pending; how many were. Redis: `XACK`. */
  xack(key: string, group: string, ...ids: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, entries] = [this.groupOf(key, group), idsArguments(ids)];
      return entries.length === 0 ? new Known(0) : write('XACK', [...owner, ...entries], replies.integer);
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
        const args = [...this.groupOf(key, group, options), ...pendingArguments(options)];
        return read('XPENDING', args, shapes.pendingEntries);
      });
    }
    return this.send<PendingSummary>(() => {
      const filter = (['start', 'end', 'consumer', 'idle'] as const).find((name) => options?.[name] !== undefined);
      if (filter) throw new TypeError(`xpending takes ${filter} only together with count`);
      return read('XPENDING', this.groupOf(key, group, options), shapes.pendingSummary);
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
      const owner = [...this.groupOf(key, group, options), nameArgument(consumer, 'A consumer'), idleTime(minIdle)];
      const [entries, terms] = [idsArguments(ids), claimArguments(options)];
      if (entries.length === 0) return new Known<unknown[]>([]);
      const reply = options.justid ? shapes.ids : shapes.entries();
      return write<unknown[]>('XCLAIM', [...owner, ...entries, ...terms], reply);
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
      const owner = [...this.groupOf(key, group, options), nameArgument(consumer, 'A consumer'), idleTime(minIdle)];
      const args = [...owner, claimCursor(start, 'start'), ...countOption(options.count)];
      return options.justid
        ? write('XAUTOCLAIM', [...args, 'JUSTID'], shapes.autoclaimedIds)
        : write('XAUTOCLAIM', args, shapes.autoclaimed());
    });
  }

  /** @internal */
  protected groupOf(key: string, group: string, options?: VersionOption): [Key, string] {
    return [this.keyOf(key, options), nameArgument(group, 'A group')];
  }
}

function entriesRead({ entriesRead: count }: XgroupSetidOptions = {}): Argument[] {
  return count === undefined ? [] : ['ENTRIESREAD', countArgument(count, 'entriesRead')];
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
