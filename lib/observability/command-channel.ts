import { tracingChannel } from 'node:diagnostics_channel';
import type { ResolvedConnection } from '../options/resolved.options.js';

/** What a command failed with. @publicApi */
export interface CommandFailure {
  /** The class of the error: `'WrongTypeError'`. */
  readonly name: string;
  /** Of an error of this library: `'CACHEX_WRONG_TYPE'`. */
  readonly code?: string;
  /** That of the error where `traceKeys` is on, as it names a key. */
  readonly message: string;
}

/**
 * What the tracing channel `nest-cachex:command` tells of a command, or of several that were sent together. No values,
 * and keys only where the cache has `traceKeys`. All events of a command bring the same object.
 *
 * @publicApi
 * @example
 * const slow = new WeakMap<CommandMessage, number>();
 * tracingChannel('nest-cachex:command').subscribe({
 *   start: (message) => slow.set(message as CommandMessage, performance.now()),
 *   asyncEnd: (message) => …
 * });
 */
export interface CommandMessage {
  /** The name of the instance; `'default'` where it has none. */
  readonly cache: string;
  /** As Redis names it: `'GET'`, `'EVALSHA'`; `'PIPELINE'` or `'MULTI'` of commands that were sent together. */
  readonly command: string;
  /** The commands of a pipeline or a transaction, in order. */
  readonly batch?: readonly string[];
  /** The name of the script that it runs. */
  readonly script?: string;
  readonly keyCount: number;
  /** As the caller wrote them, where the cache has `traceKeys`. */
  readonly keys?: readonly string[];
  readonly topology: ResolvedConnection['type'];
  /** Where it is the same for all commands: host, or path of a socket. */
  readonly serverAddress?: string;
  readonly serverPort?: number;
  /** The number of the database. */
  readonly database?: number;
  /** From its failure on; of several commands, that of the first. */
  error?: CommandFailure;
  /** Whether the caller was given the answer of a missing key in place of the error, under `ignoreExceptions`. */
  ignored?: boolean;
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/**
 * `start` and `end` around the sending, `error` where it failed, `asyncStart` and `asyncEnd` when it was answered.
 * `result` is never set.
 */
export const commandChannel = tracingChannel<CommandMessage, CommandMessage>('nest-cachex:command');

/** Whether anybody listens. Bun says it of each event only, and `undefined` of all. */
export const isHeard = (): boolean =>
  commandChannel.hasSubscribers ?? EVENTS.some((event) => commandChannel[event].hasSubscribers);

/** Who hears of the beginning and the end of commands. */
export interface CommandListener {
  started(message: CommandMessage): void;
  /** Not only of commands whose start it has heard. */
  ended(message: CommandMessage): void;
}

/** Until what it gives is called. */
export function listen(listener: CommandListener): () => void {
  const { start, asyncEnd } = commandChannel;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else publishes on this channel
  const started = (message: unknown): void => listener.started(message as CommandMessage);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody else publishes on this channel
  const ended = (message: unknown): void => listener.ended(message as CommandMessage);
  start.subscribe(started);
  asyncEnd.subscribe(ended);
  return () => {
    start.unsubscribe(started);
    asyncEnd.unsubscribe(ended);
  };
}
