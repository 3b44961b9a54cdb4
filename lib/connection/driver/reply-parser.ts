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

/** The longest string of Redis. */
const longestBulk = 512 * 1024 * 1024;
const longestLine = 1024 * 1024;
/** Of an integer of 64 bits. */
const mostDigits = 19;
/** That are still to come, in all arrays that are open. */
const mostElements = 2 ** 27;
/** That are made in advance, and how deep in there. */
const mostPlaces = 1024;
const mostNested = 8;
/** A script cannot nest its reply as deeply. */
const deepest = 10_000;

/** Instead of a value: its end has not come yet; it is an array, whose elements follow. */
export const INCOMPLETE = Symbol('incomplete');
const OPEN = Symbol('open');

/** Bytes that are no reply of Redis: nobody can tell what those behind them mean. */
export class ProtocolError extends Error {
  constructor(what: string) {
    super(`the server sent what is no Redis reply: ${what}`);
  }
}

/** Where replies go. */
export interface ReplyTaker {
  /** Whether the reply that begins is to be read. */
  takes(isError: boolean): boolean;
  /** Strings are Buffers; errors may be among the elements of arrays. */
  take(reply: unknown): void;
  /** What else has come: a reply, in one or more parts. */
  pass(bytes: Buffer): void;
  /** Looks at such a reply before its last part is passed on; what is thrown here ends the reading. */
  inspect?(reply: unknown): void;
  /** Hears what the server refuses, whoever gets the reply. */
  refused?(words: string): void;
}

interface OpenArray {
  /** Has places for the first ones, and grows as more come: how many there will be is only what somebody says. */
  readonly elements: unknown[];
  readonly length: number;
  filled: number;
}

/** Reads replies of RESP2, in whatever pieces they come. */
export class ReplyParser {
  private bytes: Buffer = Buffer.alloc(0);
  private position = 0;
  /** Up to here everything was taken or passed on. */
  private done = 0;
  /** The pieces of a line or a string whose end has not come, and how much makes it worth to look again. */
  private held: Buffer[] = [];
  private missing = 0;
  /** How much of a line is held, as long as nothing of its end is. */
  private lineLength = 0;
  /** Arrays whose elements are being read, the outermost first. */
  private readonly arrays: OpenArray[] = [];
  private missingElements = 0;
  private isTaken = false;

  constructor(private readonly taker: ReplyTaker) {}

  /** @throws ProtocolError and is of no use from then on */
  read(chunk: Buffer): void {
    if (this.holds(chunk)) return;
    this.bytes = this.held.length === 0 ? chunk : Buffer.concat([...this.held, chunk]);
    this.position = this.done = this.missing = this.lineLength = 0;
    this.readItems();
    if (!this.isTaken) this.pass();
    this.held = this.position < this.bytes.length ? [this.bytes.subarray(this.position)] : [];
  }

  /** Keeps it for later where it is not worth to look at what is held. */
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

  /** What begins with another byte than those of RESP2. */
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

  /** @param perItem as many elements belong to each one that it says */
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

  /** Goes on behind the end of a line or of a string. */
  private endAt(end: number): void {
    if (this.bytes[end] !== CR || this.bytes[end + 1] !== LF) throw new ProtocolError('an invalid line end');
    this.position = end + 2;
  }

  /** Puts the element where it belongs; what is complete with it is an element or a reply, too. */
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
