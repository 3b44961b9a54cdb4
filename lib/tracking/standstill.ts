import { setImmediate } from 'node:timers';

/** How often the clock is looked at. */
const everyMs = 1000;
/** A process that has not looked at it for so long stood still: it was stopped, or busy with something else. */
const stillMs = 2 * everyMs;

/**
 * Notices that the process stood still. What came meanwhile has not been read yet, and whoever runs first must not go by
 * what was known before. Looks at the clock once in a turn of the event loop at most.
 */
export class Standstill {
  private readonly timer: NodeJS.Timeout;
  private lastMs = performance.now();
  private wasLooked = false;

  constructor(private readonly onStandstill: () => void) {
    this.timer = setInterval(() => this.look(), everyMs).unref();
  }

  /** To be called before what is known is gone by. */
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
