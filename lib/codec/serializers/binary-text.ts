import { isUtf8 } from 'node:buffer';

/** The lengths of heads that state the length of their contents: `bin`, `ext` and `str`, by their first byte. */
const LENGTH_BYTES: Readonly<Record<number, number>> = {
  0xc4: 1, 0xc5: 2, 0xc6: 4, 0xc7: 1, 0xc8: 2, 0xc9: 4, 0xd9: 1, 0xda: 2, 0xdb: 4,
}; // prettier-ignore
/** The bytes after a first byte of fixed length: floats, integers, `fixext`, and the lengths of arrays and maps. */
const FIXED_BYTES: Readonly<Record<number, number>> = {
  0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8,
  0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4,
}; // prettier-ignore

const UNUSED = 0xc1;
/** Longer text is not examined byte by byte. */
const SHORT_TEXT = 64;

/** Every other library writes a map of so few keys with a shorter head. */
const SHORT_MAP = 0x10;

/**
 * Whether another library may have written these bytes. Lua's `cmsgpack` declares every string as text, and so do old
 * libraries of other languages: bytes that are not UTF-8 would come back with replacement characters.
 */
export function mayHaveBinaryText(data: Buffer): boolean {
  const first = data[0]!;
  if (first < 0x80 || first >= 0xe0) return false;
  if (first < 0x90 || (first >= 0xa0 && first < 0xc0) || first === 0xdf) return true;
  if (first === 0xde) return data.readUInt16BE(1) >= SHORT_MAP;
  if (first < 0xa0) return mayHaveForeignElements(data, 1);
  if (first === 0xdc || first === 0xdd) return mayHaveForeignElements(data, 1 + FIXED_BYTES[first]!);
  return first >= 0xd9 && first <= 0xdb;
}

/** Lists of objects begin with the definition of a record, or with an object as this library writes it. */
function mayHaveForeignElements(data: Buffer, at: number): boolean {
  const isRecord = data[at] === 0xd4 && data[at + 1] === 0x72;
  return !isRecord && !(data[at] === 0xde && data.length > at + 2 && data.readUInt16BE(at + 1) < SHORT_MAP);
}

/** The same data with text that is not UTF-8 declared as bytes. Throws on the byte that MessagePack never uses. */
export function declareBinaryText(data: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (let at = 0; at < data.length;) {
    const first = data[at]!;
    if (first === UNUSED) throw new RangeError('Found a byte that MessagePack reserves');
    const end = endOf(data, at, first);
    if (isTextHead(first)) {
      const start = first < 0xc0 ? at + 1 : at + 1 + LENGTH_BYTES[first]!;
      if (!isText(data, start, end)) {
        pieces.push(data.subarray(copied, at), binaryHead(end - start), data.subarray(start, end));
        copied = end;
      }
    }
    at = end;
  }
  return pieces.length === 0 ? data : Buffer.concat([...pieces, data.subarray(copied)]);
}

function isTextHead(first: number): boolean {
  return (first >= 0xa0 && first < 0xc0) || (first >= 0xd9 && first <= 0xdb);
}

/** Most text is short, and ASCII. */
function isText(data: Buffer, start: number, end: number): boolean {
  if (end - start > SHORT_TEXT) return isUtf8(data.subarray(start, end));
  for (let at = start; at < end; at++) if (data[at]! >= 0x80) return isUtf8(data.subarray(start, end));
  return true;
}

/** The position after a scalar, or after the head of an array or map. */
function endOf(data: Buffer, at: number, first: number): number {
  if (first < 0xa0 || first >= 0xe0) return at + 1;
  if (first < 0xc0) return at + 1 + (first & 0x1f);
  const lengthBytes = LENGTH_BYTES[first];
  if (lengthBytes === undefined) return at + 1 + (FIXED_BYTES[first] ?? 0);
  const type = first >= 0xc7 && first <= 0xc9 ? 1 : 0;
  return at + 1 + lengthBytes + type + data.readUIntBE(at + 1, lengthBytes);
}

function binaryHead(length: number): Buffer {
  const head = Buffer.alloc(5, 0xc6);
  head.writeUInt32BE(length, 1);
  return head;
}
