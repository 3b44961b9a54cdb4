/** Deeper nesting is left to msgpackr. */
const MAX_DEPTH = 64;
const MAP = 0xde;
/** Longer text is read by Node.js: a call takes as long as this many characters here. */
const SHORT_TEXT = 16;
/** The number of slots for known names, which are chosen by length, first and last byte. */
const MASK = 0xff;

/** A name that was read before. */
interface Known {
  readonly bytes: Uint8Array;
  readonly name: string;
}

const nothing = Buffer.alloc(0);

/** Marks a value that this reader leaves to msgpackr. */
const CARE = Symbol('care');

/**
 * Reads what `PlainWriter` writes as maps: plain objects, a few of them, with arrays, text, numbers, booleans and
 * `null` inside. msgpackr reads the same values from the same bytes, but takes longer for small ones.
 */
export class PlainReader {
  private bytes: Buffer = nothing;
  private position = 0;
  private readonly names: (Known | undefined)[] = Array.from({ length: MASK + 1 });

  /** The object; `undefined` if it must be read by msgpackr, or the bytes are invalid. */
  read(bytes: Buffer): unknown {
    if (bytes[0] !== MAP) return undefined;
    this.bytes = bytes;
    this.position = 0;
    const value = this.readValue(0);
    // The bytes may be a slice of a much larger buffer.
    this.bytes = nothing;
    // Bytes missing at the end were read as if they existed.
    return value === CARE || this.position !== bytes.length ? undefined : value;
  }

  private readValue(depth: number): unknown {
    const { bytes } = this;
    const type = bytes[this.position++]!;
    if (type < 0x80) return type;
    if (type >= 0xe0) return type - 0x100;
    if (type >= 0xa0 && type < 0xc0) return this.readText(type - 0xa0);
    if (type >= 0x90 && type < 0xa0) return this.readArray(type - 0x90, depth);
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xcb:
        return this.readDouble();
      case 0xcc:
        return this.readUint8();
      case 0xcd:
        return this.readUint16();
      case 0xce:
        return this.readUint16() * 0x10000 + this.readUint16();
      case 0xd0:
        return (this.readUint8() << 24) >> 24;
      case 0xd1:
        return (this.readUint16() << 16) >> 16;
      case 0xd2:
        return (this.readUint16() << 16) | this.readUint16();
      case 0xd9:
        return this.readText(this.readUint8());
      case 0xda:
        return this.readText(this.readUint16());
      case 0xdc:
        return this.readArray(this.readUint16(), depth);
      case MAP:
        return this.readMap(this.readUint16(), depth);
      default:
        return CARE;
    }
  }

  private readMap(size: number, depth: number): unknown {
    if (depth > MAX_DEPTH || size * 2 > this.bytes.length - this.position) return CARE;
    const object: Record<string, unknown> = {};
    for (let index = 0; index < size; index++) {
      const name = this.readName();
      if (name === undefined) return CARE;
      const value = this.readValue(depth + 1);
      if (value === CARE) return CARE;
      object[name] = value;
    }
    return object;
  }

  private readArray(length: number, depth: number): unknown {
    if (depth > MAX_DEPTH || length > this.bytes.length - this.position) return CARE;
    const array: unknown[] = [];
    for (let index = 0; index < length; index++) {
      const value = this.readValue(depth + 1);
      if (value === CARE) return CARE;
      array.push(value);
    }
    return array;
  }

  /** A short name; `undefined` for any other, and for one that would not become a property. */
  private readName(): string | undefined {
    const { bytes, names } = this;
    const length = bytes[this.position]! - 0xa0;
    const start = this.position + 1;
    const end = start + length;
    if (!(length > 0 && length < 0x20) || end > bytes.length) return undefined;
    const place = (length ^ (bytes[start]! << 3) ^ (bytes[end - 1]! << 1)) & MASK;
    const known = names[place];
    this.position = end;
    if (known && isSame(known.bytes, bytes, start, end)) return known.name;
    const name = bytes.toString('latin1', start, end);
    for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return undefined;
    if (name === '__proto__') return undefined;
    names[place] = { bytes: Uint8Array.from(bytes.subarray(start, end)), name };
    return name;
  }

  private readText(length: number): unknown {
    const { bytes, position: start } = this;
    const end = start + length;
    if (end > bytes.length) return CARE;
    this.position = end;
    if (length === 0) return '';
    return (length < SHORT_TEXT ? shortText(bytes, start, end) : undefined) ?? longText(bytes, start, end);
  }

  private readUint8(): number {
    return this.bytes[this.position++]!;
  }

  private readUint16(): number {
    const { bytes, position } = this;
    this.position = position + 2;
    return (bytes[position]! << 8) | bytes[position + 1]!;
  }

  private readDouble(): unknown {
    const { bytes, position } = this;
    this.position = position + 8;
    return this.position > bytes.length ? CARE : bytes.readDoubleBE(position);
  }
}

function isSame(known: Uint8Array, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = start; at < end; at++) if (known[at - start] !== bytes[at]) return false;
  return true;
}

/** `undefined` if it is not ASCII. */
function shortText(bytes: Buffer, start: number, end: number): string | undefined {
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const one = bytes[at]!;
    const two = bytes[at + 1]!;
    const three = bytes[at + 2]!;
    const four = bytes[at + 3]!;
    if ((one | two | three | four) >= 0x80) return undefined;
    text += String.fromCharCode(one, two, three, four);
  }
  for (; at < end; at++) {
    if (bytes[at]! >= 0x80) return undefined;
    text += String.fromCharCode(bytes[at]!);
  }
  return text;
}

/** Text with a byte order mark goes to msgpackr, which drops the mark. */
function longText(bytes: Buffer, start: number, end: number): unknown {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb ? CARE : bytes.toString('utf8', start, end);
}
