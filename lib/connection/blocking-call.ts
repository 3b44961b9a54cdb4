import type { BlockingWireCommand, WireCommand } from './connection-pool.js';

/** Three weeks and a half; what a timer is told beyond that it does at once. */
const longestTimerMs = 2 ** 31 - 1;

/** One call of a blocking command: what is left of its time, and whether it is still wanted. */
export class BlockingCall {
  private readonly deadline: number;

  constructor(readonly command: BlockingWireCommand) {
    this.deadline = performance.now() + (command.blocking.timeoutMs ?? Infinity);
  }

  get signal(): AbortSignal | undefined {
    return this.command.blocking.signal;
  }

  /** Milliseconds, 0 when they are over; `Infinity` waits for ever. */
  get leftMs(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  /** Calls back when the time is over, and so much more. */
  whenOver(callback: () => void, moreMs = 0): NodeJS.Timeout | undefined {
    const ms = this.leftMs + moreMs;
    return ms > longestTimerMs ? undefined : setTimeout(callback, ms);
  }

  /** The command with the time that is left; there must be some, for Redis reads 0 as for ever. */
  timed(): WireCommand {
    const { argument, unit } = this.command.blocking;
    const leftMs = this.leftMs === Infinity ? 0 : Math.max(1, Math.round(this.leftMs));
    const args = this.command.args.with(argument, String(unit === 'seconds' ? leftMs / 1000 : leftMs));
    return { ...this.command, args };
  }
}
