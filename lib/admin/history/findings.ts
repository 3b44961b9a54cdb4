import { lookupsIn } from './days.js';
import { column, type Figures } from './figures.js';

/** A notable change, with the figures before and after it. */
export interface Finding {
  readonly what: 'hitRate' | 'errors' | 'evictions' | 'stale';
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Shares of look-ups, or counts per minute. */
  readonly before: number;
  readonly after: number;
  /** The prefix that contributes most. */
  readonly prefix?: string;
  /** The contribution of the prefix, from 0 to 1, and its own figures. */
  readonly share?: number;
  readonly prefixBefore?: number;
  readonly prefixAfter?: number;
}

/** A period of time with its figures. */
export interface Step {
  readonly at: number;
  readonly figures: Figures;
}

type Sums = (from: number, to: number) => Figures;

/** Fewer look-ups on a side make a difference look significant by chance. */
const leastLookups = 20;
const leastFall = 0.05;
/** The least difference in standard deviations. */
const leastDifference = 4;

/** The index of the steepest fall of the hit rate; `undefined` without a fall. */
export function fallIn(steps: readonly Step[]): number | undefined {
  const total = sumOf(steps.map(({ figures }) => figures));
  let [hits, lookups] = [0, 0];
  let [most, found] = [leastDifference, undefined as number | undefined];
  for (let at = 1; at < steps.length; at++) {
    const { figures } = steps[at - 1]!;
    hits += figures[column.hits]!;
    lookups += lookupsIn(figures);
    const [later, laterHits] = [total.lookups - lookups, total.hits - hits];
    if (lookups < leastLookups || later < leastLookups) continue;
    const fall = hits / lookups - laterHits / later;
    const all = total.hits / total.lookups;
    const deviation = Math.sqrt(all * (1 - all) * (1 / lookups + 1 / later));
    if (fall < leastFall || fall / deviation <= most) continue;
    [most, found] = [fall / deviation, at];
  }
  return found;
}

/** Lists changes, most important first. */
export function findingsIn(steps: readonly Step[], stepMs: number, prefixes: ReadonlyMap<string, Sums>): Finding[] {
  const split = fallIn(steps);
  const findings: Finding[] = [];
  const end = steps.length;
  if (split !== undefined) findings.push(fallAt(steps, split, stepMs, prefixes));
  for (const what of ['errors', 'evictions', 'stale'] as const) {
    const at = split ?? Math.max(1, end - Math.ceil(end / 6));
    const since = steps[at]?.at;
    if (since === undefined) continue;
    const perMinute = (from: number, to: number): number => {
      const sum = steps.slice(from, to).reduce((total, { figures }) => total + figures[column[what]]!, 0);
      return sum / ((Math.max(1, to - from) * stepMs) / 60_000);
    };
    const [before, after] = [perMinute(0, at), perMinute(at, end)];
    if (after > 0 && after >= 2 * before) findings.push({ what, since, before, after });
  }
  return findings;
}

function fallAt(steps: readonly Step[], split: number, stepMs: number, prefixes: ReadonlyMap<string, Sums>): Finding {
  const [start, since, end] = [steps[0]!.at, steps[split]!.at, steps.at(-1)!.at + stepMs];
  const before = rateOf(sumOf(steps.slice(0, split).map(({ figures }) => figures)));
  const after = rateOf(sumOf(steps.slice(split).map(({ figures }) => figures)));
  let [all, most, chief] = [0, 0, undefined as Pick<Finding, 'prefix' | 'prefixBefore' | 'prefixAfter'> | undefined];
  for (const [prefix, sums] of prefixes) {
    const [earlier, later] = [sumOf([sums(start, since)]), sumOf([sums(since, end)])];
    const prefixBefore = earlier.lookups >= leastLookups ? rateOf(earlier) : before;
    // Misses in addition to those that the earlier hit rate predicts.
    const extra = later.lookups * prefixBefore - later.hits;
    if (extra <= 0) continue;
    all += extra;
    if (extra <= most) continue;
    most = extra;
    chief = { prefix, prefixBefore, prefixAfter: rateOf(later) };
  }
  return { what: 'hitRate', since, before, after, ...(chief && { ...chief, share: most / all }) };
}

interface Lookups {
  readonly hits: number;
  readonly lookups: number;
}

const rateOf = ({ hits, lookups }: Lookups): number => (lookups === 0 ? 0 : hits / lookups);

function sumOf(all: readonly Figures[]): Lookups {
  let [hits, lookups] = [0, 0];
  for (const figures of all) {
    hits += figures[column.hits]!;
    lookups += lookupsIn(figures);
  }
  return { hits, lookups };
}
