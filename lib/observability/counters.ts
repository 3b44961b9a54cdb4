import { type Command, Key, type Lookups } from '../command-model/command.js';
import type { Counted, PubSubStats } from './stats.js';

/** Hears of look-ups one by one. */
export type LookupListener = Pick<Lookups, 'lookedUp'>;

/** Hears of what goes wrong with keys. */
export interface FaultListener {
  failed(key: Key | undefined): void;
  gaveStale(key: Key): void;
}

/** What a cache has counted in this process; views and pipelines of it count together. */
export class Counters implements Lookups {
  hits = 0;
  misses = 0;
  stale = 0;
  errors = 0;
  /** Takes samples: most of the time nobody listens, as every look-up would pay for it. */
  lookups: LookupListener | undefined = undefined;
  faults: FaultListener | undefined = undefined;
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
  gaveStale(key: Key): void {
    this.stale++;
    this.faults?.gaveStale(key);
  }

  lookedUp(key: Key, isFound: boolean): void {
    if (isFound) this.hits++;
    else this.misses++;
    this.lookups?.lookedUp(key, isFound);
  }

  failed(command: Command<unknown>): void {
    this.errors++;
    this.faults?.failed(command.args.find((argument) => argument instanceof Key));
  }
}
