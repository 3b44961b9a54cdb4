import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { countArgument, integerArgument } from '../arguments/arguments.js';
import { type Argument, type Command, read } from '../command-model/command.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import * as replies from '../command-model/replies.js';
import { bound, type ScoreBound } from './score.js';

/** A range by rank. @publicApi */
export interface ZrangeOptions extends VersionOption {
  /** Return pairs of member and score. */
  readonly withScores?: boolean;
  /** From the highest score down. */
  readonly desc?: boolean;
}

/** A range by score. @publicApi */
export interface ZrangeByScoreOptions extends VersionOption {
  /** Return pairs of member and score. */
  readonly withScores?: boolean;
  /** Members to skip (0). */
  readonly offset?: number;
  /** The most members to return (all). */
  readonly count?: number;
}

type WithScores = { readonly withScores: true };
type WithoutScores = { readonly withScores?: false };
type Scored<T> = [member: T, score: number][];

const zrevrangeNames: NamesOf<Omit<ZrangeOptions, 'desc'>> = { ...versionNames, withScores: 'flag' };
const zrangeNames: NamesOf<ZrangeOptions> = { ...zrevrangeNames, desc: 'flag' };
const zrangeByScoreNames: NamesOf<ZrangeByScoreOptions> = { ...zrevrangeNames, offset: true, count: true };

/**
 * Ranges of sorted sets, by rank and by score.
 *
 * @publicApi
 */
export abstract class SortedSetRangeCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Members by rank, from `start` to `end`, both included (negative: from the other end). Redis: `ZRANGE`.
   *
   * @example
   * const lowest = await cache.zrange<string>('scores', 0, 9);
   * const ranked = await cache.zrange<string>('scores', 0, 9, { withScores: true }); // [member, score] pairs
   */
  zrange<T = unknown>(key: string, start: number, end: number, o: ZrangeOptions & WithScores): Reply<S, Scored<T>>;
  zrange<T = unknown>(key: string, start: number, end: number, options?: ZrangeOptions & WithoutScores): Reply<S, T[]>;
  zrange(key: string, start: number, end: number, o?: ZrangeOptions): Reply<S, unknown> {
    return this.send<unknown>(() =>
      rangeCommand('ZRANGE', [this.keyOf(key, o, zrangeNames), ...ranks(start, end)], o, o?.desc ? ['REV'] : []),
    );
  }

  /**
   * Members by rank from the highest score down. Redis: `ZREVRANGE`.
   *
   * @example
   * const top = await cache.zrevrange<string>('scores', 0, 9, { withScores: true });
   */
  zrevrange<T = unknown>(
    key: string,
    start: number,
    end: number,
    o: Omit<ZrangeOptions, 'desc'> & WithScores,
  ): Reply<S, Scored<T>>;
  zrevrange<T = unknown>(
    key: string,
    start: number,
    end: number,
    o?: Omit<ZrangeOptions, 'desc'> & WithoutScores,
  ): Reply<S, T[]>;
  zrevrange(key: string, start: number, end: number, o?: Omit<ZrangeOptions, 'desc'>): Reply<S, unknown> {
    return this.send<unknown>(() =>
      rangeCommand('ZREVRANGE', [this.keyOf(key, o, zrevrangeNames), ...ranks(start, end)], o),
    );
  }

  /**
   * Members with scores from `min` to `max`, the lowest first. Redis: `ZRANGEBYSCORE`.
   *
   * @example
   * await cache.zrangebyscore('jobs', '-inf', Date.now(), { count: 10 });
   */
  zrangebyscore<T = unknown>(
    key: string,
    min: ScoreBound,
    max: ScoreBound,
    options: ZrangeByScoreOptions & WithScores,
  ): Reply<S, Scored<T>>;
  zrangebyscore<T = unknown>(
    key: string,
    min: ScoreBound,
    max: ScoreBound,
    options?: ZrangeByScoreOptions & WithoutScores,
  ): Reply<S, T[]>;
  zrangebyscore(key: string, min: ScoreBound, max: ScoreBound, o?: ZrangeByScoreOptions): Reply<S, unknown> {
    return this.send<unknown>(() =>
      rangeCommand('ZRANGEBYSCORE', [this.keyOf(key, o, zrangeByScoreNames), bound(min), bound(max)], o, limit(o)),
    );
  }

  /**
   * Members with scores from `max` down to `min`, the highest first. Redis: `ZREVRANGEBYSCORE`.
   *
   * @example
   * const best = await cache.zrevrangebyscore<string>('scores', '+inf', 90, { count: 10, offset: 0 });
   */
  zrevrangebyscore<T = unknown>(
    key: string,
    max: ScoreBound,
    min: ScoreBound,
    options: ZrangeByScoreOptions & WithScores,
  ): Reply<S, Scored<T>>;
  zrevrangebyscore<T = unknown>(
    key: string,
    max: ScoreBound,
    min: ScoreBound,
    options?: ZrangeByScoreOptions & WithoutScores,
  ): Reply<S, T[]>;
  zrevrangebyscore(key: string, max: ScoreBound, min: ScoreBound, o?: ZrangeByScoreOptions): Reply<S, unknown> {
    return this.send<unknown>(() =>
      rangeCommand('ZREVRANGEBYSCORE', [this.keyOf(key, o, zrangeByScoreNames), bound(max), bound(min)], o, limit(o)),
    );
  }
}

/** `name range [WITHSCORES] tail`. */
function rangeCommand(
  name: string,
  range: readonly Argument[],
  options: { readonly withScores?: boolean } | undefined,
  tail: readonly Argument[] = [],
): Command<unknown> {
  return options?.withScores
    ? read<unknown>(name, [...range, 'WITHSCORES', ...tail], replies.scored())
    : read<unknown>(name, [...range, ...tail], replies.values());
}

function ranks(start: number, end: number): Argument[] {
  return [integerArgument(start, 'start'), integerArgument(end, 'end')];
}

/** `[LIMIT offset count]`. */
export function limit({ offset = 0, count }: Pick<ZrangeByScoreOptions, 'offset' | 'count'> = {}): Argument[] {
  if (offset === 0 && count === undefined) return [];
  return ['LIMIT', countArgument(offset, 'offset'), count === undefined ? -1 : integerArgument(count, 'count')];
}
