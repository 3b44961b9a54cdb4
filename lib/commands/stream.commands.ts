import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { countArgument, signalArgument } from '../arguments/arguments.js';
import { type Argument, type Command, Key, Known, read, type Step, write } from '../command-model/command.js';
import { CommandGroup, type Direct, type Reply, type Surface } from './command-group.js';
import type { MappingOf } from '../arguments/mapping.js';
import { inParts, sum } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import {
  countOption,
  entryArguments,
  entryId,
  idsArguments,
  newId,
  rangeId,
  startId,
  type StreamPositions,
  streamsArguments,
  type StreamTrim,
  trimArguments,
} from './stream-arguments.js';
import * as shapes from './stream-replies.js';
import type { StreamEntry, StreamFields } from './stream-replies.js';

/** How `xadd` adds. @publicApi */
export interface XaddOptions extends VersionOption, StreamTrim {
  /** `'*'` (the server generates one) by default; `'1700000000000-*'` leaves only the second part to the server. */
  readonly id?: string;
  /** Add nothing if the stream does not exist yet. */
  readonly nomkstream?: boolean;
}

/** How `xtrim` trims; by `maxlen` or by `minid`. @publicApi */
export interface XtrimOptions extends VersionOption, StreamTrim {}

/** How `xrange` and `xrevrange` read. @publicApi */
export interface XrangeOptions extends VersionOption {
  /** Return at most this many entries at most. */
  readonly count?: number;
}

/** How `xread` and `xreadgroup` wait; not in pipelines, where nothing can. @publicApi */
export interface StreamWait {
  /** How long to wait for an entry (`null`: forever, 0: not at all); a waiting call has a connection of its own. */
  readonly block?: Timeout;
  /** Ends the wait: the call rejects with the signal's reason; entries that arrived first are still returned. */
  readonly signal?: AbortSignal;
}

/** How `xread` reads. @publicApi */
export interface XreadOptions extends VersionOption {
  /** Return at most this many entries of each stream at most. */
  readonly count?: number;
}

/** What `xsetid` sets besides the ID. @publicApi */
export interface XsetidOptions extends VersionOption {
  /** How many entries were ever added, so that the server can compute the lag of groups. */
  readonly entriesAdded?: number;
  /** The highest ID that was deleted. */
  readonly maxDeletedId?: string;
}

/** Waiting, which only the service can do. */
export type Waiting<S> = S extends Direct ? StreamWait : unknown;

const xtrimNames: NamesOf<XtrimOptions> = {
  ...versionNames,
  maxlen: true,
  minid: true,
  approximate: 'flag',
  limit: true,
};
const xaddNames: NamesOf<XaddOptions> = { ...xtrimNames, id: true, nomkstream: 'flag' };
const xrangeNames: NamesOf<XrangeOptions> = { ...versionNames, count: true };
const xsetidNames: NamesOf<XsetidOptions> = { ...versionNames, entriesAdded: true, maxDeletedId: true };
export const xreadNames: NamesOf<XreadOptions & StreamWait> = {
  ...versionNames,
  count: true,
  block: true,
  signal: true,
};

/**
 * Streams. Names of fields are plain strings; values are encoded like those of `set`. `T` is the type of an entry's
 * fields: `xrange<Order>` returns `{ id, fields: Order }`.
 *
 * @publicApi
 */
