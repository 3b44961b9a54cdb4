import type { ChangeMark } from './change-marks.js';
import { minuteMs, minuteOf } from './day.js';
import type { Days } from './days.js';
import { column, type Figures, noFigures, timeWithin } from './figures.js';
import { type Finding, findingsIn, type Step } from './findings.js';

/** Length of each range, and minutes per point. */
export const ranges = {
  '1h': { minutes: 60, step: 1 },
  '6h': { minutes: 360, step: 5 },
  '24h': { minutes: 1440, step: 15 },
} as const;

export type Range = keyof typeof ranges;

/** The figures of a period. */
export interface FiguresView {
  readonly hits: number;
  readonly misses: number;
  readonly stale: number;
  readonly errors: number;
  /** Milliseconds within which 50 % and 99 % of the commands had a reply; `null` without commands. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface PointView extends FiguresView {
  /** The start in milliseconds since 1970. */
  readonly at: number;
  /** Keys that the servers evicted for lack of memory. */
  readonly evictions: number;
  /** Number of processes that recorded figures; 0 or 1 for this process. */
  readonly processes: number;
}

export interface PrefixView extends FiguresView {
  /** A prefix such as `'user:'`; `'*'` for keys without a prefix or with one beyond the limit. */
  readonly prefix: string;
}

export interface HistoryView {
  readonly of: 'process' | 'fleet';
  /** Whether the history of all processes is available. */
  readonly hasFleet: boolean;
  /** The start of this process's record, in milliseconds since 1970. */
  readonly recordedSince: number;
  readonly stepMs: number;
  readonly points: readonly PointView[];
  /** Most used first. */
  readonly prefixes: readonly PrefixView[];
  /** Deletions on the page. */
  readonly changes: readonly ChangeMark[];
  readonly findings: readonly Finding[];
}

/** The part of the view that depends on the days, up to the current minute. */
export function viewOf(
  days: Days,
  range: Range,
  prefix: string | undefined,
  now: number,
): Pick<HistoryView, 'stepMs' | 'points' | 'prefixes' | 'findings'> {
  const { minutes, step } = ranges[range];
  // Aligns points, so that they do not move as time passes.
  const end = (Math.floor(minuteOf(now) / step) + 1) * step;
  const start = end - minutes;
  const day = prefix === undefined ? days.all : days.prefixes.get(prefix);
  const starts = Array.from({ length: minutes / step }, (_, index) => start + index * step);
  const steps = starts.map((minute): Step => ({
    at: minute * minuteMs,
    figures: day?.sum(minute, minute + step) ?? noFigures(),
  }));
  const sums = [...days.prefixes].map(
    ([name, each]) => [name, (from: number, to: number) => each.sum(minuteOf(from), minuteOf(to))] as const,
  );
  const totals = sums.map(([name, sum]): PrefixView => ({
    prefix: name,
    ...figuresOf(sum(start * minuteMs, end * minuteMs)),
  }));
  const stepMs = step * minuteMs;
  return {
    stepMs,
    points: steps.map(({ at, figures }) => ({
      at,
      ...figuresOf(figures),
      evictions: figures[column.evictions]!,
      processes: days.all.most(minuteOf(at), minuteOf(at) + step, 'processes'),
    })),
    prefixes: totals
      .filter(({ hits, misses, stale, errors }) => hits + misses + stale + errors > 0)
      .toSorted((a, b) => b.hits + b.misses - a.hits - a.misses),
    findings: findingsIn(steps, stepMs, new Map(prefix === undefined ? sums : [])),
  };
}

const figuresOf = (figures: Figures): FiguresView => ({
  hits: figures[column.hits]!,
  misses: figures[column.misses]!,
  stale: figures[column.stale]!,
  errors: figures[column.errors]!,
  p50: timeWithin(figures, 0.5),
  p99: timeWithin(figures, 0.99),
});
