import type { Timeout } from '../arguments/timeout.js';
import type { Place } from '../arguments/scope.js';
import { type Key, keysOf, Known, type ReplyShape, type Step } from '../command-model/command.js';
import { shape, userKeyIn } from '../command-model/replies.js';
import { whenRead } from '../waiting/all-of.js';
import { bytesIn, listOf, numberIn } from '../wire/reply-parts.js';
import { CommandGroup, type Direct } from './command-group.js';
import { blockingMultiPopNames, multiPopArguments, type MultiPopOptions } from './multi-pop.js';
import { type PoppedMembers, poppedMembers, type ScoreEnd, scoreEnd } from './sorted-set-pop.commands.js';
import { blockingNames, type BlockingOptions, waiting } from './waiting.js';

/** The result of `bzpopmin` and `bzpopmax`. @publicApi */
export type PoppedMember<T> = [key: string, member: T, score: number] | undefined;

/**
 * Calls that wait until a sorted set has a member. Each uses a connection of its own while it waits, at most
 * `maxConnections` of them; further calls wait their turn. Not in pipelines, where nothing can wait.
 *
 * @publicApi
 */
export abstract class BlockingSortedSetCommands extends CommandGroup<Direct> {
  /**
   * Removes and returns the member with the lowest score from the first sorted set that has one, as soon as one has;
   * `undefined` when the time is over (`null`: never, 0: do not wait). Redis: `BZPOPMIN`.
   *
   * @throws ConnectionError if the server goes away meanwhile: a member may have been lost
   * @example
   * const [key, job, dueAt] = (await cache.bzpopmin<Job>(['{jobs}:due'], '30s', { signal })) ?? [];
   */
  bzpopmin<T = unknown>(
    keys: readonly string[],
    timeout: Timeout,
    options?: BlockingOptions,
  ): Promise<PoppedMember<T>> {
    return this.send<PoppedMember<T>>(() =>
      pop<T>('BZPOPMIN', this.keysOf(keys, options, blockingNames), timeout, options),
    );
  }

  /**
   * Like {@link bzpopmin}, with the highest score. Redis: `BZPOPMAX`.
   *
   * @example
   * const [key, bid, price] = (await cache.bzpopmax<Bid>(['bids'], '5s')) ?? [];
   */
  bzpopmax<T = unknown>(
    keys: readonly string[],
    timeout: Timeout,
    options?: BlockingOptions,
  ): Promise<PoppedMember<T>> {
    return this.send<PoppedMember<T>>(() =>
      pop<T>('BZPOPMAX', this.keysOf(keys, options, blockingNames), timeout, options),
    );
  }

  /**
   * Like `zmpop`, but waits until one of the sorted sets has a member. Redis: `BZMPOP`.
   *
   * @example
   * const [key, tasks] = (await cache.bzmpop<Task>(['{tasks}:urgent', '{tasks}'], 'MIN', '5s', { count: 10 })) ?? [];
   */
  bzmpop<T = unknown>(
    keys: readonly string[],
    where: ScoreEnd,
    timeout: Timeout,
    options?: MultiPopOptions & BlockingOptions,
  ): Promise<PoppedMembers<T>> {
    return this.send<PoppedMembers<T>>(() => {
      const version = this.versionOf(options, blockingMultiPopNames);
      const sources = keysOf(keys, version);
      const args = multiPopArguments(sources, scoreEnd(where), options);
      const command = waiting('BZMPOP', [[], args], timeout, options?.signal, poppedMembers<T>(version));
      return sources.length === 0 ? new Known<PoppedMembers<T>>(undefined) : command;
    });
  }
}

function pop<T>(
  name: string,
  sources: readonly Key[],
  timeout: Timeout,
  options: BlockingOptions | undefined,
): Step<PoppedMember<T>> {
  const [first] = sources;
  if (!first) return new Known<PoppedMember<T>>(undefined);
  return waiting(name, [sources, []], timeout, options?.signal, keyMemberAndScore<T>(first.version));
}

const keyMemberAndScore = <T>(version: Place): ReplyShape<PoppedMember<T>> =>
  shape(
    (raw, context) => {
      if (raw === null) return undefined;
      const [key, data, written] = listOf(3, raw);
      const [name, score] = [userKeyIn(key, version, context), numberIn(written)];
      return whenRead(context.decode(bytesIn(data)), (member): PoppedMember<T> => [
        name,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of the value
        member as T,
        score,
      ]);
    },
    () => undefined,
  );
