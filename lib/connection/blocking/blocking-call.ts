import { longestTimerMs } from '../../waiting/pause.js';
import type { BlockingWireCommand, WireCommand } from '../../wire/connection-pool.js';

/** One call of a blocking command: what is left of its time, and whether it is still wanted. */
export class BlockingCall {
  private readonly deadline: number;

  constructor(public command: BlockingWireCommand) {
    this.deadline = performance.now() + (command.blocking.timeoutMs ?? Infinity);
  }

  get signal(): AbortSignal | undefined {
    return this.command.blocking.signal;
  }

  /** Whether nothing is lost with an answer that does not arrive: it can be asked for again. */
  get takesNothing(): boolean {
    return this.command.name === 'XREAD';
  }

  /** Milliseconds, 0 when they are over; `Infinity` waits for ever. */
  get leftMs(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  /** Milliseconds until the time is over, and so many more. */
  leftWith(moreMs: number): number {
    return Math.max(1, this.deadline + moreMs - performance.now());
  }

  /** Calls back when the time is over. */
  whenOver(callback: () => void): NodeJS.Timeout | undefined {
    const ms = this.leftMs;
    return ms > longestTimerMs ? undefined : setTimeout(callback, ms);
  }

  /** The command with the time that the server is to wait; there must be some, for Redis reads 0 as for ever. */
  timed(waitMs = this.leftMs): WireCommand {
    const { argument, unit } = this.command.blocking;
    const ms = waitMs === Infinity ? 0 : Math.max(1, Math.round(waitMs));
    const args = this.command.args.with(argument, String(unit === 'seconds' ? ms / 1000 : ms));
    return { ...this.command, args };
  }
}
