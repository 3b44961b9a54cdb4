import { floatArgument, listArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { twoKeyNames, type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, type Key, Known, read, type Step, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { intercard, intercardNames, type IntercardOptions } from './intercard.js';

/** How scores of several sorted sets are combined. @publicApi */
export interface ZaggregateOptions {
  /** The factor for the scores of each sorted set, in the order of the keys (1). */
  readonly weights?: readonly number[];
  /** The score of a member of several sorted sets: the sum (`'SUM'`), the lowest or the highest. */
  readonly aggregate?: 'SUM' | 'MIN' | 'MAX';
}

/** What `zdiff` returns. @publicApi */
export interface ZdiffOptions extends VersionOption {
  /** Return pairs of member and score. */
  readonly withScores?: boolean;
}

/** How `zunion` and `zinter` combine, and what they return. @publicApi */
export interface ZcombineOptions extends ZdiffOptions, ZaggregateOptions {}

/** How `zunionstore` and `zinterstore` combine. @publicApi */
export interface ZstoreOptions extends TwoKeyOptions, ZaggregateOptions {}

type WithScores = { readonly withScores: true };
type WithoutScores = { readonly withScores?: false };
type Scored<T> = [member: T, score: number][];

const aggregateNames: NamesOf<ZaggregateOptions> = { weights: true, aggregate: true };
const zdiffNames: NamesOf<ZdiffOptions> = { ...versionNames, withScores: 'flag' };
const zcombineNames: NamesOf<ZcombineOptions> = { ...zdiffNames, ...aggregateNames };
const zstoreNames: NamesOf<ZstoreOptions> = { ...twoKeyNames, ...aggregateNames };

/**
 * Combinations of sorted sets. On a cluster all of them must be in one slot.
 *
 * @publicApi
 */
export abstract class SortedSetAlgebraCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Members of any of the sorted sets, the lowest score first. Redis: `ZUNION`.
   *
   * @example
   * const best = await cache.zunion<string>(['{sales}:may', '{sales}:june'], { weights: [1, 2], withScores: true });
   */
  zunion<T = unknown>(keys: readonly string[], options: ZcombineOptions & WithScores): Reply<S, Scored<T>>;
  zunion<T = unknown>(keys: readonly string[], options?: ZcombineOptions & WithoutScores): Reply<S, T[]>;
  zunion(keys: readonly string[], options?: ZcombineOptions): Reply<S, unknown> {
    return this.send<unknown>(() => combine('ZUNION', this.keysOf(keys, options, zcombineNames), options));
  }

  /**
   * Members of all the sorted sets, the lowest score first. Redis: `ZINTER`.
   *
   * @example
   * const both = await cache.zinter<string>(['{week}:1', '{week}:2'], { aggregate: 'MAX' });
   */
  zinter<T = unknown>(keys: readonly string[], options: ZcombineOptions & WithScores): Reply<S, Scored<T>>;
  zinter<T = unknown>(keys: readonly string[], options?: ZcombineOptions & WithoutScores): Reply<S, T[]>;
  zinter(keys: readonly string[], options?: ZcombineOptions): Reply<S, unknown> {
    return this.send<unknown>(() => combine('ZINTER', this.keysOf(keys, options, zcombineNames), options));
  }

  /**
   * Members of the first sorted set that are in none of the others, the lowest score first. Redis: `ZDIFF`.
   *
   * @example
   * const gone = await cache.zdiff<string>(['{week}:1', '{week}:2']);
   */
  zdiff<T = unknown>(keys: readonly string[], options: ZdiffOptions & WithScores): Reply<S, Scored<T>>;
  zdiff<T = unknown>(keys: readonly string[], options?: ZdiffOptions & WithoutScores): Reply<S, T[]>;
  zdiff(keys: readonly string[], options?: ZdiffOptions): Reply<S, unknown> {
    return this.send<unknown>(() => combine('ZDIFF', this.keysOf(keys, options, zdiffNames), options));
  }

  /**
   * Stores the result of {@link zunion}; returns the number of members. Redis: `ZUNIONSTORE`.
   *
   * @example
   * await cache.zunionstore('{week}:total', ['{week}:1', '{week}:2'], { weights: [1, 2] });
   */
  zunionstore(destination: string, keys: readonly string[], options?: ZstoreOptions): Reply<S, number> {
    return this.send<number>(() =>
      combineInto('ZUNIONSTORE', this.targetAndSources(destination, keys, options, zstoreNames), options),
    );
  }

  /**
   * Stores the result of {@link zinter}; returns the number of members. Redis: `ZINTERSTORE`.
   *
   * @example
   * await cache.zinterstore('{week}:both', ['{week}:1', '{week}:2']);
   */
  zinterstore(destination: string, keys: readonly string[], options?: ZstoreOptions): Reply<S, number> {
    return this.send<number>(() =>
      combineInto('ZINTERSTORE', this.targetAndSources(destination, keys, options, zstoreNames), options),
    );
  }

  /**
   * Stores the result of {@link zdiff}; returns the number of members. Redis: `ZDIFFSTORE`.
   *
   * @example
   * await cache.zdiffstore('{week}:gone', ['{week}:1', '{week}:2']);
   */
  zdiffstore(destination: string, keys: readonly string[], options?: TwoKeyOptions): Reply<S, number> {
    return this.send<number>(() => combineInto('ZDIFFSTORE', this.targetAndSources(destination, keys, options)));
  }

  /**
   * How many members all the sorted sets have, counted up to `limit`. Redis: `ZINTERCARD`.
   *
   * @example
   * const shared = await cache.zintercard(['{week}:1', '{week}:2'], { limit: 10 });
   */
  zintercard(keys: readonly string[], options?: IntercardOptions): Reply<S, number> {
    return this.send<number>(() => intercard('ZINTERCARD', this.keysOf(keys, options, intercardNames), options));
  }
}

function combine(name: string, sources: readonly Key[], options: ZcombineOptions = {}): Step<unknown> {
  const args = [sources.length, ...sources, ...aggregation(sources, options)];
  if (sources.length === 0) return new Known<unknown>([]);
  return options.withScores
    ? read<unknown>(name, [...args, 'WITHSCORES'], replies.scored())
    : read<unknown>(name, args, replies.values());
}

function combineInto(
  name: string,
  [target, sources]: readonly [Key, readonly Key[]],
  options: ZaggregateOptions = {},
): Step<number> {
  const args = [target, sources.length, ...sources, ...aggregation(sources, options)];
  return sources.length === 0 ? new Known(0) : write(name, args, replies.integer);
}

function aggregation(sources: readonly Key[], { weights, aggregate }: ZaggregateOptions): Argument[] {
  const args: Argument[] = [];
  if (weights !== undefined) {
    const given = listArgument(weights, 'weights', 'numbers');
    if (given.length !== sources.length) {
      throw new TypeError(`weights must have a number for each of the ${sources.length} keys, not ${given.length}`);
    }
    args.push('WEIGHTS', ...given.map((weight) => floatArgument(weight, 'A weight')));
  }
  if (aggregate !== undefined) {
    if (!['SUM', 'MIN', 'MAX'].includes(aggregate)) throw new TypeError("aggregate must be 'SUM', 'MIN' or 'MAX'");
    args.push('AGGREGATE', aggregate);
  }
  return args;
}
