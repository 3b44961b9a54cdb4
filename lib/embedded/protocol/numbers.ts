import type { Bytes } from './bytes.js';

export const maxInt64 = 2n ** 63n - 1n;
export const minInt64 = -(2n ** 63n);

const integerPattern = /^(?:0|-?[1-9]\d{0,18})$/;
const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimalPattern = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)(?:p([+-]?\d+))?$/i;
const infinitePattern = /^[+-]?inf(?:inity)?$/i;

/** A signed 64-bit integer in the only form that Redis accepts: no sign but `-`, no leading zero, no space. */
export function parseInt64(text: Bytes): bigint | undefined {
  if (!integerPattern.test(text)) return undefined;
  const value = BigInt(text);
  return value > maxInt64 || value < minInt64 ? undefined : value;
}

/** Like {@link parseInt64}, rounded to a double beyond the safe range: for limits, offsets and counts. */
export function parseInteger(text: Bytes): number | undefined {
  if (text.length > 15) {
    const value = parseInt64(text);
    return value === undefined ? undefined : Number(value);
  }
  return integerPattern.test(text) ? Number(text) : undefined;
}

/** The integer as a number if that is exact, else as a bigint. */
export function narrow(value: bigint): number | bigint {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

/** The number that C's strtod reads from the whole text, except NaN and numbers out of range. */
export function parseDouble(text: Bytes): number | undefined {
  if (decimalPattern.test(text)) {
    const value = Number(text);
    const outOfRange = !Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, '')));
    return outOfRange ? undefined : value;
  }
  if (infinitePattern.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return parseHexadecimal(text);
}

function parseHexadecimal(text: Bytes): number | undefined {
  const match = hexadecimalPattern.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole + fraction === '') return undefined;
  const digits = Number(BigInt(`0x${whole}${fraction}`));
  const value = digits * 2 ** (Number(exponent) - 4 * fraction.length);
  if (!Number.isFinite(value) || (value === 0 && digits !== 0)) return undefined;
  return sign === '-' ? -value : value;
}

/** C's `%.<precision>g`; Redis 7.0 prints doubles with 17 digits. */
export function formatDouble(value: number, precision = 17): Bytes {
  if (Number.isInteger(value) && Math.abs(value) < 1e14) return Object.is(value, -0) ? '-0' : String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [digits = '', exponent = ''] = roundToDigits(value, precision).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= precision) {
    const padded = String(Math.abs(power)).padStart(2, '0');
    return `${trimFraction(digits)}e${power < 0 ? '-' : '+'}${padded}`;
  }
  return trimFraction(placePoint(digits, power));
}

/** The fewest digits that mean the number, as Redis 8 prints a finite double. */
export function formatShortest(value: number): Bytes {
  const text = value.toExponential();
  const [mantissa = '', power = ''] = text.split('e');
  const digits = mantissa.replace(/[-.]/g, '').length;
  const size = Math.abs(Number(power));
  const last = Number(power) - digits + 1;
  const isPlain = last >= 0 ? size < digits + 7 : last > -7 || size < 4;
  return isPlain ? String(value) : text;
}

/** `toExponential` rounds a tie up where C rounds it to even. */
function roundToDigits(value: number, precision: number): string {
  const rounded = value.toExponential(precision - 1);
  const [digits = '', exponent] = value.toExponential(precision + 23).split('e');
  const [kept, rest] = [digits.slice(0, -24), digits.slice(-24)];
  const isTie = /^50*$/.test(rest);
  return isTie && Number(kept.at(-1)) % 2 === 0 ? `${kept}e${exponent}` : rounded;
}

function placePoint(mantissa: string, power: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  return `${sign}${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
}

export function trimFraction(text: string): string {
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text;
}

/** Like {@link parseDouble}, but also accepts what else strtod does: leading space, an empty text, numbers out of range. */
export function parseBound(text: Bytes): number | undefined {
  const trimmed = text.replace(/^[ \t-\r]+/, '');
  if (text === '') return 0;
  return decimalPattern.test(trimmed) ? Number(trimmed) : parseDouble(trimmed);
}
