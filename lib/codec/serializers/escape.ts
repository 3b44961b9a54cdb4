import { Copier } from '../copier.js';

/** Begins a text that stands for something else. Text that really begins so is escaped as well. */
const ESCAPE = '\0';
const TEXT = `${ESCAPE}t`;
const NEGATIVE_ZERO = `${ESCAPE}-`;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Whether msgpackr gives the text back as it is. As UTF-8, lone surrogates (half an emoji) are lost; a byte order mark
 * at the beginning is dropped when it is read.
 */
export function isExactText(text: string): boolean {
  return isWellFormed(text) && !text.startsWith(BYTE_ORDER_MARK);
}

/** Whether msgpackr gives the name of a property back: it renames the first, needs the second and calls the third. */
export function isExactKey(key: string): boolean {
  return key !== '__proto__' && key !== '__keys__' && key !== 'toJSON' && isExactText(key);
}

/** A copy of the value that msgpackr keeps exactly, whatever its texts and keys, and with its negative zeros. */
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
    if (typeof leaf !== 'string' || (isExactKey(leaf) && !leaf.startsWith(ESCAPE))) return leaf;
    return TEXT + Buffer.from(leaf, 'utf16le').toString('base64');
  }
}

class Unescaper extends Copier {
  protected copyLeaf(leaf: unknown): unknown {
    if (leaf === NEGATIVE_ZERO) return -0;
    if (typeof leaf !== 'string' || !leaf.startsWith(TEXT)) return leaf;
    return Buffer.from(leaf.slice(TEXT.length), 'base64').toString('utf16le');
  }
}

/** In every Node.js that this package runs on, but not yet in TypeScript's library of ES2023. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
