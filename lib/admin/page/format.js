import { messageOf } from './dom.js';

/** @type {[unit: string, ms: number][]} */
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/**
 * Uses the two largest units: `2h 5m`.
 *
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const first = units.findIndex(([, size]) => ms >= size);
  const largest = units[first]?.[1] ?? 1;
  return units
    .slice(first, first + 2)
    .map(([unit, size], index) => ({ count: Math.floor((index === 0 ? ms : ms % largest) / size), unit }))
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count}${unit}`)
    .join(' ');
}

/**
 * Takes the milliseconds of `PTTL`; -2 marks a stale copy.
 *
 * @param {number} ms
 */
export const timeToLive = (ms) => (ms === -1 ? 'never' : ms < 0 ? 'expired' : duration(ms));

/** @param {number} ms from now */
export const instant = (ms) => new Date(Date.now() + ms).toLocaleString();

/** @param {number} count */
export function bytes(count) {
  if (!Number.isFinite(count)) return 'unknown';
  const power = count < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toLocaleString(undefined, { maximumFractionDigits: power === 0 ? 0 : 1 })} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** @param {number | undefined} count */
export const number = (count) => (count !== undefined && Number.isFinite(count) ? count.toLocaleString() : 'unknown');

/** @typedef {readonly [one: string, many: string]} Noun */

/**
 * @param {number} count
 * @param {Noun} noun
 */
export const counted = (count, noun) => `${number(count)} ${noun[count === 1 ? 0 : 1]}`;

/** @param {number} count */
export const keysOf = (count) => counted(count, ['key', 'keys']);

/** @param {{ readonly hits: number, readonly misses: number }} stats */
export function hitRatio({ hits, misses }) {
  const all = hits + misses;
  return all === 0 ? 'no reads yet' : percent(hits / all);
}

/** @param {number} share from 0 to 1 */
export const percent = (share) => `${(100 * share).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;

/**
 * Formats the time of a command; `null` means that there was none.
 *
 * @param {number | null | undefined} ms
 */
export const time = (ms) =>
  typeof ms === 'number' ? `${ms.toLocaleString(undefined, { maximumSignificantDigits: 2 })} ms` : '–';

/** @param {number} at milliseconds since 1970 */
export const clock = (at) => new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });

/**
 * A pattern for keys with this prefix.
 *
 * @param {string} prefix
 */
export const patternOf = (prefix) => `${prefix.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;

/**
 * Sixteen bytes per line: offset, bytes and text.
 *
 * @param {string} hex
 */
export function hexDump(hex) {
  const lines = [];
  for (let at = 0; at < hex.length; at += 32) {
    const pairs = hex.slice(at, at + 32).match(/../g) ?? [];
    const text = pairs
      .map((pair) => parseInt(pair, 16))
      .map((code) => (code > 31 && code < 127 ? String.fromCharCode(code) : '·'));
    lines.push(`${(at / 2).toString(16).padStart(6, '0')}  ${pairs.join(' ').padEnd(47)}  ${text.join('')}`);
  }
  return lines.join('\n');
}

/**
 * Parses a timeout field: bare numbers are seconds.
 *
 * @param {string} text
 */
export function timeoutOf(text) {
  const trimmed = text.trim();
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/**
 * Parses JSON; refuses numbers that JavaScript would round.
 *
 * @param {string} text
 * @returns {unknown}
 */
export function parseJson(text) {
  try {
    return JSON.parse(text, refuseRounded);
  } catch (error) {
    const message = messageOf(error);
    throw new Error(error instanceof RangeError ? message : `This is not JSON: ${message}`, { cause: error });
  }
}

/**
 * @param {string} _
 * @param {unknown} value
 * @param {{ readonly source?: string }} [context] newer browsers pass it
 */
function refuseRounded(_, value, context) {
  const source = context?.source ?? '';
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)) {
    throw new RangeError(
      `${source} is too large for a number: it would be rounded. Write {"$bigint": "${source}"} for a bigint`,
    );
  }
  return value;
}
