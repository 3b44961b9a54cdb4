import { isReply } from '../connection/index.js';
import { type CommandTimeoutError, type ConnectionError, ReadOnlyError } from '../errors/index.js';
import { isAway } from '../execution/outage.js';

/** Whether the same request may succeed soon: the server is away, or not a primary at the moment. */
export function isPassing(error: unknown): error is ConnectionError | CommandTimeoutError | ReadOnlyError {
  return isAway(error) || error instanceof ReadOnlyError;
}

/** Whether the server itself has said so, instead of not answering. */
export function isNotNow(error: unknown): boolean {
  return isPassing(error) && error.cause instanceof Error && isReply(error.cause);
}
