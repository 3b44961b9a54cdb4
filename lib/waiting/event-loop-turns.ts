import { setImmediate as nextTurn } from 'node:timers/promises';

/** Answers at once in one turn of the event loop. */
const answersPerTurn = 1000;

/**
 * Lets the event loop turn now and then. Whoever awaits answers that are there already never lets it: a loop that waits
 * for a value to change would not hear that it has.
 */
export class EventLoopTurns {
  private answers = 0;

  /** To be called for every answer that is given at once: `undefined`, or what to wait for first. */
  take(): Promise<unknown> | undefined {
    if (this.answers++ === 0) setImmediate(() => (this.answers = 0));
    return this.answers > answersPerTurn ? nextTurn() : undefined;
  }
}
