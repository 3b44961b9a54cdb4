import type { WireArgument } from '../../wire/connection-pool.js';
import { DriverCommand } from './driver-command.js';
import type { GatheredReplies } from './gathered-replies.js';

/** The reply did not arrive in time. */
export class ReplyTimeout extends Error {
  constructor() {
    super('Command timed out');
  }
}

/** The connection that a command uses. */
export interface Sender {
  readonly deadlines: ReplyDeadlines;
  /** Translates the driver's error for a caller. */
  explain(error: Error): Error;
}

/** A command with its own time limit. */
export class TimedCommand extends DriverCommand {
  /** By the clock of `performance.now()`. */
  deadline: number | undefined;
  /** Its neighbours among the waiting commands. */
  previous: TimedCommand | undefined;
  next: TimedCommand | undefined;

  constructor(
    name: string,
    args: readonly WireArgument[],
    private readonly sender: Sender,
    replies?: GatheredReplies,
  ) {
    super(name, args, replies);
  }

  override setTimeout(ms: number): void {
    if (this.deadline !== undefined) return;
    this.deadline = performance.now() + ms;
    this.sender.deadlines.add(this, this.deadline);
  }

  override resolve(reply: unknown): void {
    if (this.isSettled) return;
    if (this.deadline !== undefined) this.sender.deadlines.remove(this);
    super.resolve(reply);
  }

  override reject(error: Error): void {
    if (this.isSettled) return;
    if (this.deadline !== undefined) this.sender.deadlines.remove(this);
    super.reject(this.sender.explain(error));
  }
}

/** The connection that commands are sent on. */
export interface Line {
  /** A new object for each connection; `undefined` before the first. */
  readonly session: unknown;
  /** Grows with each complete reply. A part of one does not count: its end may never arrive. */
  readonly heard: number;
  /** Ends the connection at once, with everything under way. */
  cut(error?: Error): void;
}

/** A connection that has received nothing for a while. */
interface Silence {
  readonly session: unknown;
  readonly heard: number;
  /** When it is given up. */
  readonly end: number;
}

/**
 * Ends the wait for late replies, and closes connections that receive nothing, even if TCP considers them alive. One
 * timer for all commands of a connection: one each would cost more than most of the rest of a call.
 */
export class ReplyDeadlines {
  /** The command that has waited longest; the others are linked behind it. */
  private first: TimedCommand | undefined;
  private last: TimedCommand | undefined;
  private nextLook = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private silence: Silence | undefined;

  constructor(
    private readonly line: Line,
    /** How long the silence after a late reply must last until the connection counts as dead. */
    private readonly patienceMs = Infinity,
  ) {}

  /** Whether nothing has arrived since a reply was late. */
  get isSilent(): boolean {
    return this.silence !== undefined && this.silence.heard === this.line.heard;
  }

  add(command: TimedCommand, deadline: number): void {
    const { last } = this;
    command.previous = last;
    if (last) last.next = command;
    else this.first = command;
    this.last = command;
    if (deadline < this.nextLook) this.lookAt(deadline);
  }

  remove(command: TimedCommand): void {
    const { previous, next } = command;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    command.previous = command.next = undefined;
  }

  private lookAt(time: number): void {
    if (time >= this.nextLook) return;
    this.nextLook = time;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.ceil(time - performance.now())).unref();
  }

  private look(): void {
    this.nextLook = Infinity;
    const now = performance.now();
    let next = Infinity;
    let isLate = false;
    for (let command = this.first; command;) {
      const following = command.next;
      if (command.deadline! > now) {
        next = Math.min(next, command.deadline!);
      } else {
        isLate = true;
        command.reject(new ReplyTimeout());
      }
      command = following;
    }
    this.lookAt(Math.min(next, this.listen(isLate, now)));
  }

  /** When to check again. */
  private listen(isLate: boolean, now: number): number {
    const { silence } = this;
    const { session, heard } = this.line;
    const goesOn = silence?.session === session && silence?.heard === heard;
    if (!goesOn) this.silence = isLate && session ? { session, heard, end: now + this.patienceMs } : undefined;
    if (!this.silence) return Infinity;
    if (now < this.silence.end) return this.silence.end;
    this.line.cut(new Error('the server was silent for too long'));
    return Infinity;
  }
}
