import { ReplyError } from 'ioredis';

const CR = 13;
const MINUS = 45;
const ZERO = 48;
const STRING = 43;
const ERROR = 45;
const INTEGER = 58;
const BULK = 36;
const ARRAY = 42;

/** Instead of a value: its end has not come yet; it is an array, whose elements follow. */
const INCOMPLETE = Symbol('incomplete');
const OPEN = Symbol('open');

/** Where replies go. */
export interface ReplyTaker {
  /** Whether the reply that begins is to be read. */
  takes(isError: boolean): boolean;
  /** Strings are Buffers; errors may be among the elements of arrays. */
  take(reply: unknown): void;
  /** What else has come: a reply, in one or more parts. */
  pass(bytes: Buffer): void;
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
  /** Arrays whose elements are being read, the outermost first. */
  private readonly arrays: { readonly elements: unknown[]; filled: number }[] = [];
  private isTaken = false;
  /** Since there was something that is no RESP2. */
  private isLost = false;

  constructor(private readonly taker: ReplyTaker) {}

  read(chunk: Buffer): void {
    if (chunk.length < this.missing) {
      this.held.push(chunk);
      this.missing -= chunk.length;
      return;
    }
    this.bytes = this.held.length === 0 ? chunk : Buffer.concat([...this.held, chunk]);
    this.position = this.done = this.missing = 0;
    this.readItems();
    if (!this.isTaken) this.pass();
    this.held = this.position < this.bytes.length ? [this.bytes.subarray(this.position)] : [];
  }

  private readItems(): void {
    const { bytes, arrays } = this;
    while (this.position < bytes.length) {
      const start = this.position;
      if (arrays.length === 0) this.isTaken = !this.isLost && this.taker.takes(bytes[start] === ERROR);
      const item = this.isLost ? this.skip() : this.readItem();
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
      case ERROR: {
        const line = this.readLine();
        return line === INCOMPLETE ? line : new ReplyError(String(line));
      }
      default:
        this.isLost = true;
        this.isTaken = false;
        return this.skip();
    }
  }

  private readBulk(): unknown {
    const length = this.readInteger();
    if (typeof length !== 'number') return INCOMPLETE;
    if (length < 0) return null;
    const { bytes, position } = this;
    const end = position + length;
    if (end + 2 > bytes.length) {
      this.missing = end + 2 - bytes.length;
      return INCOMPLETE;
    }
    this.position = end + 2;
    return bytes.subarray(position, end);
  }

  private readLine(): unknown {
    const { bytes, position } = this;
    const end = bytes.indexOf(CR, position);
    if (end < 0 || end + 2 > bytes.length) return INCOMPLETE;
    this.position = end + 2;
    return bytes.subarray(position, end);
  }

  private readInteger(): number | typeof INCOMPLETE {
    const { bytes } = this;
    const isNegative = bytes[this.position] === MINUS;
    let at = this.position + (isNegative ? 1 : 0);
    let number = 0;
    for (; at < bytes.length - 1; at++) {
      const byte = bytes[at]!;
      if (byte === CR) {
        this.position = at + 2;
        return isNegative ? -number : number;
      }
      number = number * 10 + (byte - ZERO);
    }
    return INCOMPLETE;
  }

  private readArray(): unknown {
    const length = this.readInteger();
    if (typeof length !== 'number') return INCOMPLETE;
    if (length < 0) return null;
    if (length === 0) return [];
    this.arrays.push({ elements: new Array<unknown>(length), filled: 0 });
    return OPEN;
  }

  /** Everything there is. */
  private skip(): typeof OPEN {
    this.position = this.bytes.length;
    return OPEN;
  }

  /** Puts the element where it belongs; what is complete with it is an element or a reply, too. */
  private place(item: unknown): void {
    let value = item;
    for (let array = this.arrays.at(-1); array; array = this.arrays.at(-1)) {
      array.elements[array.filled++] = value;
      if (array.filled < array.elements.length) return;
      this.arrays.pop();
      value = array.elements;
    }
    if (this.isTaken) this.taker.take(value);
    else this.pass();
    this.done = this.position;
  }

  private pass(): void {
    if (this.done < this.position) this.taker.pass(this.bytes.subarray(this.done, this.position));
    this.done = this.position;
  }
}
