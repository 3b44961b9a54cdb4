import type { Lookups } from '../command-model/command.js';
import type { Counted, PubSubStats } from './stats.js';

/** What a cache has counted in this process; views and pipelines of it count together. */
export class Counters implements Lookups {
  hits = 0;
  misses = 0;
  stale = 0;
  errors = 0;
  /** Of all subscriptions. */
  readonly pubsub: { -readonly [Figure in keyof PubSubStats]: number } = {
    subscriptions: 0,
    received: 0,
    dropped: 0,
    failures: 0,
    gaps: 0,
  };

  /** As it is now. */
  get counted(): Omit<Counted, 'mismatches' | 'unreadable'> {
    const { hits, misses, stale, errors } = this;
    return { hits, misses, stale, errors, pubsub: { ...this.pubsub } };
  }

  /** A miss was answered with the old value. */
  gaveStale(): void {
    this.stale++;
  }

  lookedUp(isFound: boolean): void {
    if (isFound) this.hits++;
    else this.misses++;
  }
}
