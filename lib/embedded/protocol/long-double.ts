import type { Bytes } from './bytes.js';
import { trimFraction } from './numbers.js';

/**
 * Redis computes INCRBYFLOAT and HINCRBYFLOAT in x87's long double. A finite one is `mantissa * 2^exponent` with a
 * mantissa of at most 64 bits.
 */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const mantissaBits = 64;
const maxExponent = 16383;
const minExponent = -16445;
const decimalPattern = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;
const hexadecimalPattern = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i;
const infinitePattern = /^[+-]?inf(?:inity)?$/i;
/** The longest text that Redis parses. */
const maxLength = 5 * 1024;

/** The number that C's strtold reads from the whole text; `undefined` if it is none or out of range. */
export function parseLongDouble(text: Bytes): LongDouble | 'infinite' | undefined {
  if (text.length === 0 || text.length >= maxLength) return undefined;
  if (infinitePattern.test(text)) return 'infinite';
  const isHexadecimal = /^[+-]?0x/i.test(text);
  const [, sign, whole = '', fraction = '', power = '0'] =
    (isHexadecimal ? hexadecimalPattern : decimalPattern).exec(text) ?? [];
  if (whole + fraction === '') return undefined;
  const digits = BigInt(`${isHexadecimal ? '0x' : ''}${whole}${fraction}`);
  const value = isHexadecimal
    ? round(digits, 1n, Number(power) - 4 * fraction.length)
    : fromDecimal(digits, Number(power) - fraction.length);
  if (value === undefined || (value.mantissa === 0n && digits !== 0n)) return undefined;
  return sign === '-' ? { ...value, mantissa: -value.mantissa } : value;
}

function fromDecimal(digits: bigint, power: number): LongDouble | undefined {
  // Beyond these bounds the answer is known, and the power of ten would not fit into memory.
  if (digits === 0n) return { mantissa: 0n, exponent: 0 };
  if (power > 5000) return undefined;
  if (power < -5000 - maxLength) return { mantissa: 0n, exponent: 0 };
  return power >= 0 ? round(digits * 10n ** BigInt(power), 1n, 0) : round(digits, 10n ** BigInt(-power), 0);
}

/** The sum; `undefined` when it leaves the range. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble | undefined {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  const magnitude = round(sum < 0n ? -sum : sum, 1n, exponent);
  return magnitude && sum < 0n ? { ...magnitude, mantissa: -magnitude.mantissa } : magnitude;
}

/** `(numerator / denominator) * 2^exponent` to the nearest long double, ties to even. */
function round(numerator: bigint, denominator: bigint, exponent: number): LongDouble | undefined {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  const excess = bitLength(numerator) - bitLength(denominator) - mantissaBits;
  let shift = Math.max(excess, minExponent - exponent);
  let mantissa = divide(numerator, denominator, shift);
  if (bitLength(mantissa) > mantissaBits) mantissa = divide(numerator, denominator, ++shift);
  const isTooLarge = bitLength(mantissa) + shift + exponent - 1 > maxExponent;
  return isTooLarge ? undefined : { mantissa, exponent: shift + exponent };
}

/** `numerator / (denominator * 2^shift)` to the nearest integer, ties to even. */
function divide(numerator: bigint, denominator: bigint, shift: number): bigint {
  const above = shift < 0 ? numerator << BigInt(-shift) : numerator;
  const below = shift > 0 ? denominator << BigInt(shift) : denominator;
  const quotient = above / below;
  const twiceRest = (above % below) * 2n;
  const roundsUp = twiceRest > below || (twiceRest === below && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** As Redis prints it: C's `%.17Lf` without the zeros at the end. */
export function formatLongDouble({ mantissa, exponent }: LongDouble): Bytes {
  const magnitude = mantissa < 0n ? -mantissa : mantissa;
  const scaled = divide(magnitude * 10n ** 17n, 1n, -exponent);
  const digits = scaled.toString().padStart(18, '0');
  const text = trimFraction(`${digits.slice(0, -17)}.${digits.slice(-17)}`);
  return mantissa < 0n && text !== '0' ? `-${text}` : text;
}
