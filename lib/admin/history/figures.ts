/**
 * What is recorded of a minute: a row of numbers, which are added where minutes, or processes, are taken together.
 */
export type Figures = Uint32Array;

/** Where the counts are in a row; the times that commands took are behind them. */
export const column = { hits: 0, misses: 1, stale: 2, errors: 3, evictions: 4, processes: 5 } as const;

export type Column = keyof typeof column;

const firstTime = 8;
const perDecade = 5;
const shortestMs = 0.1;

/** Upper bounds of how long commands took: 0.1 ms to 10 s, each about 1.6 of the one before; the last has none. */
const bounds = [
  ...Array.from({ length: 5 * perDecade + 1 }, (_, index) => shortestMs * 10 ** (index / perDecade)),
  Infinity,
];

/** Numbers of a row. */
export const rowLength = firstTime + bounds.length;

export const noFigures = (): Figures => new Uint32Array(rowLength);

/** A command took that long. */
export function addTime(figures: Figures, ms: number): void {
  figures[firstTime + bounds.findIndex((bound) => ms <= bound)]!++;
}

export function add(to: Figures, more: Figures): void {
  for (let at = 0; at < rowLength; at++) to[at]! += more[at]!;
}

/** Milliseconds within which a share of the commands was answered, about; `null` where there was none. */
export function timeWithin(figures: Figures, share: number): number | null {
  const counts = figures.subarray(firstTime);
  const wanted = counts.reduce((sum, count) => sum + count, 0) * share;
  if (wanted === 0) return null;
  let [below, at] = [0, 0];
  while (below + counts[at]! < wanted) below += counts[at++]!;
  const from = at === 0 ? 0 : bounds[at - 1]!;
  const to = Number.isFinite(bounds[at]) ? bounds[at]! : from;
  return from + ((to - from) * (wanted - below)) / counts[at]!;
}
