import type { Logger } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import type { CommitHook } from '../options/commit-hook.js';
import type { Evictions } from './evictions.js';

/** Has evictions done when a transaction is committed. */
export class Commits {
  constructor(
    private readonly evictions: Evictions,
    private readonly hook: CommitHook | undefined,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** At once where no transaction is known; resolves then when it has ended, and otherwise when it waits for its turn. */
  async run(evict: () => Promise<unknown>, what: string): Promise<void> {
    // Within `deferEvictions` what it evicts waits by itself.
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
          // The transaction is committed, and nobody else would say that what it has changed is still cached.
          this.logger.error(`${what} could not evict after the commit: ${errorText(error)}`);
        }
      }) === true
    );
  }
}
