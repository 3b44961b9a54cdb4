import type { Command, ReplyContext } from '../command-model/command.js';
import { ConnectionError } from '../errors/index.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { Counters } from '../observability/counters.js';
import { mapError } from './error-mapper.js';
import type { Outage } from './outage.js';

/** What becomes of a command once there is a reply to it, or an error in its place. */
export class Settling {
  constructor(
    private readonly context: ReplyContext,
    private readonly outage: Outage,
    private readonly counters: Counters,
  ) {}

  /** A reply read, or an error named; at this level an `Error` is never a value. */
  settle<T>(raw: unknown, command: Command<T>, trace?: CommandTrace): T | Promise<T> {
    if (raw instanceof Error) return this.refused(raw, command, trace);
    try {
      this.outage.over();
      const decoded = command.reply.decode(raw, this.context);
      return decoded instanceof Promise ? decoded.catch((error) => this.recover(error, command, trace)) : decoded;
    } catch (error) {
      // A list where there should be a number, say: whatever answers there is no Redis.
      const isStrange = error instanceof TypeError;
      const named = isStrange ? new ConnectionError('the reply does not fit the command') : error;
      return this.recover(named, command, trace);
    }
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

  /** The server has not given an answer: what the command may still do, or what the error comes to. */
  refused<T>(error: unknown, command: Command<T>, trace?: CommandTrace): T | Promise<T> {
    const rescued = command.reply.rescue?.(error, this.context);
    if (!rescued) return this.recover(error, command, trace);
    return rescued.catch((another) => this.recover(another, command, trace));
  }

  /** What a missing key gives, where the outage is to be ignored; throws the named error otherwise. */
  recover<T>(error: unknown, command: Command<T>, trace?: CommandTrace): T {
    const mapped = this.failure(error, command);
    const isForgiven = !command.strict && this.outage.forgives(mapped);
    trace?.fail(mapped, isForgiven);
    if (isForgiven) return command.reply.missing();
    throw mapped;
  }

  /** The error with the name of the command; it is counted. */
  failure(error: unknown, command: Command<unknown>): Error {
    this.counters.errors++;
    return mapError(error, command);
  }
}

const fulfilled = <T>(value: T): PromiseFulfilledResult<T> => ({ status: 'fulfilled', value });
const rejected = (reason: unknown): PromiseRejectedResult => ({ status: 'rejected', reason });
