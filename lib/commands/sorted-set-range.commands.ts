import { countArgument, integerArgument } from './arguments.js';
import { type Argument, read } from './command.js';
import { CommandGroup, type Reply, type VersionOption } from './command-group.js';
import * as replies from './replies.js';
import { bound, type ScoreBound } from './score.js';

/** A range by rank. @publicApi */
export interface ZrangeOptions extends VersionOption {
  /** Answer with pairs of member and score. */
  readonly withScores?: boolean;
  /** From the highest score down. */
  readonly desc?: boolean;
}

/** A range by score. @publicApi */
export interface ZrangeByScoreOptions extends VersionOption {
  /** Answer with pairs of member and score. */
  readonly withScores?: boolean;
  /** Members to skip (0). */
  readonly offset?: number;
  /** Members to give at most (all). */
  readonly count?: number;
}

type WithScores = { readonly withScores: true };
type Scored<T> = [member: T, score: number][];

/**
 * Ranges of sorted sets, by rank and by score.
 *
 * @publicApi
 */
export abstract class SortedSetRangeCommands<S> extends CommandGroup<S> {
  /** Members by rank, from `start` to `end`, both included (negative: from the other end). Redis: `ZRANGE`. */
  zrange<T = unknown>(key: string, start: number, end: number, o: ZrangeOptions & WithScores): Reply<S, Scored<T>>;
  zrange<T = unknown>(key: string, start: number, end: number, options?: ZrangeOptions): Reply<S, T[]>;
  zrange<T>(key: string, start: number, end: number, o?: ZrangeOptions): Reply<S, Scored<T>> | Reply<S, T[]> {
    return this.members<T>('ZRANGE', o, () => {
      const ranks = [this.keyOf(key, o), integerArgument(start, 'start'), integerArgument(end, 'end')];
      return o?.desc ? [...ranks, 'REV'] : ranks;
    });
  }

  /** Members by rank from the highest score down. Redis: `ZREVRANGE`. */
  zrevrange<T = unknown>(
    key: string,
    start: number,
    end: number,
    o: Omit<ZrangeOptions, 'desc'> & WithScores,
  ): Reply<S, Scored<T>>;
  zrevrange<T = unknown>(key: string, start: number, end: number, o?: Omit<ZrangeOptions, 'desc'>): Reply<S, T[]>;
  zrevrange<T>(
    key: string,
    start: number,
    end: number,
    o?: Omit<ZrangeOptions, 'desc'>,
  ): Reply<S, Scored<T>> | Reply<S, T[]> {
    return this.members<T>('ZREVRANGE', o, () => [
      this.keyOf(key, o),
      integerArgument(start, 'start'),
      integerArgument(end, 'end'),
    ]);
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
    options?: ZrangeByScoreOptions,
  ): Reply<S, T[]>;
  zrangebyscore<T>(
    key: string,
    min: ScoreBound,
    max: ScoreBound,
    o?: ZrangeByScoreOptions,
  ): Reply<S, Scored<T>> | Reply<S, T[]> {
    return this.members<T>(
      'ZRANGEBYSCORE',
      o,
      () => [this.keyOf(key, o), bound(min), bound(max)],
      () => limit(o),
    );
  }

  /** Members with scores from `max` down to `min`, the highest first. Redis: `ZREVRANGEBYSCORE`. */
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
    options?: ZrangeByScoreOptions,
  ): Reply<S, T[]>;
  zrevrangebyscore<T>(
    key: string,
    max: ScoreBound,
    min: ScoreBound,
    o?: ZrangeByScoreOptions,
  ): Reply<S, Scored<T>> | Reply<S, T[]> {
    return this.members<T>(
      'ZREVRANGEBYSCORE',
      o,
      () => [this.keyOf(key, o), bound(max), bound(min)],
      () => limit(o),
    );
  }

  private members<T>(
    name: string,
    options: { readonly withScores?: boolean } | undefined,
    range: () => Argument[],
    tail: () => Argument[] = () => [],
  ): Reply<S, Scored<T>> | Reply<S, T[]> {
    return options?.withScores
      ? this.send<Scored<T>>(() => read(name, [...range(), 'WITHSCORES', ...tail()], replies.scored<T>()))
      : this.send<T[]>(() => read(name, [...range(), ...tail()], replies.values<T>()));
  }
}

function limit({ offset = 0, count }: ZrangeByScoreOptions = {}): Argument[] {
  if (offset === 0 && count === undefined) return [];
  return ['LIMIT', countArgument(offset, 'offset'), count === undefined ? -1 : integerArgument(count, 'count')];
}
