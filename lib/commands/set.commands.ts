import type { TwoKeyOptions, VersionOption } from '../arguments/version.js';
import { scanArguments, scanNames, type ScanOptions } from './scan.js';
import { countArgument, integerArgument } from '../arguments/arguments.js';
import { type Key, Known, Member, read, type Step, write } from '../command-model/command.js';
import { concat, inParts, sum } from '../command-model/parts.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { intercard, intercardNames, type IntercardOptions } from './intercard.js';
import * as replies from '../command-model/replies.js';

/** One page of a set. @publicApi */
export interface MembersPage<T> {
  /** The next cursor; `'0'` at the end. */
  readonly cursor: string;
  /** The members. One may come twice while the set changes. */
  readonly members: T[];
}

/**
 * Sets. Members are encoded so that equal values are one member, whatever the order of an object's keys.
 *
 * @publicApi
 */
export abstract class SetCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Adds members; returns how many are new. Redis: `SADD`.
   *
   * @example
   * const added = await cache.sadd('tags', 'new', 'red');
   */
  sadd(key: string, ...members: unknown[]): Reply<S, number> {
    return this.send<number>(() => withMembers('SADD', this.keyOf(key), members));
  }

  /**
   * Removes members; returns how many existed. Redis: `SREM`.
   *
   * @example
   * const removed = await cache.srem('tags', 'new');
   */
  srem(key: string, ...members: unknown[]): Reply<S, number> {
    return this.send<number>(() => withMembers('SREM', this.keyOf(key), members));
  }

  /**
   * All members, unordered. Redis: `SMEMBERS`.
   *
   * @example
   * const tags = await cache.smembers<string>('tags');
   */
  smembers<T = unknown>(key: string, options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => read('SMEMBERS', [this.keyOf(key, options)], replies.values<T>()));
  }

  /**
   * Whether it is a member. Redis: `SISMEMBER`.
   *
   * @example
   * if (await cache.sismember('banned', user.id)) throw new ForbiddenException();
   */
  sismember(key: string, member: unknown, options?: VersionOption): Reply<S, boolean> {
    return this.send<boolean>(() => read('SISMEMBER', [this.keyOf(key, options), new Member(member)], replies.boolean));
  }

  /**
   * For each whether it is a member. Redis: `SMISMEMBER`.
   *
   * @example
   * const [isRed, isNew] = await cache.smismember('tags', 'red', 'new');
   */
  smismember(key: string, ...members: unknown[]): Reply<S, boolean[]> {
    return this.send<boolean[]>(() => {
      const owner = this.keyOf(key);
      if (members.length === 0) return new Known([]);
      const reply = replies.booleans(members.length);
      return inParts(
        members.map((member) => new Member(member)),
        (part) => read('SMISMEMBER', [owner, ...part], reply),
        concat,
      );
    });
  }

  /**
   * The number of members. Redis: `SCARD`.
   *
   * @example
   * const count = await cache.scard('tags');
   */
  scard(key: string, options?: VersionOption): Reply<S, number> {
    return this.send<number>(() => read('SCARD', [this.keyOf(key, options)], replies.integer));
  }

  /**
   * Removes and returns a random member (`undefined` if there is none), or up to `count` of them. Redis: `SPOP`.
   *
   * @example
   * const winner = await cache.spop<string>('tickets'); // string | undefined
   * const three = await cache.spop<string>('tickets', 3); // string[]
   */
  spop<T = unknown>(key: string, count?: undefined, options?: VersionOption): Reply<S, T | undefined>;
  spop<T = unknown>(key: string, count: number, options?: VersionOption): Reply<S, T[]>;
  spop<T>(key: string, count?: number, options?: VersionOption): Reply<S, T | undefined> | Reply<S, T[]> {
    if (count === undefined) {
      return this.send<T | undefined>(() => write('SPOP', [this.keyOf(key, options)], replies.value<T>()));
    }
    return this.send<T[]>(() =>
      write('SPOP', [this.keyOf(key, options), countArgument(count, 'count')], replies.values<T>()),
    );
  }

  /**
   * A random member, without removing it (`undefined` if there is none), or up to `count` different ones; a negative
   * count returns exactly that many, with repetitions. Redis: `SRANDMEMBER`.
   *
   * @example
   * const sample = await cache.srandmember<string>('tags', 3);
   */
  srandmember<T = unknown>(key: string, count?: undefined, options?: VersionOption): Reply<S, T | undefined>;
  srandmember<T = unknown>(key: string, count: number, options?: VersionOption): Reply<S, T[]>;
  srandmember<T>(key: string, count?: number, options?: VersionOption): Reply<S, T | undefined> | Reply<S, T[]> {
    if (count === undefined) {
      return this.send<T | undefined>(() => read('SRANDMEMBER', [this.keyOf(key, options)], replies.value<T>()));
    }
    return this.send<T[]>(() =>
      read('SRANDMEMBER', [this.keyOf(key, options), integerArgument(count, 'count')], replies.values<T>()),
    );
  }

  /**
   * Moves a member to another set; returns whether it was there. Redis: `SMOVE`.
   *
   * @example
   * const moved = await cache.smove('{jobs}:open', '{jobs}:done', job);
   */
  smove(source: string, destination: string, member: unknown, options?: TwoKeyOptions): Reply<S, boolean> {
    return this.send<boolean>(() =>
      write('SMOVE', [...this.sourceAndDestination(source, destination, options), new Member(member)], replies.boolean),
    );
  }

  /**
   * Members of the first set that are in none of the others. Redis: `SDIFF`.
   *
   * @example
   * const missing = await cache.sdiff<string>(['{tags}:wanted', '{tags}:there']);
   */
  sdiff<T = unknown>(keys: readonly string[], options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => combine<T>('SDIFF', this.keysOf(keys, options)));
  }

  /**
   * Members of all the sets. Redis: `SINTER`.
   *
   * @example
   * const both = await cache.sinter<string>(['{tags}:1', '{tags}:2']);
   */
  sinter<T = unknown>(keys: readonly string[], options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => combine<T>('SINTER', this.keysOf(keys, options)));
  }

  /**
   * Members of any of the sets. Redis: `SUNION`.
   *
   * @example
   * const any = await cache.sunion<string>(['{tags}:1', '{tags}:2']);
   */
  sunion<T = unknown>(keys: readonly string[], options?: VersionOption): Reply<S, T[]> {
    return this.send<T[]>(() => combine<T>('SUNION', this.keysOf(keys, options)));
  }

  /**
   * How many members all the sets have, counted up to `limit`. Redis: `SINTERCARD`.
   *
   * @example
   * const shared = await cache.sintercard(['{tags}:1', '{tags}:2'], { limit: 10 });
   */
  sintercard(keys: readonly string[], options?: IntercardOptions): Reply<S, number> {
    return this.send<number>(() => intercard('SINTERCARD', this.keysOf(keys, options, intercardNames), options));
  }

  /**
   * Stores the result of {@link sdiff}; returns the number of members. Redis: `SDIFFSTORE`.
   *
   * @example
   * const count = await cache.sdiffstore('{tags}:new', ['{tags}:1', '{tags}:2']);
   */
  sdiffstore(destination: string, keys: readonly string[], options?: TwoKeyOptions): Reply<S, number> {
    return this.send<number>(() => combineInto('SDIFFSTORE', ...this.targetAndSources(destination, keys, options)));
  }

  /**
   * Stores the result of {@link sinter}; returns the number of members. Redis: `SINTERSTORE`.
   *
   * @example
   * const count = await cache.sinterstore('{tags}:both', ['{tags}:1', '{tags}:2']);
   */
  sinterstore(destination: string, keys: readonly string[], options?: TwoKeyOptions): Reply<S, number> {
    return this.send<number>(() => combineInto('SINTERSTORE', ...this.targetAndSources(destination, keys, options)));
  }

  /**
   * Stores the result of {@link sunion}; returns the number of members. Redis: `SUNIONSTORE`.
   *
   * @example
   * const count = await cache.sunionstore('{tags}:any', ['{tags}:1', '{tags}:2']);
   */
  sunionstore(destination: string, keys: readonly string[], options?: TwoKeyOptions): Reply<S, number> {
    return this.send<number>(() => combineInto('SUNIONSTORE', ...this.targetAndSources(destination, keys, options)));
  }

  /**
   * One page of the members; start with cursor `'0'`, continue with the returned cursor until it is `'0'`. Redis:
   * `SSCAN`.
   *
   * @example
   * const { cursor, members } = await cache.sscan<string>('tags', '0', { count: 100 });
   */
  sscan<T = unknown>(key: string, cursor: string | number, options?: ScanOptions): Reply<S, MembersPage<T>> {
    return this.send<MembersPage<T>>(() =>
      read(
        'SSCAN',
        [this.keyOf(key, options, scanNames), ...scanArguments(cursor, options)],
        replies.scanned(replies.values<T>(), (next, members) => ({ cursor: next, members })),
      ),
    );
  }
}

function withMembers(name: string, owner: Key, members: readonly unknown[]): Step<number> {
  if (members.length === 0) return new Known(0);
  return inParts(
    members.map((member) => new Member(member)),
    (part) => write(name, [owner, ...part], replies.integer),
    sum,
  );
}

function combine<T>(name: string, sources: readonly Key[]): Step<T[]> {
  return sources.length === 0 ? new Known([]) : read(name, sources, replies.values<T>());
}

function combineInto(name: string, target: Key, sources: readonly Key[]): Step<number> {
  return sources.length === 0 ? new Known(0) : write(name, [target, ...sources], replies.integer);
}
