import type { Bytes } from './bytes.js';
import { formatLongDouble, parseLongDouble } from './long-double.js';
import { MAX_INT64, parseDouble, parseInt64, parseInteger } from './numbers.js';
import { ReplyError, syntaxError } from './reply.js';

const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';

/** An integer argument; past the safe range it is rounded, which no limit, offset or count can tell. */
export function integer(argument: Bytes, message = NOT_AN_INTEGER): number {
  const value = parseInteger(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/** An integer argument that takes part in exact arithmetic. */
export function int64(argument: Bytes, message = NOT_AN_INTEGER): bigint {
  const value = parseInt64(argument);
  if (value === undefined) throw new ReplyError(message);
  return value;
}

/** An integer argument with bounds, which the error names by default. */
export function integerWithin(argument: Bytes, min: bigint, max: bigint, message?: string): number {
  const value = int64(argument, message);
  if (value < min || value > max) {
    throw new ReplyError(message ?? `ERR value is out of range, value must between ${min} and ${max}`);
  }
  return Number(value);
}

/** How many random elements: negative when they may repeat. */
export function randomCount(argument: Bytes): number {
  return integerWithin(argument, -MAX_INT64, MAX_INT64);
}

/** An integer argument that must not be negative. */
export function positive(argument: Bytes, message = 'ERR value is out of range, must be positive'): number {
  const value = integer(argument, message);
  if (value < 0) throw new ReplyError(message);
  return value;
}

/** An integer argument from 1 on. */
export function atLeastOne(argument: Bytes, message: string): number {
  const value = integer(argument, message);
  if (value < 1) throw new ReplyError(message);
  return value;
}

/** What Redis means by start and end, both of which may count from the end: within the length, or empty. */
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

/** How a blocking command names its timeout, in seconds; the answer is in milliseconds, 0 for ever. */
export function timeoutInSeconds(argument: Bytes): number {
  const parsed = parseLongDouble(argument);
  if (parsed === undefined) throw new ReplyError('ERR timeout is not a float or out of range');
  const seconds = parsed === 'infinite' ? Infinity : Number(formatLongDouble(parsed));
  const milliseconds = Math.ceil(seconds * 1000);
  // What no 64-bit integer holds turns negative in C.
  return checkedTimeout(milliseconds < Number(MAX_INT64) ? milliseconds : -1);
}

/** As {@link timeoutInSeconds}, in milliseconds. */
export function timeoutInMilliseconds(argument: Bytes): number {
  return checkedTimeout(integer(argument, 'ERR timeout is not an integer or out of range'));
}

function checkedTimeout(milliseconds: number): number {
  if (milliseconds < 0) throw new ReplyError('ERR timeout is negative');
  return milliseconds;
}

/** Walks over the options at the end of a command. */
export class Options {
  constructor(
    private readonly args: readonly Bytes[],
    private position = 0,
  ) {}

  get remaining(): number {
    return this.args.length - this.position;
  }

  /** The next word as it was given, which stays there. */
  peek(): Bytes | undefined {
    return this.args[this.position];
  }

  /** The next word in upper case; `undefined` at the end. */
  next(): string | undefined {
    return this.args[this.position++]?.toUpperCase();
  }

  /** The argument of the option just read, as it was given. */
  value(): Bytes {
    const value = this.args[this.position++];
    if (value === undefined) throw syntaxError();
    return value;
  }

  /** All that is left. */
  rest(): readonly Bytes[] {
    const rest = this.args.slice(this.position);
    this.position = this.args.length;
    return rest;
  }
}
