import { setImmediate } from 'node:timers/promises';

/** How long calls may follow one another before the event loop gets its turn. */
const longestMs = 10;
/** One call in this many looks at the clock. */
const callsPerLook = 16;

/**
 * Turns of the event loop. An engine that answers at once is awaited through promises alone, and a long series of calls
 * would hold up timers and sockets until it ends.
 */
export class Turns {
  private calls = 0;
  private lastTurn = performance.now();
  private turning: Promise<void> | undefined;

  /** What an answer waits for: nothing, or a turn that is due. */
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
