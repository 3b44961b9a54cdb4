import { type Command, Key } from '../commands/command.js';
import {
  AuthenticationError,
  CachexError,
  CodecError,
  CommandError,
  CommandTimeoutError,
  CompressorError,
  ConnectionError,
  CrossSlotError,
  KeyNotFoundError,
  NotSupportedError,
  OutOfMemoryError,
  ReadOnlyError,
  ScriptError,
  SerializerError,
  WrongTypeError,
} from '../errors/index.js';

type ErrorClass = new (message: string, options: { cause: unknown }) => CachexError;

/** What the server's words mean; the first match counts. */
const replyErrors: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^WRONGTYPE|not an integer|not a (valid )?float|is not a valid float/, WrongTypeError],
  [/no such key/, KeyNotFoundError],
  [/^READONLY|^NOREPLICAS|^MISCONF/, ReadOnlyError],
  [/^OOM/, OutOfMemoryError],
  [/^(NOAUTH|WRONGPASS|NOPERM)|^ERR.*invalid password|^ERR AUTH/i, AuthenticationError],
  [/^CROSSSLOT/, CrossSlotError],
  [/^(CLUSTERDOWN|LOADING|MASTERDOWN|UNKILLABLE|TRYAGAIN)/, ConnectionError],
  [/^BUSY |^NOSCRIPT|script/i, ScriptError],
  [/unknown (sub)?command/i, NotSupportedError],
];

/** What the driver says when there was no reply. */
const driverErrors: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^Command timed out/, CommandTimeoutError],
  [/./, ConnectionError],
];

const advice = new Map<ErrorClass, string>([
  [WrongTypeError, 'use the methods for the type that the key holds'],
  [ReadOnlyError, 'the write reached a server that takes none'],
  [OutOfMemoryError, 'raise maxmemory or let the server evict keys'],
  [AuthenticationError, 'check username, password and ACL'],
]);

/** Turns whatever went wrong with a command into an error of the family that names command and key. */
export function mapError(error: unknown, command: Command<unknown>): Error {
  // Wrong arguments are the caller's own; errors of this library made below say all already.
  if (error instanceof RangeError) return new RangeError(`${describeCommand(command)}: ${error.message}`);
  if (error instanceof CodecError) return named(error, command);
  if (error instanceof CachexError || error instanceof TypeError) return error;
  const { message } = error as Error;
  if (/would overflow|out of range$/.test(message) && /increment|decrement/.test(message)) {
    return new RangeError(`${describeCommand(command)}: ${message}`);
  }
  const table = isReply(error) ? replyErrors : driverErrors;
  const [, type] = table.find(([pattern]) => pattern.test(message)) ?? [undefined, CommandError];
  const hint = advice.get(type);
  const said = type === ConnectionError && !isReply(error) ? connectionWords(error as Error) : message;
  return new type(`${describeCommand(command)}: ${said}${hint ? ` (${hint})` : ''}`, {
    cause: withoutArguments(error),
  });
}

/** `HGET "user:1"`; of several keys the first. */
export function describeCommand(command: Command<unknown>): string {
  const keys = command.args.filter((arg) => arg instanceof Key);
  const name = command.script ? `Script ${command.script.name}` : command.name;
  if (keys.length === 0) return name;
  const more = keys.length > 1 ? ` and ${keys.length - 1} more` : '';
  return `${name} ${JSON.stringify(keys[0]!.name)}${more}`;
}

function named(error: CodecError, command: Command<unknown>): CodecError {
  const type = error instanceof CompressorError ? CompressorError : SerializerError;
  return new type(`${describeCommand(command)}: ${error.message}`, { cause: error.cause });
}

const isReply = (error: unknown): boolean => (error as Error).name === 'ReplyError';

function connectionWords(error: Error): string {
  // The driver's own error wraps the one that says why.
  const inner = (error as { lastNodeError?: Error }).lastNodeError ?? error;
  return /max retries per request/i.test(inner.message) ? 'the connection to the server is down' : inner.message;
}

/** The driver hangs name and arguments of the command on its errors: values have no business in a log. */
function withoutArguments(error: unknown): unknown {
  if (typeof error === 'object' && error !== null && 'command' in error) {
    Object.defineProperty(error, 'command', {
      value: undefined,
      enumerable: false,
      configurable: true,
      writable: true,
    });
  }
  return error;
}
