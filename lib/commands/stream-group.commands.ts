import { versionNames, type VersionOption } from '../arguments/version.js';
import { readCommand, type StreamWait, type Waiting, xreadNames, type XreadOptions } from './stream.commands.js';
import type { NamesOf } from '../arguments/option-names.js';
import { countArgument } from '../arguments/arguments.js';
import { type Argument, Key, run, write } from '../command-model/command.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import * as replies from '../command-model/replies.js';
import { deleteIdleConsumerScript } from './scripts/delete-idle-consumer.script.js';
import {
  countOption,
  groupOf,
  groupReadId,
  nameArgument,
  startId,
  type StreamPositions,
  streamsArguments,
} from './stream-arguments.js';
import * as shapes from './stream-replies.js';
import type { StreamEntry, StreamFields } from './stream-replies.js';

/** How `xgroupSetid` sets the last delivered ID. @publicApi */
export interface XgroupSetidOptions extends VersionOption {
  /** How many entries the group has read, if known, so that the server can compute its lag. */
  readonly entriesRead?: number;
}

/** How `xgroupCreate` creates a group. @publicApi */
export interface XgroupCreateOptions extends XgroupSetidOptions {
  /** Create an empty stream if there is none. */
  readonly mkstream?: boolean;
}

/** How `xgroupDelconsumer` deletes a consumer. @publicApi */
export interface XgroupDelconsumerOptions extends VersionOption {
  /** Keep it if entries are pending for it. Atomic: nothing is delivered to it in between. */
  readonly unlessPending?: boolean;
}

/** How `xreadgroup` reads. @publicApi */
export interface XreadgroupOptions extends XreadOptions {
  /** Acknowledge entries on delivery: none of them becomes pending, or is delivered again. */
  readonly noack?: boolean;
}

const xreadgroupNames: NamesOf<XreadgroupOptions & StreamWait> = { ...xreadNames, noack: 'flag' };
const xgroupSetidNames: NamesOf<XgroupSetidOptions> = { ...versionNames, entriesRead: true };
const xgroupCreateNames: NamesOf<XgroupCreateOptions> = { ...xgroupSetidNames, mkstream: 'flag' };
const xgroupDelconsumerNames: NamesOf<XgroupDelconsumerOptions> = { ...versionNames, unlessPending: 'flag' };

/**
 * Groups of consumers, which share the entries of a stream: each entry is delivered to one of them, and is pending
 * until that one acknowledges it. `@StreamConsumer` does this by itself.
 *
 * @publicApi
 */
export abstract class StreamGroupCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Creates a group that gets the entries after `id` (`'$'`: from now on, `'0'`: all); returns `true`. Redis: `XGROUP
   * CREATE`.
   *
   * @throws CommandError if there is such a group (`BUSYGROUP`), or no stream, without `mkstream`
   * @example
   * await cache.xgroupCreate('orders', 'mail', '$', { mkstream: true });
   */
  xgroupCreate(key: string, group: string, id = '$', options?: XgroupCreateOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const mkstream = options?.mkstream ? ['MKSTREAM'] : [];
      const args = [
        ...groupOf(this.keyOf(key, options, xgroupCreateNames), group),
        startId(id, 'id'),
        ...mkstream,
        ...entriesRead(options),
      ];
      return write('XGROUP', ['CREATE', ...args], replies.ok);
    });
  }

  /**
   * Deletes a group with all that is pending in it; returns whether it was there. Redis: `XGROUP DESTROY`.
   *
   * @example
   * await cache.xgroupDestroy('orders', 'mail');
   */
  xgroupDestroy(key: string, group: string, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('XGROUP', ['DESTROY', ...groupOf(this.keyOf(key, options), group)], replies.boolean),
    );
  }

  /**
   * Sets the last delivered ID; returns `true`. Redis: `XGROUP SETID`.
   *
   * @example
   * await cache.xgroupSetid('orders', 'mail', '0'); // deliver everything again
   */
  xgroupSetid(key: string, group: string, id: string, options?: XgroupSetidOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const args = [
        ...groupOf(this.keyOf(key, options, xgroupSetidNames), group),
        startId(id, 'id'),
        ...entriesRead(options),
      ];
      return write('XGROUP', ['SETID', ...args], replies.ok);
    });
  }

  /**
   * Deletes a consumer; returns how many entries were pending for it. Those are never delivered again: claim them
   * first, or keep the consumer with `unlessPending`. Redis: `XGROUP DELCONSUMER`, with `unlessPending` by a script.
   *
   * @example
   * const pending = await cache.xgroupDelconsumer('orders', 'mail', 'mail-1', { unlessPending: true });
   */
  xgroupDelconsumer(
    key: string,
    group: string,
    consumer: string,
    options?: XgroupDelconsumerOptions,
  ): Reply<S, number> {
    return this.send<number>(() => {
      const [stream, name] = groupOf(this.keyOf(key, options, xgroupDelconsumerNames), group);
      const who = [name, nameArgument(consumer, 'A consumer')];
      return options?.unlessPending
        ? run(deleteIdleConsumerScript, [stream], who, replies.integer)
        : write('XGROUP', ['DELCONSUMER', stream, ...who], replies.integer);
    });
  }

  /**
   * Entries for one consumer of a group: with `'>'` those that no consumer has received yet, with an ID its own pending
   * ones after it (an entry deleted meanwhile has no fields). A missing consumer is created. Redis: `XREADGROUP`.
   *
   * @throws CommandError (`NOGROUP`) if there is no such group
   * @throws CrossSlotError on a cluster, if the streams are in several slots
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
      const version = this.versionOf(options, xreadgroupNames);
      const { count, noack } = options ?? {};
      const who = ['GROUP', nameArgument(group, 'A group'), nameArgument(consumer, 'A consumer')];
      const sources = streamsArguments(streams, (name) => new Key(name, version), groupReadId);
      const args = [...who, ...countOption(count), ...(noack ? ['NOACK'] : [])];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Waiting` adds these options if S may wait
      return readCommand(write('XREADGROUP', args, shapes.streams<T>(version)), sources, options as StreamWait);
    });
  }
}

function entriesRead({ entriesRead: count }: XgroupSetidOptions = {}): Argument[] {
  return count === undefined ? [] : ['ENTRIESREAD', countArgument(count, 'entriesRead')];
}
