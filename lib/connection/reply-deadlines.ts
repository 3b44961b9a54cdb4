import type { Redis } from 'ioredis';
import type { WireArgument } from './connection-pool.js';
import { DriverCommand } from './driver-command.js';

/** The connection that a command goes over. */
export interface Sender {
  readonly deadlines: ReplyDeadlines;
  /** What the driver's error means for a caller. */
  explain(error: Error): Error;
}

/** A command that is waited for as long as it is told first. */
export class TimedCommand extends DriverCommand {
  /** By the clock of `performance.now()`. */
  deadline: number | undefined;

  constructor(
    name: string,
    args: readonly WireArgument[],
    private readonly sender: Sender,
  ) {
    super(name, args);
  }

  override setTimeout(ms: number): void {
    if (this.deadline !== undefined) return;
    this.deadline = performance.now() + ms;
    this.sender.deadlines.add(this.deadline);
  }

  override reject(error: Error): void {
    if (!this.isSettled) super.reject(this.sender.explain(error));
  }
}

/**
 * Ends the wait for replies whose time is over. One timer for all commands of a connection: one for each would cost more
 * than most of the rest of a call.
 */
export class ReplyDeadlines {
  private next = Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly redis: Redis) {}

  add(deadline: number): void {
    if (deadline >= this.next) return;
    this.next = deadline;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.ceil(deadline - performance.now())).unref();
  }

  private look(): void {
    this.next = Infinity;
    const now = performance.now();
    let next = Infinity;
    for (const { command } of this.waiting()) {
      if (!(command instanceof TimedCommand) || command.isSettled || command.deadline === undefined) continue;
      if (command.deadline <= now) command.reject(new Error('Command timed out'));
      else next = Math.min(next, command.deadline);
    }
    this.add(next);
  }

  private waiting(): { command: unknown }[] {
    const { redis } = this;
    return [...redis.commandQueue.toArray(), ...redis['offlineQueue'].toArray()];
  }
}
