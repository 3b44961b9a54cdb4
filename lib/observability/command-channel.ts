import { tracingChannel } from 'node:diagnostics_channel';
import type { ResolvedConnection } from '../options/resolved.options.js';

/** The error of a failed command. @publicApi */
export interface CommandFailure {
  /** The class of the error: `'WrongTypeError'`. */
  readonly name: string;
  /** For an error of this library: `'CACHEX_WRONG_TYPE'`. */
  readonly code?: string;
  /** The error's own message with `traceKeys`, because it names a key. */
  readonly message: string;
}

/**
 * A message of the tracing channel `nest-cachex:command` about a command, or several that were sent together. It holds
 * no values, and keys only with `traceKeys`. All events of a command carry the same object.
 *
 * @publicApi
 * @example
 * diagnosticsChannel.subscribe('tracing:nest-cachex:command:error', (message) => {
 *   const { cache, command, error } = message as CommandMessage;
 *   logger.warn(`${cache}: ${command} failed (${error?.code})`);
 * });
 */
export interface CommandMessage {
  /** The name of the instance; `'default'` if it has none. */
  readonly cache: string;
  /** The name of the Redis command: `'GET'`, `'EVALSHA'`; `'PIPELINE'` or `'MULTI'` for several sent together. */
  readonly command: string;
  /** The commands of a pipeline or a transaction, in order. */
  readonly batch?: readonly string[];
  /** The name of the script that it runs. */
  readonly script?: string;
  /** How many keys it has. */
  readonly keyCount: number;
  /** As the caller wrote them, with `traceKeys`. */
  readonly keys?: readonly string[];
  /** How the servers of the cache relate to each other. */
  readonly topology: ResolvedConnection['type'];
  /** The host, or the path of a socket, if it is the same for all commands. */
  readonly serverAddress?: string;
  /** The port, if it is the same for all commands. */
  readonly serverPort?: number;
  /** The number of the database. */
  readonly database?: number;
  /** Set on failure; for several commands, the first error. */
  error?: CommandFailure;
  /** Whether the caller got the result of a missing key instead of the error, because of `ignoreExceptions`. */
  ignored?: boolean;
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/**
 * `start` and `end` around the sending, `error` if it failed, `asyncStart` and `asyncEnd` at the reply.
 * `result` is never set.
 */
export const commandChannel = tracingChannel<CommandMessage, CommandMessage>('nest-cachex:command');

/** Whether anybody listens. Bun knows this only per event, and returns `undefined` for the channel. */
export const isHeard = (): boolean =>
  commandChannel.hasSubscribers ?? EVENTS.some((event) => commandChannel[event].hasSubscribers);

/** Hears the start and the end of commands. */
export interface CommandListener {
  started(message: CommandMessage): void;
  /** Also called for commands whose start was not heard. */
  ended(message: CommandMessage): void;
}

/** Hears commands until the returned function is called. */
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
