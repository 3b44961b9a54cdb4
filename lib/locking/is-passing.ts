import { isReply } from '../connection/index.js';
import { ReadOnlyError } from '../errors/index.js';
import { isAway } from '../execution/outage.js';

/** Whether the same request may succeed soon: the server is away, or no primary at this moment. */
export function isPassing(error: unknown): boolean {
  return isAway(error) || error instanceof ReadOnlyError;
}

/** Whether the server itself has said so. */
export function isNotNow(error: unknown): boolean {
  const { cause } = error as Error;
  return isPassing(error) && cause instanceof Error && isReply(cause);
}
