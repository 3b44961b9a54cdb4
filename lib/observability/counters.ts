import type { Counted } from './stats.js';

/** What a cache has counted in this process; views and pipelines of it count together. */
export class Counters {
  hits = 0;
  misses = 0;
  stale = 0;
  errors = 0;

  /** As it is now. */
  get counted(): Counted {
    const { hits, misses, stale, errors } = this;
    return { hits, misses, stale, errors };
  }

  /** Somebody has looked for a value. */
  lookedUp(isFound: boolean): void {
    if (isFound) this.hits++;
    else this.misses++;
  }
}

/** Where replies say whether they hold what was looked for. */
export type Lookups = Pick<Counters, 'lookedUp'>;
