import { errorText } from '../errors/error-text.js';
import type { Logger } from '@nestjs/common';
import { CommandTimeoutError, ConnectionError } from '../errors/index.js';

export interface OutageOptions {
  /** Whether calls get the answer of a missing key while the server is away, instead of an error. */
  readonly ignoreExceptions: boolean;
  readonly logIgnoredExceptions: boolean;
}

/** Whether the server was not reached, as opposed to reached and refusing. */
export function isAway(error: unknown): error is ConnectionError | CommandTimeoutError {
  return error instanceof ConnectionError || error instanceof CommandTimeoutError;
}

/** An outage is over if nothing has failed for this long: one node of several may be away while others answer. */
const quietMs = 5_000;

/** What a failed call gives under `ignoreExceptions`, and the one log line per outage. */
export class Outage {
  private under = false;
  private lastFailure = 0;

  constructor(
    private readonly options: OutageOptions,
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
  ) {}

  get ignoresExceptions(): boolean {
    return this.options.ignoreExceptions;
  }

  /** Whether the caller gets the answer of a missing key instead of this error. */
  forgives(error: unknown): boolean {
    if (!this.options.ignoreExceptions || !isAway(error)) return false;
    this.lastFailure = performance.now();
    if (!this.under) {
      this.under = true;
      if (this.options.logIgnoredExceptions) this.logger.warn(`Continuing without the cache: ${errorText(error)}`);
    }
    return true;
  }

  /** A command was answered. */
  over(): void {
    if (!this.under || performance.now() - this.lastFailure < quietMs) return;
    this.under = false;
    if (this.options.logIgnoredExceptions) this.logger.log('The cache is back');
  }
}
