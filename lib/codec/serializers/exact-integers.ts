/** Integers of fewer digits are safe. */
const UNSAFE_DIGITS = 16;
/** Strings, and numbers with all of their parts. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs;
const INTEGER = /^-?\d+$/;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/**
 * Whether JSON.parse would round an integer in this text, such as a 64-bit identifier from another program.
 */
export function hasRoundedInteger(data: Buffer, text: string): boolean {
  return hasManyDigits(data) && text.match(TOKENS)!.some((token) => INTEGER.test(token) && isRounded(token));
}

/** Testing every sixteenth byte finds each run of this length. */
function hasManyDigits(data: Buffer): boolean {
  for (let place = UNSAFE_DIGITS - 1; place < data.length; place += UNSAFE_DIGITS) {
    if (!isDigit(data[place])) continue;
    let start = place;
    while (isDigit(data[start - 1])) start--;
    let end = place + 1;
    while (isDigit(data[end])) end++;
    if (end - start >= UNSAFE_DIGITS) return true;
    place = end;
  }
  return false;
}

/** JSON.stringify writes large numbers with inexact digits: those read back as the same number. */
function isRounded(digits: string): boolean {
  const number = Number(digits);
  if (Number.isSafeInteger(number) || String(number) === digits) return false;
  return !Number.isFinite(number) || BigInt(digits) !== BigInt(number);
}
