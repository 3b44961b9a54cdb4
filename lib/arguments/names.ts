import { isUtf8 } from 'node:buffer';

const REPLACEMENT = '\ufffd';
/** The lone surrogates that stand for the bytes 0x80 to 0xff. */
const FIRST_SURROGATE = 0xdc80;
const LAST_SURROGATE = 0xdcff;
const SURROGATE_OF_ZERO = 0xdc00;

/**
 * The name of a key or a field as text. Names from other programs may not be UTF-8: each invalid byte becomes a lone
 * surrogate, `\xff` is `\udcff` (like Python's `surrogateescape`), and {@link bytesOfName} restores the byte.
 */
export function nameOf(bytes: Buffer): string {
  const text = bytes.toString();
  return text.includes(REPLACEMENT) && !isUtf8(bytes) ? escaped(bytes) : text;
}

function escaped(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    text += length > 0 ? bytes.toString('utf8', at, at + length) : String.fromCharCode(SURROGATE_OF_ZERO + bytes[at]!);
    at += length || 1;
  }
  return text;
}

/** The length of the character at an index in bytes; 0 if there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}

/**
 * The bytes of a name that is not well-formed Unicode.
 *
 * @throws TypeError if no bytes have that name
 */
export function bytesOfName(name: string, what: string): Buffer {
  const parts: Buffer[] = [];
  for (const character of name) {
    const code = character.codePointAt(0)!;
    const isByte = code >= FIRST_SURROGATE && code <= LAST_SURROGATE;
    parts.push(isByte ? Buffer.of(code - SURROGATE_OF_ZERO) : Buffer.from(character));
  }
  const bytes = Buffer.concat(parts);
  // Half a surrogate pair has no bytes of its own, and bytes that are UTF-8 have a name already.
  if (nameOf(bytes) !== name) throw new TypeError(`${what} must be well-formed Unicode`);
  return bytes;
}
