import { Copier } from '../values/copier.js';

/** Begins a text that stands for something else. Text that really begins with it is escaped as well. */
const ESCAPE = '\0';
const TEXT = `${ESCAPE}t`;
const NEGATIVE_ZERO = `${ESCAPE}-`;
const BIGINT = `${ESCAPE}n`;
const BIGINT_DIGITS = /^-?\d{1,16}$/;

/** msgpackr reads integers up to these as numbers, the way other libraries mean them. */
const LARGEST_NUMBER = 2n ** 53n;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Whether msgpackr returns the text unchanged. UTF-8 loses lone surrogates (half an emoji), and reading drops a byte
 * order mark at the beginning.
 */
export function isExactText(text: string): boolean {
  return isWellFormed(text) && !text.startsWith(BYTE_ORDER_MARK);
}

/** Whether msgpackr returns a property of this name. */
export function isExactKey(key: string): boolean {
  return !isRenamed(key) && isExactText(key);
}

/** Whether the name means something to msgpackr: it renames the first, needs the second and calls the third. */
export function isRenamed(key: string): boolean {
  return key === '__proto__' || key === '__keys__' || key === 'toJSON';
}

/** Whether msgpackr returns it as a bigint. */
export function isExactBigint(value: bigint): boolean {
  return value > LARGEST_NUMBER || value < -LARGEST_NUMBER;
}

/** A copy of the value that msgpackr keeps exactly, whatever its texts, keys, negative zeros and bigints. */
export function escapeText(value: unknown): unknown {
  return new Escaper().copy(value);
}

/** The original of a copy that {@link escapeText} made. */
export function unescapeText(value: unknown): unknown {
  return new Unescaper().copy(value);
}

class Escaper extends Copier {
  protected copyLeaf(leaf: unknown): unknown {
    if (Object.is(leaf, -0)) return NEGATIVE_ZERO;
    if (typeof leaf === 'bigint' && !isExactBigint(leaf)) return BIGINT + String(leaf);
    if (typeof leaf !== 'string' || (isExactKey(leaf) && !leaf.startsWith(ESCAPE))) return leaf;
    return TEXT + Buffer.from(leaf, 'utf16le').toString('base64');
  }
}

class Unescaper extends Copier {
  protected copyLeaf(leaf: unknown): unknown {
    if (leaf === NEGATIVE_ZERO) return -0;
    if (typeof leaf !== 'string' || !leaf.startsWith(ESCAPE)) return leaf;
    if (leaf.startsWith(BIGINT)) return bigintOf(leaf.slice(BIGINT.length));
    if (!leaf.startsWith(TEXT)) return leaf;
    return Buffer.from(leaf.slice(TEXT.length), 'base64').toString('utf16le');
  }
}

function bigintOf(digits: string): bigint {
  if (!BIGINT_DIGITS.test(digits)) throw new SyntaxError('An escaped bigint must consist of digits');
  return BigInt(digits);
}

/** Present in every supported Node.js, but missing from TypeScript's ES2023 library. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
