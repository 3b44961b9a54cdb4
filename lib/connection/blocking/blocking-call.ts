import { longestTimerMs } from '../../waiting/pause.js';
import type { BlockingWireCommand, WireCommand } from '../../wire/connection-pool.js';

/** One blocking call: its remaining time, and whether it is still wanted. */
export class BlockingCall {
  private readonly deadline: number;

  constructor(public command: BlockingWireCommand) {
    this.deadline = performance.now() + (command.blocking.timeoutMs ?? Infinity);
  }

  get signal(): AbortSignal | undefined {
    return this.command.blocking.signal;
  }

  /** Whether a lost answer does no harm: the call can be repeated. */
  get takesNothing(): boolean {
    return this.command.name === 'XREAD';
  }

  /** Remaining milliseconds, 0 when the time is over; `Infinity` waits forever. */
  get leftMs(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  /** The remaining milliseconds, plus `ms`. */
  leftWith(moreMs: number): number {
    return Math.max(1, this.deadline + moreMs - performance.now());
  }

  /** Calls back when the time is over. */
  whenOver(callback: () => void): NodeJS.Timeout | undefined {
    const ms = this.leftMs;
    return ms > longestTimerMs ? undefined : setTimeout(callback, ms);
  }

  /** The command with the time for the server to wait; never 0, which Redis reads as forever. */
  timed(waitMs = this.leftMs): WireCommand {
    const { argument, unit } = this.command.blocking;
    const ms = waitMs === Infinity ? 0 : Math.max(1, Math.round(waitMs));
    const args = this.command.args.with(argument, String(unit === 'seconds' ? ms / 1000 : ms));
    return { ...this.command, args };
  }
}
