import type { Place } from '../arguments/scope.js';
import { integerArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { keysOf, Known, read, type ReplyShape, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { listIn, listOf } from '../wire/reply-parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { keyAndItems, multiPopArguments, multiPopNames, type MultiPopOptions } from './multi-pop.js';
import { scanArguments, scanNames, type ScanOptions } from './scan.js';

/** Which end of a sorted set: the lowest scores, or the highest. @publicApi */
export type ScoreEnd = 'MIN' | 'MAX';

/** The result of `zmpop` and `bzmpop`. @publicApi */
export type PoppedMembers<T> = [key: string, members: [member: T, score: number][]] | undefined;

/** How `zrandmember` answers. @publicApi */
export interface ZrandmemberOptions extends VersionOption {
  /** Return pairs of member and score; only with a count. */
  readonly withScores?: boolean;
}

/** One page of a sorted set. @publicApi */
export interface ScoredPage<T> {
  /** The next cursor; `'0'` at the end. */
  readonly cursor: string;
  /** Members and their scores. One may come twice while the set changes. */
  readonly members: [member: T, score: number][];
}

const zrandmemberNames: NamesOf<ZrandmemberOptions> = { ...versionNames, withScores: 'flag' };

/**
 * Single members of sorted sets: removed, at random, page by page.
 *
 * @publicApi
 */
export abstract class SortedSetPopCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Removes and returns members with the lowest or the highest scores from the first sorted set that has any;
   * `undefined` if none has. Redis: `ZMPOP`.
   *
   * @example
   * const [key, jobs] = (await cache.zmpop<Job>(['{jobs}:urgent', '{jobs}'], 'MIN', { count: 10 })) ?? [];
   */
  zmpop<T = unknown>(keys: readonly string[], where: ScoreEnd, options?: MultiPopOptions): Reply<S, PoppedMembers<T>> {
    return this.send<PoppedMembers<T>>(() => {
      const version = this.versionOf(options, multiPopNames);
      const sources = keysOf(keys, version);
      const args = multiPopArguments(sources, scoreEnd(where), options);
      if (sources.length === 0) return new Known<PoppedMembers<T>>(undefined);
      return write('ZMPOP', args, poppedMembers<T>(version));
    });
  }

  /**
   * A random member, without removing it (`undefined` if there is none), or up to `count` different ones; a negative
   * count returns exactly that many, with repetitions. Redis: `ZRANDMEMBER`.
   *
   * @example
   * const one = await cache.zrandmember<string>('scores');
   * const three = await cache.zrandmember<string>('scores', 3, { withScores: true }); // [member, score] pairs
   */
  zrandmember<T = unknown>(key: string, count?: undefined, options?: VersionOption): Reply<S, T | undefined>;
  zrandmember<T = unknown>(
    key: string,
    count: number,
    options: ZrandmemberOptions & { readonly withScores: true },
  ): Reply<S, [member: T, score: number][]>;
  zrandmember<T = unknown>(
    key: string,
    count: number,
    options?: ZrandmemberOptions & { readonly withScores?: false },
  ): Reply<S, T[]>;
  zrandmember(key: string, count?: number, options?: ZrandmemberOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, zrandmemberNames);
      if (count === undefined) {
        if (options?.withScores) throw new TypeError('zrandmember takes withScores only with a count');
        return read<unknown>('ZRANDMEMBER', [owner], replies.value());
      }
      const args = [owner, integerArgument(count, 'count')];
      return options?.withScores
        ? read<unknown>('ZRANDMEMBER', [...args, 'WITHSCORES'], replies.scored())
        : read<unknown>('ZRANDMEMBER', args, replies.values());
    });
  }

  /**
   * One page of members and scores; start with cursor `'0'`, continue with the returned cursor until it is `'0'`.
   * Redis: `ZSCAN`.
   *
   * @example
   * const { cursor, members } = await cache.zscan<string>('scores', '0', { count: 100 });
   */
  zscan<T = unknown>(key: string, cursor: string | number, options?: ScanOptions): Reply<S, ScoredPage<T>> {
    return this.send<ScoredPage<T>>(() =>
      read(
        'ZSCAN',
        [this.keyOf(key, options, scanNames), ...scanArguments(cursor, options)],
        replies.scanned(replies.scored<T>(), (next, members) => ({ cursor: next, members })),
      ),
    );
  }
}

export function scoreEnd(where: ScoreEnd): ScoreEnd {
  if (where !== 'MIN' && where !== 'MAX') throw new TypeError("where must be 'MIN' or 'MAX'");
  return where;
}

const pairIn = (raw: unknown): readonly unknown[] => listOf(2, raw);

/** Pairs within pairs. */
export const poppedMembers = <T>(version: Place): ReplyShape<PoppedMembers<T>> =>
  keyAndItems(version, {
    decode: (raw, context) => replies.scored<T>().decode(listIn(raw).flatMap(pairIn), context),
    missing: () => [],
  });
