import type { NamesOf } from '../arguments/option-names.js';
import { twoKeyNames, type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import { integerArgument } from '../arguments/arguments.js';
import { type Argument, type Command, type Key, read, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { type LexBound, lexBound, type RawMembers } from './lex.js';
import { bound, type ScoreBound } from './score.js';
import { limit } from './sorted-set-range.commands.js';

/** How `zlexcount` and `zremrangebylex` compare. @publicApi */
export interface ZlexOptions extends VersionOption, RawMembers {}

/** A range of members of one score. @publicApi */
export interface ZrangeByLexOptions extends ZlexOptions {
  /** Members to skip (0). */
  readonly offset?: number;
  /** The most members to return (all). */
  readonly count?: number;
}

/** Which members `zrangestore` stores. @publicApi */
export interface ZrangestoreOptions extends TwoKeyOptions, RawMembers {
  /** What `start` and `end` are: ranks, by default. */
  readonly by?: 'score' | 'lex';
  /** From the highest down: then `start` is the higher bound. */
  readonly desc?: boolean;
  /** Members to skip (0); only by score or lex. */
  readonly offset?: number;
  /** The most members to store (all); only by score or lex. */
  readonly count?: number;
}

type Raw = { readonly raw: true };

const zlexNames: NamesOf<ZlexOptions> = { ...versionNames, raw: 'flag' };
const zrangeByLexNames: NamesOf<ZrangeByLexOptions> = { ...zlexNames, offset: true, count: true };
const zrangestoreNames: NamesOf<ZrangestoreOptions> = {
  ...twoKeyNames,
  raw: 'flag',
  by: true,
  desc: 'flag',
  offset: true,
  count: true,
};

/**
 * Ranges of sorted sets by the members themselves, if all have the same score, and stored ranges.
 *
 * @publicApi
 */
export abstract class SortedSetLexCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Members from `min` to `max`, in the order of their bytes. All members must have the same score; otherwise the
   * result is unspecified. Redis: `ZRANGEBYLEX`.
   *
   * @example
   * await cache.zadd('names', { ada: 0, adele: 0, bob: 0 }, { raw: true });
   * const found = await cache.zrangebylex('names', '[ad', '[ad\u{10ffff}', { raw: true, count: 10 });
   */
  zrangebylex(key: string, min: LexBound, max: LexBound, options: ZrangeByLexOptions & Raw): Reply<S, string[]>;
  zrangebylex<T = unknown>(key: string, min: LexBound, max: LexBound, options?: ZrangeByLexOptions): Reply<S, T[]>;
  zrangebylex(key: string, min: LexBound, max: LexBound, options?: ZrangeByLexOptions): Reply<S, unknown> {
    return this.send<unknown>(() =>
      lexRange('ZRANGEBYLEX', this.keyOf(key, options, zrangeByLexNames), [min, max], options),
    );
  }

  /**
   * Members from `max` down to `min`. Redis: `ZREVRANGEBYLEX`.
   *
   * @example
   * const names = await cache.zrevrangebylex<string>('names', '[c', '[a', { raw: true });
   */
  zrevrangebylex(key: string, max: LexBound, min: LexBound, options: ZrangeByLexOptions & Raw): Reply<S, string[]>;
  zrevrangebylex<T = unknown>(key: string, max: LexBound, min: LexBound, options?: ZrangeByLexOptions): Reply<S, T[]>;
  zrevrangebylex(key: string, max: LexBound, min: LexBound, options?: ZrangeByLexOptions): Reply<S, unknown> {
    return this.send<unknown>(() =>
      lexRange('ZREVRANGEBYLEX', this.keyOf(key, options, zrangeByLexNames), [max, min], options),
    );
  }

  /**
   * Removes members from `min` to `max`; returns how many. Redis: `ZREMRANGEBYLEX`.
   *
   * @example
   * const removed = await cache.zremrangebylex('names', '[a', '(b', { raw: true });
   */
  zremrangebylex(key: string, min: LexBound, max: LexBound, options?: ZlexOptions): Reply<S, number> {
    return this.send<number>(() =>
      write('ZREMRANGEBYLEX', between(this.keyOf(key, options, zlexNames), [min, max], options), replies.integer),
    );
  }

  /**
   * The number of members from `min` to `max`. Redis: `ZLEXCOUNT`.
   *
   * @example
   * const count = await cache.zlexcount('names', '[a', '(b', { raw: true });
   */
  zlexcount(key: string, min: LexBound, max: LexBound, options?: ZlexOptions): Reply<S, number> {
    return this.send<number>(() =>
      read('ZLEXCOUNT', between(this.keyOf(key, options, zlexNames), [min, max], options), replies.integer),
    );
  }

  /**
   * Stores a range of one sorted set as another, overwriting the destination; returns the number of members. Redis:
   * `ZRANGESTORE`.
   *
   * @example
   * await cache.zrangestore('{board}:top', '{board}', 0, 9, { desc: true });
   */
  zrangestore(
    destination: string,
    source: string,
    start: number,
    end: number,
    options?: ZrangestoreOptions & { readonly by?: undefined },
  ): Reply<S, number>;
  zrangestore(
    destination: string,
    source: string,
    start: ScoreBound,
    end: ScoreBound,
    options: ZrangestoreOptions & { readonly by: 'score' },
  ): Reply<S, number>;
  zrangestore(
    destination: string,
    source: string,
    start: LexBound,
    end: LexBound,
    options: ZrangestoreOptions & { readonly by: 'lex' },
  ): Reply<S, number>;
  zrangestore(
    destination: string,
    source: string,
    start: ScoreBound,
    end: ScoreBound,
    options: ZrangestoreOptions = {},
  ): Reply<S, number> {
    return this.send<number>(() => {
      const [from, to] = this.sourceAndDestination(source, destination, options, zrangestoreNames);
      return write('ZRANGESTORE', [to, from, ...storedRange(start, end, options)], replies.integer);
    });
  }
}

/** `key bound bound`. */
function between(owner: Key, bounds: readonly LexBound[], options: ZlexOptions | undefined): Argument[] {
  return [owner, ...bounds.map((each) => lexBound(each, options))];
}

function lexRange(
  name: string,
  owner: Key,
  bounds: readonly LexBound[],
  options: ZrangeByLexOptions | undefined,
): Command<unknown> {
  const args = [...between(owner, bounds, options), ...limit(options)];
  return options?.raw ? read<unknown>(name, args, replies.names) : read<unknown>(name, args, replies.values());
}

function storedRange(start: ScoreBound, end: ScoreBound, options: ZrangestoreOptions): Argument[] {
  const { by, desc } = options;
  const rev = desc ? ['REV'] : [];
  if (by === 'score') return [bound(start), bound(end), 'BYSCORE', ...rev, ...limit(options)];
  if (by === 'lex') {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overload for `lex` accepts no other bounds
    const bounds = [start, end] as LexBound[];
    return [...bounds.map((each) => lexBound(each, options)), 'BYLEX', ...rev, ...limit(options)];
  }
  if (by !== undefined) throw new TypeError("by must be 'score' or 'lex', or left out for ranks");
  if (options.offset !== undefined || options.count !== undefined) {
    throw new TypeError('zrangestore takes offset and count only by score or lex');
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overload for ranks accepts numbers, and the check reports anything else
  return [integerArgument(start as number, 'start'), integerArgument(end as number, 'end'), ...rev];
}
