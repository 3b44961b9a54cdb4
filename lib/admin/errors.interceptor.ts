import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable } from 'rxjs';
import { isReply, withoutQuotes } from '../connection/index.js';
import {
  CachexError,
  CodecError,
  CommandTimeoutError,
  ConnectionError,
  KeyNotFoundError,
  NotSupportedError,
  WrongTypeError,
} from '../index.js';

/** Errors of the library, whose messages hold no values and no passwords, as answers. */
@Injectable()
export class ErrorsInterceptor implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw answerTo(error);
      }),
    );
  }
}

function answerTo(error: unknown): unknown {
  const status = statusOf(error);
  if (status === undefined) return error;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only errors have a status
  const { message: words, code } = error as Error & { code?: string };
  const message = isServers(error) ? `The server refuses: ${withoutQuotes(words)}` : words;
  return new HttpException({ statusCode: status, message, ...(code !== undefined && { code }) }, status, {
    cause: error,
  });
}

const isServers = (error: unknown): error is Error => error instanceof Error && isReply(error);

/** What its first word means. */
const refusals: readonly (readonly [words: RegExp, status: number])[] = [
  [/^WRONGTYPE/, 409],
  [/^NOGROUP/, 404],
  [/^ERR (invalid cursor|Invalid stream ID)/, 400],
];

const refusalOf = ({ message }: Error): number => refusals.find(([words]) => words.test(message))?.[1] ?? 502;

function statusOf(error: unknown): number | undefined {
  if (error instanceof ConnectionError || error instanceof CommandTimeoutError) return 503;
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
