/** The figures of a minute: a row of numbers. Minutes and processes add up. */
export type Figures = Uint32Array;

/** Positions of counts in a row; the histogram of command times follows. */
export const column = { hits: 0, misses: 1, stale: 2, errors: 3, evictions: 4, processes: 5 } as const;

export type Column = keyof typeof column;

const firstTime = 8;
const perDecade = 5;
const shortestMs = 0.1;

/** Upper bounds of command times: 0.1 ms to 10 s, each about 1.6 times the previous one; the last is open. */
const bounds = [
  ...Array.from({ length: 5 * perDecade + 1 }, (_, index) => shortestMs * 10 ** (index / perDecade)),
  Infinity,
];

/** Length of a row. */
export const rowLength = firstTime + bounds.length;

export const noFigures = (): Figures => new Uint32Array(rowLength);

/** Adds the time of a command. */
export function addTime(figures: Figures, ms: number): void {
  figures[firstTime + bounds.findIndex((bound) => ms <= bound)]!++;
}

export function add(to: Figures, more: Figures): void {
  for (let at = 0; at < rowLength; at++) to[at]! += more[at]!;
}

/** Approximate milliseconds within which a share of the commands had a reply; `null` without commands. */
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
