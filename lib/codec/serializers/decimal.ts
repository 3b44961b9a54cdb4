/** A number for Redis and JSON alike: no leading zeros, no plus sign, no spaces. */
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const FRACTION_OR_EXPONENT = /[.e]/i;

/** Redis writes floats with all of their digits: at most this many bytes (`MAX_LONG_DOUBLE_CHARS`). */
const MAX_LENGTH = 5 * 1024;

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Whether the decimal text reads back as the number: not for `NaN`, infinities, `-0` and unsafe integers. */
export function isDecimalNumber(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value);
}

/** The decimal text that a number is stored as, so that `INCR` and Lua see a number; `undefined` for other values. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number') return isDecimalNumber(value) ? String(value) : undefined;
  if (typeof value !== 'bigint' || isSafe(value)) return undefined;
  const text = String(value);
  return text.length <= MAX_LENGTH ? text : undefined;
}

/** The number in stored decimal text, exact for every integer; `undefined` for all other bytes. */
export function parseDecimal(data: Buffer): number | bigint | undefined {
  const first = data[0];
  if (first === undefined || ((first < ZERO || first > NINE) && first !== MINUS)) return undefined;
  if (data.length > MAX_LENGTH) return undefined;
  const text = data.toString('latin1');
  if (!DECIMAL.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) || FRACTION_OR_EXPONENT.test(text) ? number : BigInt(text);
}

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
