import type { Line, TimedCommand } from './reply-deadlines.js';
import type { Gathering } from './write-batch.js';

/** A connection of the driver: how it sends commands, and its state. */
export interface DriverConnection extends Line, Gathering {
  /** Sends the command now. */
  send(command: TimedCommand): void;
  /** Before a call of so many commands: whether it must be flushed behind them, or leaves with others of the turn. */
  holdCall(commands: number): boolean;
  /**
   * Whether a command leaves at once: on a closing connection the driver queues commands, and sends them however late.
   */
  readonly takesCommands: boolean;
  /** The server's last refusal: most likely its reason if it hung up. */
  readonly lastWords: string | undefined;
}