export abstract class StreamCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Adds an entry; returns its ID, or `undefined` if it was not added (`nomkstream`). Redis: `XADD`.
   *
   * @throws TypeError if there are no fields
   * @throws CommandError if the ID is not above the last one
   * @example
   * await cache.xadd('orders', { productId: 'moka-pot', quantity: 2 }, { maxlen: 10_000, approximate: true });
   */
  xadd<M extends object>(
    key: string,
    fields: MappingOf<M, string, unknown>,
    options?: XaddOptions,
  ): Reply<S, string | undefined> {
    return this.send<string | undefined>(() => {
      const owner = this.keyOf(key, options, xaddNames);
      const { id = '*', nomkstream } = options ?? {};
      const flags = [...(nomkstream ? ['NOMKSTREAM'] : []), ...trimArguments(options ?? {})];
      const args = [owner, ...flags, newId(id, 'id'), ...entryArguments(fields)];
      return write('XADD', args, shapes.optionalText);
    });
  }

  /** The number of entries. Redis: `XLEN`. @example const length = await cache.xlen('orders'); */
  xlen(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('XLEN', [this.keyOf(key, options)], replies.integer));
  }

  /**
   * Entries from one ID to another, both included (`'(1700000000000-0'` leaves it out), the oldest first. Redis:
   * `XRANGE`.
   * @example const [oldest] = await cache.xrange<Order>('orders', '-', '+', { count: 1 }); // { id, fields }
   */
  xrange<T = StreamFields>(key: string, start = '-', end = '+', options?: XrangeOptions): Reply<S, StreamEntry<T>[]> {
    return this.send<StreamEntry<T>[]>(() =>
      rangeCommand(
        'XRANGE',
        this.keyOf(key, options, xrangeNames),
        rangeId(start, 'start'),
        rangeId(end, 'end'),
        options,
      ),
    );
  }

  /**
   * Like {@link xrange}, the newest first. Redis: `XREVRANGE`.
   *
   * @example
   * const [latest] = await cache.xrevrange<Order>('orders', '+', '-', { count: 1 });
   */
  xrevrange<T = StreamFields>(
    key: string,
    end = '+',
    start = '-',
    options?: XrangeOptions,
  ): Reply<S, StreamEntry<T>[]> {
    return this.send<StreamEntry<T>[]>(() =>
      rangeCommand(
        'XREVRANGE',
        this.keyOf(key, options, xrangeNames),
        rangeId(end, 'end'),
        rangeId(start, 'start'),
        options,
      ),
    );
  }

  /**
   * Entries after an ID (`'0'`: all, `'$'`: those added while it waits), of each stream that has any; an empty
   * `Map` if none has, and when the time to `block` is over. On a cluster all streams are in one slot. Redis: `XREAD`.
   *
   * @throws CrossSlotError on a cluster, if they are in several slots
   * @example
   * const found = await cache.xread<Order>({ orders: lastId }, { count: 100, block: '5s', signal });
   * for (const { id, fields } of found.get('orders') ?? []) await handle(id, fields);
   */
  xread<T = StreamFields>(
    streams: StreamPositions,
    options?: XreadOptions & Waiting<S>,
  ): Reply<S, Map<string, StreamEntry<T>[]>> {
    return this.send<Map<string, StreamEntry<T>[]>>(() => {
      const version = this.versionOf(options, xreadNames);
      const { count } = options ?? {};
      const sources = streamsArguments(streams, (name) => new Key(name, version), startId);
      const command = read('XREAD', countOption(count), shapes.streams<T>(version));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Waiting` adds these options if S may wait
      return readCommand(command, sources, options as StreamWait);
    });
  }

  /**
   * Removes the oldest entries; returns how many. Redis: `XTRIM`.
   * @example await cache.xtrim('orders', { maxlen: 100_000, approximate: true });
   */
  xtrim(key: string, options: XtrimOptions): Reply<S, number> {
    return this.send<number>(() => {
      const owner = this.keyOf(key, options, xtrimNames);
      const trim = trimArguments(options ?? {});
      if (trim.length === 0) throw new TypeError('xtrim needs maxlen or minid');
      return write('XTRIM', [owner, ...trim], replies.integer);
    });
  }

  /**
   * Deletes entries; returns how many existed. Redis: `XDEL`.
   * @example await cache.xdel('orders', '1732900000000-0');
   */
  xdel(key: string, ...ids: string[]): Reply<S, number> {
    return this.send<number>(() => {
      const [owner, entries] = [this.keyOf(key), idsArguments(ids)];
      if (entries.length === 0) return new Known(0);
      return inParts(entries, (part) => write('XDEL', [owner, ...part], replies.integer), sum);
    });
  }

  /**
   * Sets the last ID of an existing stream, so that the next entry gets a higher one: for a stream that is moved or
   * rebuilt. Returns `true`. Redis: `XSETID`.
   *
   * @throws KeyNotFoundError if it does not exist, CommandError if it has entries with a higher ID
   * @example
   * await cache.xsetid('orders', lastId, { entriesAdded: 120_000 });
   */
  xsetid(key: string, lastId: string, options?: XsetidOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const owner = this.keyOf(key, options, xsetidNames);
      const { entriesAdded, maxDeletedId } = options ?? {};
      const added = entriesAdded === undefined ? [] : ['ENTRIESADDED', countArgument(entriesAdded, 'entriesAdded')];
      const deleted = maxDeletedId === undefined ? [] : ['MAXDELETEDID', entryId(maxDeletedId, 'maxDeletedId')];
      return write('XSETID', [owner, entryId(lastId, 'lastId'), ...added, ...deleted], replies.ok);
    });
  }
}

function rangeCommand<T>(
  name: string,
  key: Key,
  from: string,
  to: string,
  options: XrangeOptions | undefined,
): Command<StreamEntry<T>[]> {
  return read(name, [key, from, to, ...countOption(options?.count)], shapes.entries<T>());
}

/** `BLOCK` precedes the streams; the time is inserted when the command is sent. */
export function readCommand<T>(
  command: Command<Map<string, T>>,
  sources: readonly Argument[],
  { block, signal }: StreamWait = {},
): Step<Map<string, T>> {
  signalArgument(signal);
  const timeoutMs = block === undefined ? 0 : toMilliseconds(block, 'block');
  if (sources.length === 1) return new Known(new Map<string, T>());
  if (timeoutMs === 0) return { ...command, args: [...command.args, ...sources] };
  const args = [...command.args, 'BLOCK', 0, ...sources];
  const blocking = { timeoutMs, signal, argument: command.args.length + 1, unit: 'milliseconds' } as const;
  return { ...command, access: 'write', args, blocking };
}
