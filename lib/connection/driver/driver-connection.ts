import type { Line, TimedCommand } from './reply-deadlines.js';
import type { Gathering } from './write-batch.js';

/** A connection of the driver: how commands leave by it, and what is known of it. */
export interface DriverConnection extends Line, Gathering {
  /** Sends it now. */
  send(command: TimedCommand): void;
  /** Whether what is sent leaves: a driver keeps what is sent on a connection that ends, and sends it however late. */
  readonly takesCommands: boolean;
  /** What the server has said last where it refused something: before it hung up, most likely. */
  readonly lastWords: string | undefined;
}
