import type { Counters } from '../../observability/counters.js';
import type { CommandMessage } from '../../observability/command-channel.js';
import { commandKeys } from '../../observability/command-keys.js';
import { Days, type KindFigures } from './days.js';
import { addTime, column, type Figures, noFigures } from './figures.js';
import { Kinds } from './kinds.js';

/** A finished minute. */
export interface Minute {
  readonly minute: number;
  readonly figures: Figures;
  readonly kinds: KindFigures;
}

type Counted = Pick<Counters, 'hits' | 'misses' | 'stale' | 'errors'>;

/** The last 24 hours of one cache in this process. */
export class CacheHistory {
  readonly days = new Days();
  private readonly kinds: Kinds;
  private times = noFigures();
  /** Counters at the last turn of a minute and of a second. */
  private before: Counted;
  private lookups: number;
  private evictions: number | undefined;

  constructor(private readonly counters: Counters) {
    this.kinds = new Kinds(() => (counters.lookups = undefined));
    this.before = countedIn(counters);
    this.lookups = counters.hits + counters.misses;
    counters.faults = this.kinds;
  }

  stop(): void {
    if (this.counters.faults !== this.kinds) return;
    this.counters.faults = undefined;
    this.counters.lookups = undefined;
  }

  answered(message: CommandMessage, ms: number): void {
    addTime(this.times, ms);
    this.kinds.answered(commandKeys.of(message), ms);
  }

  /** Ends a second: scales its sample up to all commands, then samples the next one. */
  next(): void {
    const lookups = this.counters.hits + this.counters.misses;
    this.kinds.scale(lookups - this.lookups);
    this.lookups = lookups;
    this.counters.lookups = this.kinds;
  }

  /** Ends a minute. */
  turn(minute: number): Minute {
    this.next();
    const figures = this.soFar;
    this.before = countedIn(this.counters);
    this.times = noFigures();
    const kinds = this.days.add(minute, figures, this.kinds.take());
    this.days.forget(minute);
    return { minute, figures, kinds };
  }

  /** Adds evictions from the server's counter, which starts with the server. */
  evicted(minute: number, evictions: number | undefined): void {
    const more = evictions === undefined || this.evictions === undefined ? 0 : evictions - this.evictions;
    this.evictions = evictions ?? this.evictions;
    if (more <= 0) return;
    const figures = noFigures();
    figures[column.evictions] = more;
    this.days.all.add(minute, figures);
  }

  /** The days including the current minute. */
  now(minute: number): Days {
    this.next();
    const days = this.days.copy();
    days.add(minute, this.soFar, this.kinds.soFar);
    return days;
  }

  private get soFar(): Figures {
    const figures = this.times.slice();
    const now = countedIn(this.counters);
    for (const name of ['hits', 'misses', 'stale', 'errors'] as const) {
      figures[column[name]] = now[name] - this.before[name];
    }
    figures[column.processes] = 1;
    return figures;
  }
}

const countedIn = ({ hits, misses, stale, errors }: Counted): Counted => ({ hits, misses, stale, errors });
