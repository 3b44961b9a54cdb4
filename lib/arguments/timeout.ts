import { isDate } from 'node:util/types';
import { printable } from '../errors/quoted.js';

/**
 * How long something lasts.
 *
 * | given                                       | means                                               |
 * |---------------------------------------------|-----------------------------------------------------|
 * | a number: `60`, `0.25`                      | seconds, kept to the millisecond                    |
 * | a string: `'250ms'`, `'5m'`, `'1h 30m'`     | a duration; units are `ms`, `s`, `m`, `h`, `d`, `w` |
 * | `null`                                      | never ends                                          |
 * | `0` or less, `'-5s'`                        | ends at once                                        |
 *
 * Anything else, `'60'` (no unit) included, is a `TypeError` before anything is sent.
 *
 * @publicApi
 */
export type Timeout = number | string | null;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^\s*(?:([+-])\s*)?((?:(?:\d+(?:\.\d+)?|\.\d+)\s*(?:ms|[smhdw])\s*)+)$/;
const PART = /(\d*\.?\d+)\s*(ms|[smhdw])/g;
const BARE_NUMBER = /^\s*[+-]?\d{1,20}(?:\.\d{1,20})?\s*$/;

/** Programs use few different durations, and pass them on every call. */
const parsed = new Map<string, number>();
const PARSED_LIMIT = 256;

/**
 * Whole milliseconds of a {@link Timeout}: 5_400_000 of `'1h 30m'`, 250 of `0.25`. `null` is never, `0` is at once; a
 * positive timeout lasts at least 1 ms.
 *
 * @param what what the timeout is of, the first words of the error
 * @throws TypeError if it is not a timeout, or ends after any instant that Redis or JavaScript can represent
 */
export function toMilliseconds(timeout: Timeout, what = 'timeout'): number | null {
  if (timeout === null) return null;
  if (typeof timeout === 'string') return inReach(parsed.get(timeout) ?? parseDuration(timeout, what), what);
  if (typeof timeout !== 'number' || !Number.isFinite(timeout)) throw notATimeout(timeout, what);
  return inReach(timeout * 1000, what);
}

/**
 * Milliseconds of a timeout that must end, but not at once.
 *
 * @throws TypeError if it is not a timeout
 * @throws RangeError if it is 0 or less, or never ends
 */
export function finiteMilliseconds(timeout: Timeout, what: string): number {
  const ms = toMilliseconds(timeout, what);
  if (ms === null || ms <= 0) throw new RangeError(`${what} must be longer than 0, and finite`);
  return ms;
}

/**
 * Unix time in milliseconds of a `Date`, or of a Unix time in `unit`.
 *
 * @throws TypeError if it is not an instant
 */
export function toInstant(when: Date | number, unit: 'seconds' | 'milliseconds'): number {
  const ms = Math.round(unixMilliseconds(when, unit));
  if (Number.isSafeInteger(ms)) return ms;
  throw new TypeError(`An instant must be a Date or a Unix time in ${unit}, not ${shown(when)}`);
}

/** Rounds as Redis does; a negative number says that there is no time. */
export const toSeconds = (ms: number): number => (ms < 0 ? ms : Math.floor((ms + 500) / 1000));

function unixMilliseconds(when: unknown, unit: 'seconds' | 'milliseconds'): number {
  if (isDate(when)) return when.getTime();
  if (typeof when !== 'number') return NaN;
  return unit === 'seconds' ? when * 1000 : when;
}

function parseDuration(text: string, what: string): number {
  const [, sign, parts] = DURATION.exec(text) ?? [];
  if (parts === undefined) throw notATimeout(text, what);
  let ms = 0;
  for (const [, amount, unit] of parts.matchAll(PART)) ms += Number(amount) * UNITS[unit!]!;
  if (sign === '-') ms = -ms;
  if (parsed.size >= PARSED_LIMIT) parsed.clear();
  parsed.set(text, ms);
  return ms;
}

function inReach(ms: number, what: string): number {
  if (ms <= 0) return 0;
  if (Date.now() + ms > Number.MAX_SAFE_INTEGER)
    throw new TypeError(`${what} is too long: Redis cannot hold an expiry that far away`);
  return Math.max(1, Math.round(ms));
}

function notATimeout(value: unknown, what: string): TypeError {
  if (typeof value === 'string' && BARE_NUMBER.test(value)) {
    const number = value.trim();
    return new TypeError(`${what} '${number}' has no unit: write ${Number(number)} for seconds, or '${number}s'`);
  }
  return new TypeError(
    `${what} must be a number of seconds or a duration such as '250ms', '5m' or '1h 30m', not ${shown(value)}`,
  );
}

/** Short enough for a log line; of objects only the type, as they may hold anything. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `'${printable(value.length > 40 ? `${value.slice(0, 40)}…` : value)}'`;
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
