import { printable, quoted } from '../errors/quoted.js';
import { type Command, Key } from '../command-model/command.js';
import { checkAccount, isReply, withoutArguments, withoutQuotes } from '../connection/index.js';
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
import { mistrust, notNow, reasonIn, unknownCommand } from '../wire/server-errors.js';
import { inWords } from '../wire/server-version.js';
import { scriptWords } from './script-words.js';

type ErrorClass = new (message: string, options: { cause: unknown }) => CachexError;

/** The meaning of a server's words, and what to do about them; the first match counts. */
const replyErrors: readonly (readonly [words: RegExp, type: ErrorClass, advice?: string])[] = [
  // The second text comes from DELEX.
  [
    /^WRONGTYPE|^ERR Key should be of string type/,
    WrongTypeError,
    'the key holds another type: use the methods for it, or delete the key',
  ],
  [
    /^ERR (hash )?value is not an? (integer|(valid )?float)/,
    WrongTypeError,
    'the stored value is not such a number: set one first',
  ],
  // The other texts come from GEOSEARCH, about the member that it searches around.
  [/^(ERR )?no such key|^ERR (could not decode requested zset member|member does not exist)/, KeyNotFoundError],
  [/^(READONLY|NOREPLICAS|MISCONF)/, ReadOnlyError, 'the write reached a server that accepts no writes now'],
  [/^OOM/, OutOfMemoryError, 'raise maxmemory, or let the server evict keys'],
  [mistrust, AuthenticationError, checkAccount],
  [/^CROSSSLOT/, CrossSlotError],
  // A cluster connection follows redirections; this connection is to a single server.
  [/^MOVED\b/, ConnectionError, 'the server is a node of a cluster: connect to it with connection.nodes'],
  [notNow, ConnectionError],
  [/^(NOSCRIPT|NOTBUSY|UNKILLABLE)\b|^ERR Error (compiling|running) script\b|@?user_script:\d+/, ScriptError],
  [unknownCommand, NotSupportedError],
];

const overflow = /^ERR (increment or )?decrement would overflow/;

/** Errors from codec and connections, which do not name the command yet. */
const unnamed = [CodecError, ConnectionError, CommandTimeoutError, AuthenticationError, ConfigError];

/** Errors that name their command. An error of a command that another command has sent is not named twice. */
const namesCommand = new WeakSet<Error>();

export const isNamed = (error: unknown): error is Error => error instanceof Error && namesCommand.has(error);

/** Turns any failure of a command into an error of the family that names command and key. */
export function mapError(error: unknown, command: Command<unknown>): Error {
  const mapped = namedError(error, command);
  if (mapped !== error) namesCommand.add(mapped);
  return mapped;
}

function namedError(error: unknown, command: Command<unknown>): Error {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- drivers, codec and pools throw only errors
  const { message: words, cause } = error as Error;
  const message = withoutQuotes(words);
  const named = `${describeCommand(command)}${printable(command.script ? scriptWords(message) : `: ${message}`)}`;
  // Wrong arguments are the caller's own mistake; their message needs no command.
  if (error instanceof TypeError) return error;
  if (error instanceof RangeError) return new RangeError(named);
  if (unnamed.some((type) => error instanceof type)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its class is one of the unnamed ones, whose constructors take the same arguments
    const type = (error as CachexError).constructor as ErrorClass;
    return make(type, named, cause);
  }
  if (error instanceof CachexError) return error;
  const reason = reasonIn(message);
  if (overflow.test(reason)) return new RangeError(named);
  const refused = command.script ? ScriptError : CommandError;
  const [, known = isReply(error) ? refused : ConnectionError, advice] =
    replyErrors.find(([words]) => words.test(reason)) ?? [];
  // What the library sends is well-formed, so the word must be one that the server does not know yet.
  const type = command.since && /^ERR syntax error/.test(reason) ? NotSupportedError : known;
  const needs = type === NotSupportedError && command.since ? `it needs ${inWords(command.since)}` : advice;
  return make(type, named, withoutArguments(error), needs);
}

function make(type: ErrorClass, message: string, cause: unknown, advice?: string): CachexError {
  return new type(advice ? `${message} (${advice})` : message, { cause });
}

/** `HGET "user:1"`; for several keys, the first. */
export function describeCommand(command: Command<unknown>): string {
  // A key of a lock or a semaphore is shown by the name of the lock.
  const keys = new Set(command.args.filter((arg) => arg instanceof Key).map((key) => key.name));
  const name = command.script ? `Script ${printable(command.script.name)}` : command.name;
  const [first] = keys;
  if (first === undefined) return name;
  const more = keys.size > 1 ? ` and ${keys.size - 1} more` : '';
  return `${name} ${quoted(first)}${more}`;
}
