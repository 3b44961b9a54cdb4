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
 * Why something is refused of one key among many.
 *
 * @throws the error where it is about all of them: the server does not answer, or nobody has reckoned with it
 */
export function refusalIn(error: unknown): string {
  const answer = answerTo(error);
  if (answer instanceof HttpException && answer.getStatus() !== away) return errorText(answer);
  throw error;
}

/** What is answered in place of an error of the library or of the server; else the error itself. */
export function answerTo(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only errors have a status
  const { message: words, code } = error as Error & { code?: string };
  const message = isServers(error) ? `The server refuses: ${withoutQuotes(words)}` : words;
  return new HttpException({ statusCode: status, message, ...(code !== undefined && { code }) }, status, {
    cause: error,
  });
}

const away = 503;

const isServers = (error: unknown): error is Error => error instanceof Error && isReply(error);

/** What its first word means. */
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
  // The server has refused, and its reason is in the message.
  if (error instanceof CachexError) return isServers(error.cause) ? refusalOf(error.cause) : 502;
  if (isServers(error)) return refusalOf(error);
  // What the library throws for arguments that make no sense.
  if (error instanceof TypeError || error instanceof RangeError) return 400;
  return undefined;
}
