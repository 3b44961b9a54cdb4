import { CachexError } from './cachex.error.js';

/**
 * A caller has used up its limit.
 *
 * @publicApi
 */
export class RateLimitError extends CachexError {
  readonly code = 'CACHEX_RATE_LIMIT';

  constructor(
    message: string,
    /** Milliseconds until the same call may be made again. */
    readonly retryAfter: number,
  ) {
    super(message);
  }
}
