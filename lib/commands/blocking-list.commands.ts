import { twoKeyNames, type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { signalArgument } from '../arguments/arguments.js';
import {
  type Argument,
  type Command,
  type Key,
  Known,
  type Step,
  write,
  type ReplyShape,
} from '../command-model/command.js';
import { CommandGroup, type Direct } from './command-group.js';
import { type ListEnd, listEnd } from './list.commands.js';
import * as replies from '../command-model/replies.js';

/** Calls that wait. @publicApi */
export interface BlockingOptions extends VersionOption {
  /**
   * Ends the wait: the call rejects with the signal's reason, and nothing was taken from any list; an element that came
   * first is given all the same.
   */
  readonly signal?: AbortSignal;
}

/** What `blpop` and `brpop` give. @publicApi */
export type Popped<T> = [key: string, value: T] | undefined;

export const blockingNames: NamesOf<BlockingOptions> = { ...versionNames, signal: true };
export const blmoveNames: NamesOf<BlockingOptions & TwoKeyOptions> = { ...twoKeyNames, signal: true };

/**
 * Calls that wait until a list has an element. Each has a connection of its own while it waits, `maxConnections` of them
 * at most; the others wait for their turn. Not in pipelines, where nothing can wait.
 *
 * @publicApi
 */
export abstract class BlockingListCommands extends CommandGroup<Direct> {
  /**
   * Takes out the first element of the first list that has one, as soon as one has; `undefined` when the time is over
   * (`null`: never, 0: do not wait). Redis: `BLPOP`.
   *
   * @throws ConnectionError where the server goes away meanwhile: then nobody knows whether an element was under way
   * @example
   * const job = await cache.blpop<Job>(['jobs:{mail}:urgent', 'jobs:{mail}'], '30s', { signal });
   */
  blpop<T = unknown>(keys: readonly string[], timeout: Timeout, options?: BlockingOptions): Promise<Popped<T>> {
    return this.send<Popped<T>>(() => pop('BLPOP', this.keysOf(keys, options, blockingNames), timeout, options));
  }

  /** As {@link blpop}, from the other end. Redis: `BRPOP`. */
  brpop<T = unknown>(keys: readonly string[], timeout: Timeout, options?: BlockingOptions): Promise<Popped<T>> {
    return this.send<Popped<T>>(() => pop('BRPOP', this.keysOf(keys, options, blockingNames), timeout, options));
  }

  /**
   * As `lmove`, but waits until the source has an element; `undefined` when the time is over (`null`: never, 0: do not
   * wait). Redis: `BLMOVE`.
   *
   * @throws ConnectionError where the server goes away meanwhile: the element may have been moved
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
      return waiting('BLMOVE', args, timeout, options?.signal, replies.value<T>());
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
  return waiting(name, keys, timeout, options?.signal, replies.keyAndValue<T>(first.version));
}

/** The time to wait goes last, in seconds; it is put in when the command is sent. */
function waiting<T>(
  name: string,
  args: readonly Argument[],
  timeout: Timeout,
  signal: AbortSignal | undefined,
  reply: ReplyShape<T>,
): Command<T> {
  if (timeout === undefined) throw new TypeError(`${name.toLowerCase()} needs a timeout: null waits forever`);
  const blocking = {
    timeoutMs: toMilliseconds(timeout),
    signal: signalArgument(signal),
    argument: args.length,
    unit: 'seconds',
  } as const;
  return { ...write(name, [...args, 0], reply), blocking };
}
