import { ReplyError } from 'ioredis';

const LF = 10;
const CR = 13;
const PLUS = 43;
const MINUS = 45;
const ZERO = 48;
const STRING = 43;
const ERROR = 45;
const INTEGER = 58;
const BULK = 36;
const ARRAY = 42;

/** The longest string in Redis. */
const longestBulk = 512 * 1024 * 1024;
const longestLine = 1024 * 1024;
/** The digits of an integer of 64 bits. */
const mostDigits = 19;
/** The most elements that may still be missing, in all open arrays together. */
const mostElements = 2 ** 27;
/** The most elements that are allocated in advance, and the depth up to which they are. */
const mostPlaces = 1024;
const mostNested = 8;
/** A script cannot nest its reply as deeply. */
const deepest = 10_000;

/** Markers in place of a value: its end has not arrived yet; or it is an array, and its elements follow. */
export const INCOMPLETE = Symbol('incomplete');
const OPEN = Symbol('open');

/** Bytes that are not a Redis reply: the meaning of the bytes behind them is unknown. */
export class ProtocolError extends Error {
  constructor(what: string) {
    super(`the server sent something that is not a Redis reply: ${what}`);
  }
}

/** Receives the replies. */
export interface ReplyTaker {
  /** Whether to read the reply that begins. */
  takes(isError: boolean): boolean;
  /** Strings are Buffers; arrays may contain errors. */
  take(reply: unknown): void;
  /** Receives every other reply, in one or more parts. */
  pass(bytes: Buffer): void;
  /** Checks such a reply before its last part is passed on; if it throws, reading ends. */
  inspect?(reply: unknown): void;
  /** Hears what the server refuses, whichever command the reply belongs to. */
  refused?(words: string): void;
}

interface OpenArray {
  /** Allocates places for the first elements, and grows as more arrive: the announced length is not to be trusted. */
  readonly elements: unknown[];
  readonly length: number;
  filled: number;
}

/** Reads replies of RESP2, in whatever pieces they arrive. */
export class ReplyParser {
  private bytes: Buffer = Buffer.alloc(0);
  private position = 0;
  /** Everything before this index was taken or passed on. */
  private done = 0;
  /** The pieces of an unfinished line or string, and the length at which another attempt is worthwhile. */
  private held: Buffer[] = [];
  private missing = 0;
  /** How much of a line is held while its end is missing. */
  private lineLength = 0;
  /** Arrays whose elements are being read, the outermost first. */
  private readonly arrays: OpenArray[] = [];
  private missingElements = 0;
  private isTaken = false;

  constructor(private readonly taker: ReplyTaker) {}

  /** @throws ProtocolError; then it must not be used any more */
  read(chunk: Buffer): void {
    if (this.holds(chunk)) return;
    this.bytes = this.held.length === 0 ? chunk : Buffer.concat([...this.held, chunk]);
    this.position = this.done = this.missing = this.lineLength = 0;
    this.readItems();
    if (!this.isTaken) this.pass();
    this.held = this.position < this.bytes.length ? [this.bytes.subarray(this.position)] : [];
  }

  /** Keeps the bytes for later if another attempt is not worthwhile yet. */
  private holds(chunk: Buffer): boolean {
    if (this.lineLength > 0) {
      if (chunk.includes(CR)) return false;
      this.lineLength += chunk.length;
      if (this.lineLength > longestLine) throw new ProtocolError('a line without an end');
    } else {
      if (chunk.length >= this.missing) return false;
      this.missing -= chunk.length;
    }
    this.held.push(chunk);
    return true;
  }

  private readItems(): void {
    const { bytes, arrays } = this;
    while (this.position < bytes.length) {
      const start = this.position;
      if (arrays.length === 0) this.isTaken = this.taker.takes(bytes[start] === ERROR);
      const item = this.readItem();
      if (item === INCOMPLETE) {
        this.position = start;
        return;
      }
      if (item !== OPEN) this.place(item);
    }
  }

