import { type Command, Key } from '../commands/command.js';
import { isReply, mistrust, withoutArguments } from '../connection/driver-errors.js';
import {
  AuthenticationError,
  CachexError,
  CodecError,
  CommandError,
  CommandTimeoutError,
  ConfigError,
  ConnectionError,
  CrossSlotError,
  KeyNotFoundError,
  NotSupportedError,
  OutOfMemoryError,
  ReadOnlyError,
  ScriptError,
  WrongTypeError,
} from '../errors/index.js';
import { scriptWords } from './script-words.js';

type ErrorClass = new (message: string, options: { cause: unknown }) => CachexError;

/** What the server's words mean; the first match counts. */
const replyErrors: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^WRONGTYPE|is not an integer|is not a (valid )?float/, WrongTypeError],
  [/no such key/, KeyNotFoundError],
  [/^(READONLY|NOREPLICAS|MISCONF)/, ReadOnlyError],
  [/^OOM/, OutOfMemoryError],
  [mistrust, AuthenticationError],
  [/^CROSSSLOT/, CrossSlotError],
  [/^(CLUSTERDOWN|LOADING|MASTERDOWN|TRYAGAIN|MOVED|ASK)\b/, ConnectionError],
  [/^(BUSY|NOSCRIPT|UNKILLABLE)\b|script/i, ScriptError],
  [/unknown (sub)?command/i, NotSupportedError],
];

/** What codec and connections say does not name the command yet. */
const unnamed = [CodecError, ConnectionError, CommandTimeoutError, AuthenticationError, ConfigError];

const advice = new Map<ErrorClass, string>([
  [WrongTypeError, 'the key holds another type: use the methods for it, or delete the key'],
  [ReadOnlyError, 'the write reached a server that takes none now'],
  [OutOfMemoryError, 'raise maxmemory, or let the server evict keys'],
  [AuthenticationError, 'check username, password and ACL'],
]);

/** Turns whatever went wrong with a command into an error of the family that names command and key. */
export function mapError(error: unknown, command: Command<unknown>): Error {
  const { message, cause } = error as Error;
  const named = `${describeCommand(command)}${command.script ? scriptWords(message) : `: ${message}`}`;
  // Wrong arguments are the caller's own mistake, and say so without the command.
  if (error instanceof TypeError) return error;
  if (error instanceof RangeError) return new RangeError(named);
  if (unnamed.some((type) => error instanceof type)) {
    return make((error as CachexError).constructor as ErrorClass, named, cause);
  }
  if (error instanceof CachexError) return error;
  if (/would overflow/.test(message)) return new RangeError(named);
  const known = replyErrors.find(([pattern]) => pattern.test(message));
  const refused = command.script ? ScriptError : CommandError;
  const type = known?.[1] ?? (isReply(error) ? refused : ConnectionError);
  return make(type, named, withoutArguments(error));
}

function make(type: ErrorClass, message: string, cause: unknown): CachexError {
  const hint = advice.get(type);
  return new type(hint ? `${message} (${hint})` : message, { cause });
}

/** `HGET "user:1"`; of several keys the first. */
export function describeCommand(command: Command<unknown>): string {
  // What belongs to a lock or a semaphore has the name of it.
  const keys = new Set(command.args.filter((arg) => arg instanceof Key).map((key) => key.name));
  const name = command.script ? `Script ${command.script.name}` : command.name;
  const [first] = keys;
  if (first === undefined) return name;
  const more = keys.size > 1 ? ` and ${keys.size - 1} more` : '';
  return `${name} ${JSON.stringify(first)}${more}`;
}
