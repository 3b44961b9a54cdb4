import { Day, hourOf } from './day.js';
import { add, column, type Figures, noFigures } from './figures.js';

/** Stands for keys without a prefix, and for prefixes beyond the limit. No prefix has this name. */
export const others = '*';

/** Limits the prefixes that an hour distinguishes. */
const mostPrefixes = 30;
/** The least share of the look-ups of a minute for which a prefix is recorded. */
const leastShare = 0.005;

/** The figures of a minute by kind of key. */
export type KindFigures = ReadonlyMap<string, Figures>;

/** The days of a cache, in total and by prefix. */
export class Days {
  constructor(
    readonly all = new Day(),
    readonly prefixes = new Map<string, Day>(),
  ) {}

  copy(): Days {
    return new Days(this.all.copy(), new Map(Array.from(this.prefixes, ([prefix, day]) => [prefix, day.copy()])));
  }

  /** Adds a minute. Returns the recorded kinds, with minor prefixes summed up. */
  add(minute: number, figures: Figures, kinds: KindFigures): KindFigures {
    this.all.add(minute, figures);
    const kept = new Map<string, Figures>();
    const hour = hourOf(minute);
    let known = 0;
    for (const day of this.prefixes.values()) if (day.has(hour)) known++;
    const least = leastShare * lookupsIn(figures);
    for (const [kind, row] of [...kinds].toSorted(([, a], [, b]) => weightOf(b) - weightOf(a))) {
      const isKnown = this.prefixes.get(kind)?.has(hour) ?? false;
      const isOwn = isKnown || (known < mostPrefixes && weightOf(row) >= least && kind !== others);
      if (isOwn && !isKnown) known++;
      const name = isOwn ? kind : others;
      const sum = kept.get(name) ?? noFigures();
      add(sum, row);
      kept.set(name, sum);
    }
    for (const [kind, row] of kept) this.dayOf(kind).add(minute, row);
    return kept;
  }

  dayOf(prefix: string): Day {
    let day = this.prefixes.get(prefix);
    if (!day) this.prefixes.set(prefix, (day = new Day()));
    return day;
  }

  forget(minute: number): void {
    this.all.forget(minute);
    for (const [prefix, day] of this.prefixes) {
      day.forget(minute);
      if (day.isEmpty) this.prefixes.delete(prefix);
    }
  }
}

export const lookupsIn = (figures: Figures): number => figures[column.hits]! + figures[column.misses]!;

const weightOf = (figures: Figures): number => lookupsIn(figures) + figures[column.errors]! + figures[column.stale]!;
