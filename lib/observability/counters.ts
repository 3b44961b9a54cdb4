import { type Command, Key, type Lookups } from '../command-model/command.js';
import type { Counted, PubSubStats } from './stats.js';

/** Hears each look-up. */
export type LookupListener = Pick<Lookups, 'lookedUp'>;

/** Hears errors about keys, and stale copies. */
export interface FaultListener {
  failed(key: Key | undefined): void;
  gaveStale(key: Key): void;
}

/** The counters of a cache in this process; its views and pipelines share them. */
export class Counters implements Lookups {
  hits = 0;
  misses = 0;
  stale = 0;
  errors = 0;
  /** Set only now and then, for samples: a listener costs time on every look-up. */
  lookups: LookupListener | undefined = undefined;
  faults: FaultListener | undefined = undefined;
  /** Of all subscriptions together. */
  readonly pubsub: { -readonly [Figure in keyof PubSubStats]: number } = {
    subscriptions: 0,
    received: 0,
    dropped: 0,
    failures: 0,
    gaps: 0,
  };

  /** A copy of the current counts. */
  get counted(): Omit<Counted, 'mismatches' | 'unreadable'> {
    const { hits, misses, stale, errors } = this;
    return { hits, misses, stale, errors, pubsub: { ...this.pubsub } };
  }

  /** A miss was answered with a stale copy. */
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
