import type { Bytes } from '../protocol/bytes.js';

const wordBits = 64;
/** The result of converting an out-of-range number to an integer, as on x86. */
const indefinite = -(2n ** 63n);
const largestUnsigned = 2n ** 64n - 1n;
const radixes: Readonly<Record<string, number>> = { o: 8, x: 16, X: 16 };

const knownFlags = /^([-+ #0]*)(\d*)(?:\.(\d*))?$/;
const numberPattern = /^[\t-\r ]*([+-]?)(0x(?=[\da-f]))?([\da-z]*)[\t-\r ]*$/i;

/** C's conversion to a 64-bit integer. */
export function toSigned(number: number): bigint {
  return Math.abs(number) < 2 ** 63 ? BigInt(Math.trunc(number)) : indefinite;
}

function toUnsigned(number: number): bigint {
  if (number < 2 ** 63 || Number.isNaN(number)) return BigInt.asUintN(wordBits, toSigned(number));
  return number < 2 ** 64 ? BigInt(number) : 0n;
}

/** C's `printf` of an integer; `flags` is everything between the percent sign and the conversion. */
export function formatInteger(flags: Bytes, conversion: Bytes, number: number): Bytes {
  const [, marks = '', width = '', precision] = knownFlags.exec(flags) ?? [];
  const isSigned = conversion === 'd' || conversion === 'i';
  const value = isSigned ? toSigned(number) : toUnsigned(number);
  const digits = digitsOf(value, conversion, marks, precision);
  const prefix = isSigned ? signOf(value, marks) : prefixOf(value, conversion, marks);
  const isZeroFilled = marks.includes('0') && !marks.includes('-') && precision === undefined;
  const text = prefix + (isZeroFilled ? digits.padStart(Number(width) - prefix.length, '0') : digits);
  const padded = marks.includes('-') ? text.padEnd(Number(width)) : text.padStart(Number(width));
  return conversion === 'X' ? padded.toUpperCase() : padded;
}

function digitsOf(value: bigint, conversion: Bytes, marks: Bytes, precision: Bytes | undefined): Bytes {
  const magnitude = value < 0n ? -value : value;
  const least = precision === undefined ? 1 : Number(precision);
  const digits = magnitude === 0n ? '' : magnitude.toString(radixes[conversion] ?? 10);
  const isOctal = conversion === 'o' && marks.includes('#');
  return digits.padStart(isOctal ? Math.max(least, digits.length + 1) : least, '0');
}

function signOf(value: bigint, marks: Bytes): Bytes {
  if (value < 0n) return '-';
  if (marks.includes('+')) return '+';
  return marks.includes(' ') ? ' ' : '';
}

function prefixOf(value: bigint, conversion: Bytes, marks: Bytes): Bytes {
  return value > 0n && conversion.toLowerCase() === 'x' && marks.includes('#') ? '0x' : '';
}

/** C's `strtoul` of a whole text: `undefined` unless it is a number of that base, capped at the largest value. */
export function parseUnsigned(text: Bytes, base: number): number | undefined {
  const [beforeZero = ''] = text.split('\0');
  const [, sign, prefix = '', rest = ''] = numberPattern.exec(beforeZero) ?? [];
  const digits = base === 16 ? rest : prefix + rest;
  if (digits === '') return undefined;
  let value = 0n;
  for (const digit of digits) {
    const place = Number.parseInt(digit, 36);
    if (place >= base) return undefined;
    value = value * BigInt(base) + BigInt(place);
  }
  if (value > largestUnsigned) return Number(largestUnsigned);
  return Number(sign === '-' ? BigInt.asUintN(wordBits, -value) : value);
}
