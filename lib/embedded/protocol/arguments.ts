import type { Bytes } from './bytes.js';
import { formatLongDouble, parseLongDouble } from './long-double.js';
import { maxInt64, parseDouble, parseInt64, parseInteger } from './numbers.js';
import { ReplyError, syntaxError } from './reply.js';

const notAnIntegerMessage = 'ERR value is not an integer or out of range';

/** An integer argument. Beyond the safe range it is rounded, which makes no difference to a limit, offset or count. */
export function integer(argument: Bytes, message = notAnIntegerMessage): number {
  const value = parseInteger(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/** An integer argument for exact arithmetic. */
export function int64(argument: Bytes, message = notAnIntegerMessage): bigint {
  const value = parseInt64(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/** An integer argument within bounds; the default error names them. */
export function integerWithin(argument: Bytes, min: bigint, max: bigint, message?: string): number {
  const value = int64(argument, message);
  if (value < min || value > max) {
    throw new ReplyError(message ?? `ERR value is out of range, value must between ${min} and ${max}`);
  }
  return Number(value);
}

/** The number of random elements; negative if they may repeat. */
export function randomCount(argument: Bytes): number {
  return integerWithin(argument, -maxInt64, maxInt64);
}

/** An integer argument of at least 0. */
export function positive(argument: Bytes, message = 'ERR value is out of range, must be positive'): number {
  const value = integer(argument, message);
  if (value < 0) throw new ReplyError(message);
  return value;
}

/** An integer argument of at least 1. */
export function atLeastOne(argument: Bytes, message: string): number {
  const value = integer(argument, message);
  if (value < 1) throw new ReplyError(message);
  return value;
}

/** Redis' start and end, which may count from the end, clipped to the length. */
export function resolveRange(from: Bytes, to: Bytes, length: number): { start: number; end: number } {
  const [start = 0, end = 0] = [integer(from), integer(to)].map((index) => (index < 0 ? index + length : index));
  return { start: Math.max(0, start), end: Math.min(end, length - 1) };
}

/** Key, value, key, value, … */
export function* pairs(words: readonly Bytes[]): IterableIterator<[Bytes, Bytes]> {
  for (let index = 0; index < words.length; index += 2) yield [words[index] ?? '', words[index + 1] ?? ''];
}

export function double(argument: Bytes, message = 'ERR value is not a valid float'): number {
  const value = parseDouble(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/** The timeout of a blocking command, given in seconds; returned in milliseconds, 0 for forever. */
export function timeoutInSeconds(argument: Bytes): number {
  const parsed = parseLongDouble(argument);
  if (parsed === undefined) throw new ReplyError('ERR timeout is not a float or out of range');
  const seconds = parsed === 'infinite' ? Infinity : Number(formatLongDouble(parsed));
  const milliseconds = Math.ceil(seconds * 1000);
  // A value beyond 64 bits turns negative in C.
  return checkedTimeout(milliseconds < Number(maxInt64) ? milliseconds : -1);
}

/** Like {@link timeoutInSeconds}, given in milliseconds. */
export function timeoutInMilliseconds(argument: Bytes): number {
  return checkedTimeout(integer(argument, 'ERR timeout is not an integer or out of range'));
}

function checkedTimeout(milliseconds: number): number {
  if (milliseconds < 0) throw new ReplyError('ERR timeout is negative');
  return milliseconds;
}

/** Reads the options at the end of a command, word by word. */
export class Options {
  constructor(
    private readonly args: readonly Bytes[],
    private position = 0,
  ) {}

  get remaining(): number {
    return this.args.length - this.position;
  }

  /** The next word as it was given, without consuming it. */
  peek(): Bytes | undefined {
    return this.args[this.position];
  }

  /** Consumes the next word and returns it in upper case; `undefined` at the end. */
  next(): string | undefined {
    return this.args[this.position++]?.toUpperCase();
  }

  /** Consumes the argument of the option just read, as it was given. */
  value(): Bytes {
    const value = this.args[this.position++];
    if (value === undefined) throw syntaxError();
    return value;
  }

  /** Consumes all remaining words. */
  rest(): readonly Bytes[] {
    const rest = this.args.slice(this.position);
    this.position = this.args.length;
    return rest;
  }
}
