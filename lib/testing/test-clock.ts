import { type Timeout, toMilliseconds } from '../arguments/timeout.js';

/**
 * The clock of the embedded engine. It stands still until a test advances it.
 *
 * @publicApi
 * @example
 * const { clock } = new CachexTesting();
 * clock.advance('5m');
 */
export class TestClock {
  private ms = Date.now();

  /**
   * Unix time in milliseconds.
   *
   * @example
   * const before = testing.clock.now();
   */
  now(): number {
    return this.ms;
  }

  /**
   * Lets time pass: seconds, or a duration. What was to last exactly that long has expired then: Redis keeps a key until
   * its last millisecond is over, so one more passes.
   *
   * @throws TypeError for `null`, and for what is no duration
   * @example
   * testing.clock.advance('5m');
   */
  advance(by: Exclude<Timeout, null>): void {
    const ms = toMilliseconds(by, 'by');
    if (ms === null) throw new TypeError('by must be a duration, not null');
    this.ms += ms + 1;
  }
}
