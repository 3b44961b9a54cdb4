import { CachexError, type CachexErrorOptions } from './cachex.error.js';

/**
 * At least one command of a pipeline failed; the others ran. In a transaction that the server refused, none ran.
 *
 * @publicApi
 */
export class PipelineError extends CachexError {
  get code() {
    return 'CACHEX_PIPELINE' as const;
  }

  constructor(
    message: string,
    /** A value or an error per command, in the order queued. */
    readonly results: readonly unknown[],
    /** The index of the first error in `results`. */
    readonly index: number,
    options: CachexErrorOptions = {},
  ) {
    super(message, options);
    // Results hold users' values, which must not show in a log line.
    Object.defineProperty(this, 'results', { enumerable: false });
  }
}
