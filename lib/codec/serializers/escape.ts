import { Copier } from '../values/copier.js';

/** Begins a text that stands for something else. Text that really begins so is escaped as well. */
const ESCAPE = '\0';
const TEXT = `${ESCAPE}t`;
const NEGATIVE_ZERO = `${ESCAPE}-`;
const BIGINT = `${ESCAPE}n`;
const BIGINT_DIGITS = /^-?\d{1,16}$/;

/** msgpackr reads integers up to these as numbers, as others mean them. */
const LARGEST_NUMBER = 2n ** 53n;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Whether msgpackr gives the text back as it is. As UTF-8, lone surrogates (half an emoji) are lost; a byte order mark
 * at the beginning is dropped when it is read.
 */
export function isExactText(text: string): boolean {
  return isWellFormed(text) && !text.startsWith(BYTE_ORDER_MARK);
}

/** Whether msgpackr gives the name of a property back. */
export function isExactKey(key: string): boolean {
  return !isRenamed(key) && isExactText(key);
}

/** Whether the name means something to msgpackr: it renames the first, needs the second and calls the third. */
export function isRenamed(key: string): boolean {
  return key === '__proto__' || key === '__keys__' || key === 'toJSON';
}

/** Whether msgpackr gives it back as a bigint. */
export function isExactBigint(value: bigint): boolean {
  return value > LARGEST_NUMBER || value < -LARGEST_NUMBER;
}

/** A copy of the value that msgpackr keeps exactly, whatever its texts and keys, with its negative zeros and bigints. */
export function escapeText(value: unknown): unknown {
  return new Escaper().copy(value);
}

/** The value that {@link escapeText} made a copy of. */
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

/** In every Node.js that this package runs on, but not yet in TypeScript's library of ES2023. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
