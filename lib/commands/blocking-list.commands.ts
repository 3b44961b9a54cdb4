import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { twoKeyNames, type TwoKeyOptions } from '../arguments/version.js';
import { type Key, keysOf, Known, type Step } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Direct } from './command-group.js';
import { type ListEnd, listEnd, type PoppedElements } from './list.commands.js';
import { blockingMultiPopNames, keyAndItems, multiPopArguments, type MultiPopOptions } from './multi-pop.js';
import { blockingNames, type BlockingOptions, waiting } from './waiting.js';

/** The result of `blpop` and `brpop`. @publicApi */
export type Popped<T> = [key: string, value: T] | undefined;

const blmoveNames: NamesOf<BlockingOptions & TwoKeyOptions> = { ...twoKeyNames, signal: true };

/**
 * Calls that wait until a list has an element. Each uses a connection of its own while it waits, at most
 * `maxConnections` of them; further calls wait their turn. Not in pipelines, where nothing can wait.
 *
 * @publicApi
 */
export abstract class BlockingListCommands extends CommandGroup<Direct> {
  /**
   * Removes and returns the first element of the first list that has one, as soon as one has; `undefined` when the time
   * is over (`null`: never, 0: do not wait). Redis: `BLPOP`.
   *
   * @throws ConnectionError if the server goes away meanwhile: an element may have been lost
   * @example
   * const job = await cache.blpop<Job>(['jobs:{mail}:urgent', 'jobs:{mail}'], '30s', { signal });
   */
  blpop<T = unknown>(keys: readonly string[], timeout: Timeout, options?: BlockingOptions): Promise<Popped<T>> {
    return this.send<Popped<T>>(() => pop('BLPOP', this.keysOf(keys, options, blockingNames), timeout, options));
  }

  /**
   * Like {@link blpop}, from the other end. Redis: `BRPOP`.
   *
   * @example
   * const [queue, job] = (await cache.brpop<Job>(['{jobs}:urgent', '{jobs}'], '5s')) ?? [];
   */
  brpop<T = unknown>(keys: readonly string[], timeout: Timeout, options?: BlockingOptions): Promise<Popped<T>> {
    return this.send<Popped<T>>(() => pop('BRPOP', this.keysOf(keys, options, blockingNames), timeout, options));
  }

  /**
   * Like `lmove`, but waits until the source has an element; `undefined` when the time is over (`null`: never, 0: do
   * not wait). Redis: `BLMOVE`.
   *
   * @throws ConnectionError if the server goes away meanwhile: the element may have been moved
   * @example
   * const job = await cache.blmove<Job>('{jobs}', '{jobs}:working', 'LEFT', 'RIGHT', '5s', { signal });
   */
  blmove<T = unknown>(
    source: string,
    destination: string,
    from: ListEnd,
    to: ListEnd,
    timeout: Timeout,
    options?: BlockingOptions & TwoKeyOptions,
  ): Promise<T | undefined> {
    return this.send<T | undefined>(() => {
      const keys = this.sourceAndDestination(source, destination, options, blmoveNames);
      const args = [...keys, listEnd(from, 'from'), listEnd(to, 'to')];
      return waiting('BLMOVE', [args, []], timeout, options?.signal, replies.value<T>());
    });
  }

  /**
   * Like `lmpop`, but waits until one of the lists has an element; `undefined` when the time is over (`null`: never, 0:
   * do not wait). Redis: `BLMPOP`.
   *
   * @throws ConnectionError if the server goes away meanwhile: elements may have been lost
   * @example
   * const [queue, jobs] = (await cache.blmpop<Job>(['{jobs}:urgent', '{jobs}'], 'LEFT', '5s', { count: 10 })) ?? [];
   */
  blmpop<T = unknown>(
    keys: readonly string[],
    from: ListEnd,
    timeout: Timeout,
    options?: MultiPopOptions & BlockingOptions,
  ): Promise<PoppedElements<T>> {
    return this.send<PoppedElements<T>>(() => {
      const version = this.versionOf(options, blockingMultiPopNames);
      const sources = keysOf(keys, version);
      const args = multiPopArguments(sources, listEnd(from, 'from'), options);
      const reply = keyAndItems(version, replies.values<T>());
      const command = waiting('BLMPOP', [[], args], timeout, options?.signal, reply);
      return sources.length === 0 ? new Known<PoppedElements<T>>(undefined) : command;
    });
  }
}

function pop<T>(
  name: string,
  keys: readonly Key[],
  timeout: Timeout,
  options: BlockingOptions | undefined,
): Step<Popped<T>> {
  const [first] = keys;
  if (!first) return new Known<Popped<T>>(undefined);
  return waiting(name, [keys, []], timeout, options?.signal, replies.keyAndValue<T>(first.version));
}
