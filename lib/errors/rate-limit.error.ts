import { CachexError } from './cachex.error.js';

/**
 * A caller has used up its limit.
 *
 * @publicApi
 */
export class RateLimitError extends CachexError {
  get code() {
    return 'CACHEX_RATE_LIMIT' as const;
  }

  constructor(
    message: string,
    /** Milliseconds until the caller may try again. */
    readonly retryAfter: number,
  ) {
    super(message);
  }
}
