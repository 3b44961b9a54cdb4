import { twoKeyNames, type TwoKeyOptions, type VersionOption } from '../arguments/version.js';
import { Known, Member, read, write } from '../command-model/command.js';
import { inParts, latest, sum } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import { namesIn, type OneByOne, optionsIn } from './one-by-one.js';

/**
 * HyperLogLogs: about how many different values were added, with a standard error of 0.81 %, in 12 KB at most. Members
 * are encoded so that equal values count once, whatever the order of an object's keys.
 *
 * @publicApi
 */
export abstract class HyperLogLogCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Counts members; returns whether that changed the estimate (or created the key). Redis: `PFADD`.
   *
   * @throws WrongTypeError if the key does not hold a HyperLogLog
   * @example
   * await cache.pfadd('visitors:2026-11-29', userId);
   */
  pfadd(key: string, ...members: unknown[]): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const owner = this.keyOf(key);
      if (members.length === 0) return new Known(false);
      return inParts(
        members.map((member) => new Member(member)),
        (part) => write('PFADD', [owner, ...part], replies.boolean),
        sum,
      );
    });
  }

  /**
   * About how many different members were counted, in all of the keys together; a missing key has none. Keys are passed
   * one by one, or as an array followed by options; on a cluster all of them must be in one slot. Redis: `PFCOUNT`.
   *
   * @example
   * const thisWeek = await cache.pfcount(days.map((day) => `{visitors}:${day}`));
   */
  pfcount(...keys: string[]): Reply<S, number>;
  pfcount(keys: readonly string[], options?: VersionOption): Reply<S, number>;
  pfcount(...rest: OneByOne<VersionOption>): Reply<S, number> {
    return this.send<number>(() => {
      const owners = this.keysOf(namesIn(rest, 'Keys'), optionsIn(rest));
      return owners.length === 0 ? new Known(0) : read('PFCOUNT', owners, replies.integer);
    });
  }

  /**
   * Adds the members counted by the sources to the destination, which is created if it is missing; returns `true`.
   * Redis: `PFMERGE`.
   *
   * @throws CrossSlotError on a cluster, if they are in several slots
   * @example
   * await cache.pfmerge('{visitors}:november', days.map((day) => `{visitors}:${day}`));
   */
  pfmerge(destination: string, sources: readonly string[], options?: TwoKeyOptions): Reply<S, boolean> {
    return this.send<boolean>(() => {
      const [target, owners] = this.targetAndSources(destination, sources, options, twoKeyNames);
      if (owners.length === 0) return new Known(true);
      return inParts(owners, (part) => write('PFMERGE', [target, ...part], replies.ok), latest);
    });
  }
}
