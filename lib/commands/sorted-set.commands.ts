import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { countArgument, integerArgument, textArgument } from '../arguments/arguments.js';
import {
  type Argument,
  type Key,
  Known,
  Member,
  read,
  type Step,
  write,
  type ReplyShape,
} from '../command-model/command.js';
import { concat, inParts, sum } from '../command-model/parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { type MappingOf, pairsOf } from '../arguments/mapping.js';
import * as replies from '../command-model/replies.js';
import { bound, score, type ScoreBound } from './score.js';

/** Which members `zadd` changes, and what it returns. @publicApi */
export interface ZaddOptions extends VersionOption {
  /** Only add new members. */
  readonly nx?: boolean;
  /** Only update existing members. */
  readonly xx?: boolean;
  /** Update only if the new score is greater. */
  readonly gt?: boolean;
  /** Update only if the new score is less. */
  readonly lt?: boolean;
  /** Return the number of members changed, not only of those added. */
  readonly ch?: boolean;
  /** Add to the score of one member; return its new score (`undefined` if a condition was not met). */
  readonly incr?: boolean;
  /** Members are plain text, stored unchanged: for {@link RawMembers} of lexicographical ranges. */
  readonly raw?: boolean;
}

type Scored<T> = [member: T, score: number][];

const zaddNames: NamesOf<ZaddOptions> = {
  ...versionNames,
  nx: 'flag',
  xx: 'flag',
  gt: 'flag',
  lt: 'flag',
  ch: 'flag',
  incr: 'flag',
  raw: 'flag',
};

/**
 * Sorted sets. Members are encoded so that equal values are one member, whatever the order of an object's keys.
 *
 * @publicApi
 */
