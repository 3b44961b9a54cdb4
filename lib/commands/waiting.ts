import { signalArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, type Command, type ReplyShape, write } from '../command-model/command.js';

/** Calls that wait. @publicApi */
export interface BlockingOptions extends VersionOption {
  /**
   * Ends the wait: the call rejects with the signal's reason, and nothing is lost: an element that arrived first is
   * still returned.
   */
  readonly signal?: AbortSignal;
}

export const blockingNames: NamesOf<BlockingOptions> = { ...versionNames, signal: true };

/** The time to wait is one of the arguments, in seconds; it is inserted when the command is sent. */
export function waiting<T>(
  name: string,
  [before, after]: readonly [readonly Argument[], readonly Argument[]],
  timeout: Timeout,
  signal: AbortSignal | undefined,
  reply: ReplyShape<T>,
): Command<T> {
  if (timeout === undefined) throw new TypeError(`${name.toLowerCase()} needs a timeout: null waits forever`);
  const blocking = {
    timeoutMs: toMilliseconds(timeout),
    signal: signalArgument(signal),
    argument: before.length,
    unit: 'seconds',
  } as const;
  return { ...write(name, [...before, 0, ...after], reply), blocking };
}
