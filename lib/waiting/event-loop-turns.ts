import { setImmediate as nextTurn } from 'node:timers/promises';

/** Immediate answers in one turn of the event loop. */
const answersPerTurn = 1000;

/**
 * Lets the event loop turn now and then. A caller that only awaits immediate answers never does: a loop that waits for
 * a value to change would not notice the change.
 */
export class EventLoopTurns {
  private answers = 0;

  /** Called for every immediate answer: `undefined`, or a promise to await first. */
  take(): Promise<unknown> | undefined {
    if (this.answers++ === 0) setImmediate(() => (this.answers = 0));
    return this.answers > answersPerTurn ? nextTurn() : undefined;
  }
}