export abstract class SortedSetCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Adds members, or changes their scores; returns the number added (`ch`: changed; `incr`: the new score). Redis:
   * `ZADD`.
   *
   * @example
   * await cache.zadd('leaderboard', { ada: 120, grace: 95 });
   * await cache.zadd('leaderboard', new Map([[{ id: 7 }, 40]]), { gt: true });
   */
  zadd<M extends object>(
    key: string,
    members: MappingOf<M, unknown, number>,
    options?: ZaddOptions & { readonly incr?: false },
  ): Reply<S, number>;
  zadd<M extends object>(
    key: string,
    members: MappingOf<M, unknown, number>,
    options: ZaddOptions,
  ): Reply<S, number | undefined>;
  zadd(key: string, members: object, options?: ZaddOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, zaddNames);
      return options?.incr
        ? zaddCommand<number | undefined>(owner, members, options, replies.optionalFloat, undefined)
        : zaddCommand<number>(owner, members, options ?? {}, replies.integer, 0);
    });
  }

  /** The number of members. Redis: `ZCARD`. @example const players = await cache.zcard('scores'); */
  zcard(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('ZCARD', [this.keyOf(key, options)], replies.integer));
  }

  /**
   * The number of members with scores from `min` to `max`. Redis: `ZCOUNT`.
   * @example const passed = await cache.zcount('scores', 50, '+inf');
   */
  zcount(key: string, min: ScoreBound, max: ScoreBound, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('ZCOUNT', [this.keyOf(key, options), bound(min), bound(max)], replies.integer));
  }

  /**
   * Adds to the score of a member (a missing one counts as 0); returns the new score. Redis: `ZINCRBY`.
   * @example const score = await cache.zincrby('scores', 10, 'ada');
   */
  zincrby(key: string, amount: number, member: unknown, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write('ZINCRBY', [this.keyOf(key, options), score(amount, 'amount'), new Member(member)], replies.float),
    );
  }

  /**
   * The rank of a member, 0 for the lowest score; `undefined` if it does not exist. Redis: `ZRANK`.
   * @example const rank = await cache.zrank('scores', 'ada'); // 0 is the lowest
   */
  zrank(key: string, member: unknown, options?: VersionOption): Reply<S, number | undefined> {
    return this.send<number | undefined>(() =>
      read('ZRANK', [this.keyOf(key, options), new Member(member)], replies.optionalInteger),
    );
  }

  /**
   * The rank of a member, 0 for the highest score; `undefined` if it does not exist. Redis: `ZREVRANK`.
   * @example const place = await cache.zrevrank('scores', 'ada'); // 0 is the highest
   */
  zrevrank(key: string, member: unknown, options?: VersionOption): Reply<S, number | undefined> {
    return this.send<number | undefined>(() =>
      read('ZREVRANK', [this.keyOf(key, options), new Member(member)], replies.optionalInteger),
    );
  }

  /**
   * Removes members; returns how many existed. Redis: `ZREM`.
   * @example const removed = await cache.zrem('scores', 'ada', 'bob');
   */
  zrem(key: string, ...members: unknown[]): Reply<S, number> {
    return this.send<number>(() => {
      const owner = this.keyOf(key);
      if (members.length === 0) return new Known(0);
      return inParts(
        members.map((member) => new Member(member)),
        (part) => write('ZREM', [owner, ...part], replies.integer),
        sum,
      );
    });
  }

  /**
   * Removes members by rank, from `start` to `end`, both included; returns how many. Redis: `ZREMRANGEBYRANK`.
   * @example await cache.zremrangebyrank('scores', 0, -101); // keep the best 100
   */
  zremrangebyrank(key: string, start: number, end: number, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write(
        'ZREMRANGEBYRANK',
        [this.keyOf(key, options), integerArgument(start, 'start'), integerArgument(end, 'end')],
        replies.integer,
      ),
    );
  }

  /**
   * Removes members with scores from `min` to `max`; returns how many. Redis: `ZREMRANGEBYSCORE`.
   * @example await cache.zremrangebyscore('visits', '-inf', Date.now() - 60_000);
   */
  zremrangebyscore(key: string, min: ScoreBound, max: ScoreBound, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() =>
      write('ZREMRANGEBYSCORE', [this.keyOf(key, options), bound(min), bound(max)], replies.integer),
    );
  }

  /**
   * The score of a member, `undefined` if it does not exist. Redis: `ZSCORE`.
   * @example const score = await cache.zscore('scores', 'ada');
   */
  zscore(key: string, member: unknown, options?: VersionOption): Reply<S, number | undefined> {
    return this.send<number | undefined>(() =>
      read('ZSCORE', [this.keyOf(key, options), new Member(member)], replies.optionalFloat),
    );
  }

  /**
   * One slot per member: its score, `undefined` if it does not exist. Redis: `ZMSCORE`.
   * @example const [ada, bob] = await cache.zmscore('scores', 'ada', 'bob'); // number | undefined each
   */
  zmscore(key: string, ...members: unknown[]): Reply<S, (number | undefined)[]> {
    return this.send<(number | undefined)[]>(() => {
      const owner = this.keyOf(key);
      if (members.length === 0) return new Known([]);
      const reply = replies.optionalFloats(members.length);
      return inParts(
        members.map((member) => new Member(member)),
        (part) => read('ZMSCORE', [owner, ...part], reply),
        concat,
      );
    });
  }

  /**
   * Removes and returns the members with the lowest scores. Redis: `ZPOPMIN`.
   * @example const [first] = await cache.zpopmin<Task>('tasks'); // [Task, number] | undefined
   */
  zpopmin<T = unknown>(key: string, count = 1, options?: VersionOption): Reply<S, Scored<T>> {
    return this.send<Scored<T>>(() =>
      write('ZPOPMIN', [this.keyOf(key, options), countArgument(count, 'count')], replies.scored<T>()),
    );
  }

  /**
   * Removes and returns the members with the highest scores. Redis: `ZPOPMAX`.
   * @example const best = await cache.zpopmax<Bid>('bids', 3);
   */
  zpopmax<T = unknown>(key: string, count = 1, options?: VersionOption): Reply<S, Scored<T>> {
    return this.send<Scored<T>>(() =>
      write('ZPOPMAX', [this.keyOf(key, options), countArgument(count, 'count')], replies.scored<T>()),
    );
  }
}

function zaddCommand<T>(
  owner: Key,
  members: object,
  { nx, xx, gt, lt, ch, incr, raw }: ZaddOptions,
  reply: ReplyShape<T>,
  whenEmpty: T,
): Step<T> {
  const pairs = pairsOf<unknown, number>(members);
  if (nx && (xx || gt || lt)) throw new TypeError('zadd takes nx, or xx / gt / lt, not both');
  if (gt && lt) throw new TypeError('zadd takes gt or lt, not both');
  if (incr && pairs.length > 1) throw new TypeError('zadd with incr takes one member');
  if (pairs.length === 0) return new Known(whenEmpty);
  const flags = Object.entries({ nx, xx, gt, lt, ch, incr }).flatMap(([name, on]) => (on ? [name.toUpperCase()] : []));
  const scores = pairs.flatMap(([member, value]): Argument[] => [
    score(value, 'A score'),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overload for raw members accepts strings, and the check reports anything else
    raw ? textArgument(member as string, 'A raw member') : new Member(member),
  ]);
  return inParts(scores, (part) => write('ZADD', [owner, ...flags, ...part], reply), sum, 2);
}
