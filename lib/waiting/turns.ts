import { setImmediate } from 'node:timers/promises';

/** How long calls may follow one another before the event loop gets its turn. */
const longestMs = 10;
/** One call in this many looks at the clock. */
const callsPerLook = 16;

/**
 * Gives the event loop its turns. An engine that answers immediately is awaited through promises alone, and a long
 * series of calls would hold up timers and sockets until it ends.
 */
export class Turns {
  private calls = 0;
  private lastTurn = performance.now();
  private turning: Promise<void> | undefined;

  /** A promise to await before the answer: of a turn that is due, or none. */
  get due(): Promise<void> | undefined {
    if (this.turning || ++this.calls % callsPerLook !== 0) return this.turning;
    if (performance.now() - this.lastTurn >= longestMs) this.turning = this.turn();
    return this.turning;
  }

  private async turn(): Promise<void> {
    await setImmediate();
    this.lastTurn = performance.now();
    this.turning = undefined;
  }
}
