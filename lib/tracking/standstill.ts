import { setImmediate } from 'node:timers';

/** How often to look at the clock. */
const everyMs = 1000;
/** After a gap this long the process had stood still: it was stopped, or busy. */
const stillMs = 2 * everyMs;

/**
 * Notices that the process stood still. Whatever arrived meanwhile has not been read yet, and the first code to run
 * must not rely on earlier knowledge. Looks at the clock at most once per turn of the event loop.
 */
export class Standstill {
  private readonly timer: NodeJS.Timeout;
  private lastMs = performance.now();
  private wasLooked = false;

  constructor(private readonly onStandstill: () => void) {
    this.timer = setInterval(() => this.look(), everyMs).unref();
  }

  /** Called before earlier knowledge is used. */
  look(): void {
    if (!this.wasLooked) this.lookAtClock();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private lookAtClock(): void {
    this.wasLooked = true;
    setImmediate(() => (this.wasLooked = false));
    const now = performance.now();
    if (now - this.lastMs > stillMs) this.onStandstill();
    this.lastMs = now;
  }
}