  private readItem(): unknown {
    switch (this.bytes[this.position++]) {
      case BULK:
        return this.readBulk();
      case STRING:
        return this.readLine();
      case INTEGER:
        return this.readInteger();
      case ARRAY:
        return this.readArray();
      case ERROR:
        return this.readError();
      default:
        return this.readOther(this.bytes[this.position - 1]!);
    }
  }

  /** Reads a value with a type byte that RESP2 does not have. */
  protected readOther(_type: number): unknown {
    throw new ProtocolError('it begins with none of + - : $ *');
  }

  protected readBulk(): unknown {
    const length = this.readInteger();
    if (typeof length !== 'number') return INCOMPLETE;
    if (length === -1) return null;
    if (length < 0 || length > longestBulk) throw new ProtocolError(`a string of ${length} bytes`);
    const { bytes, position } = this;
    const end = position + length;
    if (end + 2 > bytes.length) {
      this.missing = end + 2 - bytes.length;
      return INCOMPLETE;
    }
    this.endAt(end);
    return bytes.subarray(position, end);
  }

  protected readLine(): Buffer | typeof INCOMPLETE {
    const { bytes, position } = this;
    const end = bytes.indexOf(CR, position);
    if (end >= 0 && end + 1 < bytes.length) {
      this.endAt(end);
      return bytes.subarray(position, end);
    }
    const length = bytes.length - position;
    if (length > longestLine) throw new ProtocolError('a line without an end');
    if (end < 0) this.lineLength = length + 1;
    return INCOMPLETE;
  }

  private readError(): unknown {
    const line = this.readLine();
    if (line === INCOMPLETE) return line;
    const words = line.toString();
    if (this.arrays.length === 0) this.taker.refused?.(words);
    return new ReplyError(words);
  }

  private readInteger(): number | typeof INCOMPLETE {
    const { bytes } = this;
    const sign = bytes[this.position];
    const first = this.position + (sign === MINUS || sign === PLUS ? 1 : 0);
    let at = first;
    let number = 0;
    for (; at < bytes.length; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    if (at - first > mostDigits) throw new ProtocolError('an integer of more than 64 bits');
    if (at === bytes.length) return INCOMPLETE;
    if (bytes[at] !== CR || at === first) throw new ProtocolError('an invalid integer');
    if (at + 1 === bytes.length) return INCOMPLETE;
    this.endAt(at);
    return sign === MINUS ? 0 - number : number;
  }

  /** @param perItem elements per announced item */
  protected readArray(perItem = 1): unknown {
    const count = this.readInteger();
    if (typeof count !== 'number') return INCOMPLETE;
    if (count === -1) return null;
    const length = count * perItem;
    if (length === 0) return [];
    this.missingElements += length;
    if (length < 0 || this.missingElements > mostElements) throw new ProtocolError(`an array of ${length} elements`);
    const elements = this.arrays.length < mostNested ? new Array<unknown>(Math.min(length, mostPlaces)) : [];
    if (this.arrays.push({ elements, length, filled: 0 }) > deepest) throw new ProtocolError('arrays without an end');
    return OPEN;
  }

  /** Continues behind the end of a line or a string. */
  private endAt(end: number): void {
    if (this.bytes[end] !== CR || this.bytes[end + 1] !== LF) throw new ProtocolError('an invalid line end');
    this.position = end + 2;
  }

  /** Adds the element to its array; the array that it completes is itself an element or a reply. */
  private place(item: unknown): void {
    let value = item;
    for (let array = this.arrays.at(-1); array; array = this.arrays.at(-1)) {
      array.elements[array.filled++] = value;
      if (array.filled < array.length) return;
      this.missingElements -= array.length;
      this.arrays.pop();
      value = array.elements;
    }
    if (this.isTaken) {
      this.taker.take(value);
    } else {
      this.taker.inspect?.(value);
      this.pass();
    }
    this.done = this.position;
  }

  private pass(): void {
    if (this.done < this.position) this.taker.pass(this.bytes.subarray(this.done, this.position));
    this.done = this.position;
  }
}
