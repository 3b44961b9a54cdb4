import type { Command, ReplyContext } from '../command-model/command.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { Counters } from '../observability/counters.js';
import { misfit } from '../wire/reply-parts.js';
import { isNamed, mapError } from './error-mapper.js';
import type { Outage } from './outage.js';

/** Turns the reply to a command, or the error in its place, into a result. */
export class Settling {
  constructor(
    private readonly context: ReplyContext,
    private readonly outage: Outage,
    private readonly counters: Counters,
  ) {}

  /** Reads a reply or names an error; at this level an `Error` is never a value. */
  settle<T>(raw: unknown, command: Command<T>, trace?: CommandTrace): T | Promise<T> {
    if (raw instanceof Error) return this.refused(raw, command, trace);
    try {
      this.outage.over();
      const decoded = command.reply.decode(raw, this.context);
      return decoded instanceof Promise ? decoded.catch((error) => this.unread(error, command, trace)) : decoded;
    } catch (error) {
      return this.unread(error, command, trace);
    }
  }

  /** A reply was not read. Arguments are checked before anything is sent: a TypeError is about the reply. */
  private unread<T>(error: unknown, command: Command<T>, trace?: CommandTrace): T {
    return this.recover(error instanceof TypeError ? misfit() : error, command, trace);
  }

  /** The same, with the error as an outcome. */
  outcome<T>(
    raw: unknown,
    command: Command<T>,
    trace?: CommandTrace,
  ): PromiseSettledResult<T> | Promise<PromiseSettledResult<T>> {
    try {
      const value = this.settle(raw, command, trace);
      return value instanceof Promise ? value.then(fulfilled, rejected) : fulfilled(value);
    } catch (error) {
      return rejected(error);
    }
  }

  /** Handles a refusal by the server: tries the reply's own rescue, then recovers. */
  refused<T>(error: unknown, command: Command<T>, trace?: CommandTrace): T | Promise<T> {
    const rescued = command.reply.rescue?.(error, this.context);
    if (!rescued) return this.recover(error, command, trace);
    return rescued.catch((another) => this.recover(another, command, trace));
  }

  /** The answer of a missing key if the outage is ignored; throws the named error otherwise. */
  recover<T>(error: unknown, command: Command<T>, trace?: CommandTrace): T {
    const mapped = this.failure(error, command);
    const isForgiven = !command.strict && this.outage.forgives(mapped);
    trace?.fail(mapped, isForgiven);
    if (isForgiven) return command.reply.missing();
    throw mapped;
  }

  /** Names the command in the error, and counts it. */
  failure(error: unknown, command: Command<unknown>): Error {
    if (isNamed(error)) return error;
    this.counters.failed(command);
    return mapError(error, command);
  }
}

const fulfilled = <T>(value: T): PromiseFulfilledResult<T> => ({ status: 'fulfilled', value });
const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason });
