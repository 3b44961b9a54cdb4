import { type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { countArgument, integerArgument } from '../arguments/arguments.js';
import { type Argument, type Command, type Key, keysOf, Known, Member, read, write } from '../command-model/command.js';
import { inParts, latest } from '../command-model/parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import * as replies from '../command-model/replies.js';
import { keyAndItems, multiPopArguments, multiPopNames, type MultiPopOptions } from './multi-pop.js';

/** An end of a list. @publicApi */
export type ListEnd = 'LEFT' | 'RIGHT';

/** The result of `lmpop` and `blmpop`. @publicApi */
export type PoppedElements<T> = [key: string, elements: T[]] | undefined;

/** How `lpos` searches. @publicApi */
export interface LposOptions extends VersionOption {
  /** The match to begin with: 1 the first, 2 the second, -1 the last. */
  readonly rank?: number;
  /** Return up to this many positions (0: all) instead of one. */
  readonly count?: number;
  /** Examine at most this many elements (0: all). */
  readonly maxlen?: number;
}

const lposNames: NamesOf<LposOptions> = { ...versionNames, rank: true, count: true, maxlen: true };

/**
 * Lists. Elements are encoded so that `lrem`, `lpos` and `linsert` find equal values.
 *
 * @publicApi
 */
export abstract class ListCommands<S extends Surface> extends CommandGroup<S> {
  /** The number of elements. Redis: `LLEN`. @example const waiting = await cache.llen('queue'); */
  llen(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('LLEN', [this.keyOf(key, options)], replies.integer));
  }

  /**
   * Adds values at the head, one after the other (the last one ends up first); returns the new length. Redis: `LPUSH`.
   * @example await cache.lpush('queue', urgent);
   */
  lpush(key: string, ...values: unknown[]): Reply<S, number> {
    return this.send<number>(() => pushCommand('LPUSH', this.keyOf(key), values));
  }

  /**
   * Adds values at the tail; returns the new length. Redis: `RPUSH`.
   * @example const length = await cache.rpush('queue', job, another);
   */
  rpush(key: string, ...values: unknown[]): Reply<S, number> {
    return this.send<number>(() => pushCommand('RPUSH', this.keyOf(key), values));
  }

  /**
   * Adds values at the head of an existing list; returns the new length, 0 if there is no list. Redis: `LPUSHX`.
   * @example const length = await cache.lpushx('queue', urgent); // 0: no such list
   */
  lpushx(key: string, ...values: unknown[]): Reply<S, number> {
    return this.send<number>(() => pushCommand('LPUSHX', this.keyOf(key), values));
  }

  /**
   * Adds values at the tail of an existing list; returns the new length, 0 if there is no list. Redis: `RPUSHX`.
   * @example const length = await cache.rpushx('queue', job); // 0: no such list
   */
  rpushx(key: string, ...values: unknown[]): Reply<S, number> {
    return this.send<number>(() => pushCommand('RPUSHX', this.keyOf(key), values));
  }

  /**
   * Removes and returns the first element (`undefined` if there is none), or up to `count` of them. Redis: `LPOP`.
   *
   * @example
   * const job = await cache.lpop<Job>('queue'); // Job | undefined
   * const ten = await cache.lpop<Job>('queue', 10); // Job[]
   */
  lpop<T = unknown>(key: string, count?: undefined, options?: VersionOption): Reply<S, T | undefined>;
  lpop<T = unknown>(key: string, count: number, options?: VersionOption): Reply<S, T[]>;
  lpop(key: string, count?: number, options?: VersionOption): Reply<S, unknown> {
    return this.send<unknown>(() => popCommand('LPOP', this.keyOf(key, options), count));
  }

  /**
   * Removes and returns the last element (`undefined` if there is none), or up to `count` of them. Redis: `RPOP`.
   * @example const job = await cache.rpop<Job>('queue'); // Job | undefined
   */
  rpop<T = unknown>(key: string, count?: undefined, options?: VersionOption): Reply<S, T | undefined>;
  rpop<T = unknown>(key: string, count: number, options?: VersionOption): Reply<S, T[]>;
  rpop(key: string, count?: number, options?: VersionOption): Reply<S, unknown> {
    return this.send<unknown>(() => popCommand('RPOP', this.keyOf(key, options), count));
  }

  /**
   * Removes and returns elements from one end of the first list that has any; `undefined` if none has. Redis: `LMPOP`.
   * @example const [key, jobs] = (await cache.lmpop<Job>(['{jobs}:urgent', '{jobs}'], 'LEFT', { count: 10 })) ?? [];
   */
  lmpop<T = unknown>(keys: readonly string[], from: ListEnd, options?: MultiPopOptions): Reply<S, PoppedElements<T>> {
    return this.send<PoppedElements<T>>(() => {
      const version = this.versionOf(options, multiPopNames);
      const sources = keysOf(keys, version);
      const args = multiPopArguments(sources, listEnd(from, 'from'), options);
      if (sources.length === 0) return new Known<PoppedElements<T>>(undefined);
      return write('LMPOP', args, keyAndItems(version, replies.values<T>()));
    });
  }

  /**
   * The element at an index (negative: from the tail), `undefined` if there is none. Redis: `LINDEX`.
   * @example const last = await cache.lindex<Job>('queue', -1);
   */
  lindex<T = unknown>(key: string, index: number, options?: VersionOption): Reply<S, T | undefined> {
    return this.send<T | undefined>(() =>
      read('LINDEX', [this.keyOf(key, options), integerArgument(index, 'index')], replies.value<T>()),
    );
  }

  /**
   * Elements from `start` to `end`, both included (negative: from the tail). Redis: `LRANGE`.
   * @example const all = await cache.lrange<Job>('queue', 0, -1);
   */
  lrange<T = unknown>(key: string, start: number, end: number, options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => read('LRANGE', [this.keyOf(key, options), ...range(start, end)], replies.values<T>()));
  }

  /**
   * Replaces the element at an index; returns `true`. Redis: `LSET`.
   *
   * @throws KeyNotFoundError if the list does not exist, CommandError if it has no such index
   * @example
   * await cache.lset('queue', 0, { ...job, urgent: true });
   */
  lset(key: string, index: number, value: unknown, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('LSET', [this.keyOf(key, options), integerArgument(index, 'index'), new Member(value)], replies.ok),
    );
  }

  /**
   * Keeps only the elements from `start` to `end`, both included; returns `true`. Redis: `LTRIM`.
   * @example await cache.ltrim('log', -1000, -1); // keep the last 1000
   */
  ltrim(key: string, start: number, end: number, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => write('LTRIM', [this.keyOf(key, options), ...range(start, end)], replies.ok));
  }

  /**
   * Removes elements equal to `value`: the first `count`, the last ones if it is negative, all if it is 0; returns how
   * many. Redis: `LREM`.
   * @example const removed = await cache.lrem('queue', 1, job); // the first that equals it
   */
  lrem(key: string, count: number, value: unknown, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write('LREM', [this.keyOf(key, options), integerArgument(count, 'count'), new Member(value)], replies.integer),
    );
  }

  /**
   * Adds a value before or after the first element equal to `pivot`; returns the new length, `-1` if there is no such
   * element, `0` if there is no such list. Redis: `LINSERT`.
   * @example await cache.linsert('queue', 'BEFORE', job, urgent);
   */
  linsert(
    key: string,
    where: 'BEFORE' | 'AFTER',
    pivot: unknown,
    value: unknown,
    options?: VersionOption,
  ): Reply<S, number> {
    return this.send<number>(() => {
      if (where !== 'BEFORE' && where !== 'AFTER') throw new TypeError("where must be 'BEFORE' or 'AFTER'");
      return write('LINSERT', [this.keyOf(key, options), where, new Member(pivot), new Member(value)], replies.integer);
    });
  }

  /**
   * The index of an element (`undefined` if it is not in the list), or with `count` the indexes of several.
   * Redis: `LPOS`.
   *
   * @example
   * const index = await cache.lpos('queue', job);
   * const all = await cache.lpos('queue', job, { count: 0 }); // number[]
   */
  lpos(key: string, element: unknown, options: LposOptions & { readonly count: number }): Reply<S, number[]>;
  lpos(
    key: string,
    element: unknown,
    options?: LposOptions & { readonly count?: undefined },
  ): Reply<S, number | undefined>;
  lpos(key: string, element: unknown, options?: LposOptions): Reply<S, number[]> | Reply<S, number | undefined> {
    const build = (): Argument[] => {
      const { rank, count, maxlen } = options ?? {};
      const args: Argument[] = [this.keyOf(key, options, lposNames), new Member(element)];
      if (rank === 0) throw new TypeError('rank starts from 1 (the first match), or -1 (the last)');
      if (rank !== undefined) args.push('RANK', integerArgument(rank, 'rank'));
      if (count !== undefined) args.push('COUNT', countArgument(count, 'count'));
      if (maxlen !== undefined) args.push('MAXLEN', countArgument(maxlen, 'maxlen'));
      return args;
    };
    return options?.count === undefined
      ? this.send<number | undefined>(() => read('LPOS', build(), replies.optionalInteger))
      : this.send<number[]>(() => read('LPOS', build(), replies.integers));
  }

  /**
   * Moves an element from an end of one list to an end of another (or the same); returns the element, `undefined` if
   * the source is empty. Redis: `LMOVE`.
   * @example const job = await cache.lmove<Job>('{jobs}', '{jobs}:working', 'LEFT', 'RIGHT');
   */
  lmove<T = unknown>(
    source: string,
    destination: string,
    from: ListEnd,
    to: ListEnd,
    options?: TwoKeyOptions,
  ): Reply<S, T | undefined> {
    return this.send<T | undefined>(() =>
      write(
        'LMOVE',
        [...this.sourceAndDestination(source, destination, options), listEnd(from, 'from'), listEnd(to, 'to')],
        replies.value<T>(),
      ),
    );
  }
}

/** Redis refuses to push nothing: the new length is then the current one. */
function pushCommand(name: string, owner: Key, values: readonly unknown[]): Command<number> {
  if (values.length === 0) return read('LLEN', [owner], replies.integer);
  return inParts(
    values.map((value) => new Member(value)),
    (part) => write(name, [owner, ...part], replies.integer),
    latest,
  );
}

function popCommand(name: string, owner: Key, count: number | undefined): Command<unknown> {
  return count === undefined
    ? write<unknown>(name, [owner], replies.value())
    : write<unknown>(name, [owner, countArgument(count, 'count')], replies.values());
}

export function listEnd(end: ListEnd, what: string): ListEnd {
  if (end !== 'LEFT' && end !== 'RIGHT') throw new TypeError(`${what} must be 'LEFT' or 'RIGHT'`);
  return end;
}

function range(start: number, end: number): [number, number] {
  return [integerArgument(start, 'start'), integerArgument(end, 'end')];
}
