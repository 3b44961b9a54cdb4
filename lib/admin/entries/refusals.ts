import { HttpException } from '@nestjs/common';
import { isReply, withoutQuotes } from '../../connection/index.js';
import { errorText } from '../../errors/error-text.js';
import {
  CachexError,
  CodecError,
  CommandTimeoutError,
  ConnectionError,
  KeyNotFoundError,
  NotSupportedError,
  WrongTypeError,
} from '../../index.js';

/**
 * Turns an error about one key into a reason.
 *
 * @throws the error itself if it concerns all keys: a failed connection, or an unexpected error
 */
export function refusalIn(error: unknown): string {
  const answer = answerTo(error);
  if (answer instanceof HttpException && answer.getStatus() !== away) return errorText(answer);
  throw error;
}

/** Converts errors of the library and the server into HTTP errors; returns other errors unchanged. */
export function answerTo(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- errors only
  const { message: words, code } = error as Error & { code?: string };
  const message = isServers(error) ? `The server refuses: ${withoutQuotes(words)}` : words;
  return new HttpException({ statusCode: status, message, ...(code !== undefined && { code }) }, status, {
    cause: error,
  });
}

const away = 503;

const isServers = (error: unknown): error is Error => error instanceof Error && isReply(error);

/** The status for the first word of a server's refusal. */
const refusals: readonly (readonly [words: RegExp, status: number])[] = [
  [/^WRONGTYPE/, 409],
  [/^NOGROUP/, 404],
  [/^ERR (invalid cursor|Invalid stream ID)/, 400],
];

const refusalOf = ({ message }: Error): number => refusals.find(([words]) => words.test(message))?.[1] ?? 502;

function statusOf(error: unknown): number | undefined {
  if (error instanceof ConnectionError || error instanceof CommandTimeoutError) return away;
  if (error instanceof KeyNotFoundError) return 404;
  if (error instanceof WrongTypeError) return 409;
  if (error instanceof CodecError) return 422;
  if (error instanceof NotSupportedError) return 501;
  // The message contains the server's reason.
  if (error instanceof CachexError) return isServers(error.cause) ? refusalOf(error.cause) : 502;
  if (isServers(error)) return refusalOf(error);
  // The library throws these for invalid arguments.
  if (error instanceof TypeError || error instanceof RangeError) return 400;
  return undefined;
}
