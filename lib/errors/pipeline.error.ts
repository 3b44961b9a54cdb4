import { CachexError, type CachexErrorOptions } from './cachex.error.js';

/**
 * At least one command of a pipeline failed; the others ran. In a transaction that the server refused, none ran.
 *
 * @publicApi
 */
export class PipelineError extends CachexError {
  readonly code = 'CACHEX_PIPELINE';

  constructor(
    message: string,
    /** A value or an error per command, in the order queued. */
    readonly results: readonly unknown[],
    /** Where in `results` the first error stands. */
    readonly index: number,
    options: CachexErrorOptions = {},
  ) {
    super(message, options);
    // Results hold users' values, which have no business in a log line.
    Object.defineProperty(this, 'results', { enumerable: false });
  }
}
