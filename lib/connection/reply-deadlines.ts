import type { Socket } from 'node:net';
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
    /** An error is its result, too: of one of many, that is nobody's exception yet. */
    private readonly givesErrors = false,
  ) {
    super(name, args);
  }

  override setTimeout(ms: number): void {
    if (this.deadline !== undefined) return;
    this.deadline = performance.now() + ms;
    this.sender.deadlines.add(this.deadline);
  }

  override reject(error: Error): void {
    if (this.isSettled) return;
    const explained = this.sender.explain(error);
    if (this.givesErrors) super.resolve(explained);
    else super.reject(explained);
  }
}

/** A connection on which nothing has come for a while. */
interface Silence {
  readonly stream: Socket;
  readonly bytesRead: number;
  /** When it is given up. */
  readonly end: number;
}

/**
 * Ends the wait for replies whose time is over, and connections on which nothing comes any more, whatever TCP thinks of
 * them. One timer for all commands of a connection: one for each would cost more than most of the rest of a call.
 */
export class ReplyDeadlines {
  private next = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private silence: Silence | undefined;

  constructor(
    private readonly redis: Redis,
    /** How long nothing has to come after a reply was late until the connection counts as dead. */
    private readonly patienceMs = Infinity,
  ) {}

  /** Whether nothing has come since a reply was late. */
  get isSilent(): boolean {
    return this.silence !== undefined && this.silence.bytesRead === this.silence.stream.bytesRead;
  }

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
    let isLate = false;
    for (const { command } of this.waiting()) {
      if (!(command instanceof TimedCommand) || command.isSettled || command.deadline === undefined) continue;
      if (command.deadline > now) {
        next = Math.min(next, command.deadline);
      } else {
        isLate = true;
        command.reject(new Error('Command timed out'));
      }
    }
    this.add(Math.min(next, this.listen(isLate, now)));
  }

  /** When to listen again. */
  private listen(isLate: boolean, now: number): number {
    const { commandQueue } = this.redis;
    const stream = this.redis.stream as Socket | undefined;
    const { silence } = this;
    const goesOn = silence?.stream === stream && silence?.bytesRead === stream?.bytesRead && commandQueue.length > 0;
    if (!goesOn) this.silence = isLate && stream ? this.silenceFrom(now, stream) : undefined;
    if (!this.silence) return Infinity;
    if (now < this.silence.end) return this.silence.end;
    stream?.destroy(new Error('nothing has come from the server for too long'));
    return Infinity;
  }

  private silenceFrom(now: number, stream: Socket): Silence {
    return { stream, bytesRead: stream.bytesRead, end: now + this.patienceMs };
  }

  private waiting(): { command: unknown }[] {
    const { redis } = this;
    return [...redis.commandQueue.toArray(), ...redis['offlineQueue'].toArray()];
  }
}
