import type { Timeout } from '../../../../lib/arguments/timeout.js';
import { toMilliseconds } from '../../../../lib/arguments/timeout.js';
import { clock } from './clock.js';
import { journal } from './journal.js';
import { network } from './network.js';
import { start } from './processes.js';
import { show } from './show.js';

/** The longest run by the clock of the playground. */
const longestMs = 25 * 3_600_000;
/** How long code may wait while nothing is under way that a program would wait for. */
const patienceMs = 60_000;

/** What the visitor's code has at hand. */
const given = {
  start,
  log: (...values: unknown[]): void => {
    journal.add({
      kind: 'log',
      text: values.map((value) => (typeof value === 'string' ? value : show(value))).join(' '),
    });
  },
  clock: {
    now: (): number => clock.nowMs,
    /** Past the last millisecond: what lives that long has ended. */
    advance: async (by: Exclude<Timeout, null>): Promise<void> => {
      const ms = toMilliseconds(by, 'by') ?? 0;
      await new Promise((resolve) => setTimeout(resolve, ms + 1));
    },
  },
  redis: {
    goAway: (): void => network.switchTo(false),
    comeBack: (): void => network.switchTo(true),
  },
};

export type Playground = typeof given;

type Program = (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => undefined).constructor as new (...source: string[]) => Program;

/** Runs the visitor's code to its end; what it throws is in the journal. */
export async function run(code: string, turn: () => Promise<void>): Promise<void> {
  try {
    const program = new AsyncFunction(...Object.keys(given), `"use strict";\n${code}`);
    await waitFor(program(...Object.values(given)), turn);
  } catch (error) {
    journal.add({ kind: 'error', text: show(error) });
  }
}

/** Turns the clock for as long as something is not settled. */
export async function waitFor<T>(promise: Promise<T>, turn: () => Promise<void>): Promise<T> {
  const end = clock.nowMs + longestMs;
  let isSettled = false;
  const settle = (): void => void (isSettled = true);
  promise.then(settle, settle);
  let idleSince: number | undefined;
  for (;;) {
    await turn();
    if (isSettled) return promise;
    idleSince = clock.isAwaited ? undefined : (idleSince ?? clock.nowMs);
    const isIdle = idleSince !== undefined && (clock.next === undefined || clock.nowMs - idleSince > patienceMs);
    if (isIdle || clock.nowMs > end) throw new Error('the code waits for something that does not happen');
    clock.step();
  }
}

/** Turns the clock on. */
export async function advance(ms: number, turn: () => Promise<void>): Promise<void> {
  const end = clock.nowMs + ms;
  await turn();
  while (clock.next !== undefined && clock.next <= end) {
    try {
      clock.step();
    } catch (error) {
      journal.add({ kind: 'error', text: show(error) });
    }
    await turn();
  }
  clock.nowMs = end;
}
