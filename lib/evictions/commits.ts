import type { Logger } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import type { CommitHook } from '../options/commit-hook.js';
import type { Evictions } from './evictions.js';

/** Runs evictions after the commit of a transaction. */
export class Commits {
  constructor(
    private readonly evictions: Evictions,
    private readonly hook: CommitHook | undefined,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Evicts at once without a known transaction, and resolves when that is done; otherwise resolves while it waits. */
  async run(evict: () => Promise<unknown>, what: string): Promise<void> {
    // Within `deferEvictions` the evictions wait by themselves.
    let isTaken = false;
    try {
      isTaken = !this.evictions.isDeferring && this.isTaken(evict, what);
    } finally {
      if (!isTaken) await evict();
    }
  }

  private isTaken(evict: () => Promise<unknown>, what: string): boolean {
    return (
      this.hook?.(async () => {
        try {
          await evict();
        } catch (error) {
          // The transaction is committed, and nobody else would report that outdated entries are still cached.
          this.logger.error(`${what} could not evict after the commit: ${errorText(error)}`);
        }
      }) === true
    );
  }
}
