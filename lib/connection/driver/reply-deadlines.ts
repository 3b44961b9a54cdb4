import type { WireArgument } from '../../wire/connection-pool.js';
import { DriverCommand } from './driver-command.js';

/** That no reply came in time. */
export class ReplyTimeout extends Error {
  constructor() {
    super('Command timed out');
  }
}

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
  /** Its neighbours among those that are waited for. */
  previous: TimedCommand | undefined;
  next: TimedCommand | undefined;

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
    const explained = this.sender.explain(error);
    if (this.givesErrors) super.resolve(explained);
    else super.reject(explained);
  }
}

/** What commands are sent on. */
export interface Line {
  /** Another one with each connection; `undefined` before the first. */
  readonly session: unknown;
  /** Grows with each reply that has come. A part of one is none: what it belongs to may never come to an end. */
  readonly heard: number;
  /** Ends the connection at once, with all that is under way. */
  cut(error?: Error): void;
}

/** A connection on which nothing has come for a while. */
interface Silence {
  readonly session: unknown;
  readonly heard: number;
  /** When it is given up. */
  readonly end: number;
}

/**
 * Ends the wait for replies whose time is over, and connections on which nothing comes any more, whatever TCP thinks of
 * them. One timer for all commands of a connection: one for each would cost more than most of the rest of a call.
 */
export class ReplyDeadlines {
  /** The command that has waited longest; those behind it hang together. */
  private first: TimedCommand | undefined;
  private last: TimedCommand | undefined;
  private nextLook = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private silence: Silence | undefined;

  constructor(
    private readonly line: Line,
    /** How long nothing has to come after a reply was late until the connection counts as dead. */
    private readonly patienceMs = Infinity,
  ) {}

  /** Whether nothing has come since a reply was late. */
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

  /** When to listen again. */
  private listen(isLate: boolean, now: number): number {
    const { silence } = this;
    const { session, heard } = this.line;
    const goesOn = silence?.session === session && silence?.heard === heard;
    if (!goesOn) this.silence = isLate && session ? { session, heard, end: now + this.patienceMs } : undefined;
    if (!this.silence) return Infinity;
    if (now < this.silence.end) return this.silence.end;
    this.line.cut(new Error('the server has been silent for too long'));
    return Infinity;
  }
}
