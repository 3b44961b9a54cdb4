import { isExactText } from './escape.js';

/** Values share chunks; a chunk lives as long as any of its values. */
const CHUNK = 32_768;
/** A value starts a new chunk if less than this is left. */
const LEAST_LEFT = 2048;
const LARGEST_SHARED = 4 * CHUNK;
/** Shorter text is written byte by byte: that is faster than a call into Node.js. */
const SHORT_TEXT = 64;
/** For longer text, counting the bytes is cheaper than reserving room for the maximum. */
const LONG_TEXT = 4096;

/**
 * Writes scalars as MessagePack, byte for byte like msgpackr. A method that returns `false` has met a value that has to
 * be written in another way.
 */
export abstract class MsgpackBytes {
  private bytes = Buffer.allocUnsafeSlow(CHUNK);
  private view = viewOf(this.bytes);
  private start = 0;
  private position = 0;

  /** Discards the bytes written since the last value was taken. */
  protected restart(): void {
    this.position = this.start;
  }

  /** The bytes written since the last call, or since {@link restart}. */
  protected take(): Buffer {
    const { bytes, start, position } = this;
    this.start = this.position = position;
    if (bytes.length - position < LEAST_LEFT || bytes.length > LARGEST_SHARED) this.useChunk(CHUNK);
    return bytes.subarray(start, position);
  }

  protected writeByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.position++] = byte;
  }

  protected writeUndefined(): void {
    this.reserve(3);
    this.bytes[this.position++] = 0xd4;
    this.bytes[this.position++] = 0;
    this.bytes[this.position++] = 0;
  }

  protected writeArrayHead(length: number): void {
    if (length < 0x10) this.writeByte(0x90 | length);
    else if (length < 0x10000) this.writeUint16(0xdc, length);
    else this.writeUint32(0xdd, length);
  }

  protected writeMapHead(size: number): void {
    this.writeUint16(0xde, size);
  }

  /** `limit`: smaller integers take one byte. */
  protected writeNumber(number: number, limit: number): boolean {
    if (number >>> 0 === number) {
      if (number === 0 && 1 / number < 0) return false;
      if (number < limit) this.writeByte(number);
      else if (number < 0x100) this.writeUint8(0xcc, number);
      else if (number < 0x10000) this.writeUint16(0xcd, number);
      else this.writeUint32(0xce, number);
    } else if (number >> 0 === number) {
      if (number >= -0x20) this.writeByte(0x100 + number);
      else if (number >= -0x80) this.writeUint8(0xd0, number + 0x100);
      else if (number >= -0x8000) this.writeUint16(0xd1, number + 0x10000);
      else this.writeUint32(0xd2, number);
    } else {
      this.reserve(9);
      this.bytes[this.position] = 0xcb;
      this.view.setFloat64(this.position + 1, Number.isNaN(number) ? NaN : number);
      this.position += 9;
    }
    return true;
  }

  /** As a timestamp, for dates from 1970 to 2106. */
  protected writeDate(date: Date): boolean {
    const time = date.getTime();
    if (!(time >= 0 && time < 0x1_0000_0000 * 1000)) return false;
    const milliseconds = time % 1000;
    this.writeByte(milliseconds === 0 ? 0xd6 : 0xd7);
    if (milliseconds === 0) this.writeByte(0xff);
    else this.writeUint32(0xff, milliseconds * 4_000_000);
    this.reserve(4);
    this.view.setUint32(this.position, (time - milliseconds) / 1000);
    this.position += 4;
    return true;
  }

  protected writeText(text: string): boolean {
    const { length } = text;
    if (length >= SHORT_TEXT) return this.writeUtf8(text);
    this.reserve(length + 2);
    const { bytes, position } = this;
    let at = position + (length < 0x20 ? 1 : 2);
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return this.writeUtf8(text);
      bytes[at++] = unit;
    }
    this.writeTextHead(length);
    this.position = at;
    return true;
  }

  private writeUtf8(text: string): boolean {
    const { length } = text;
    this.reserve((length < LONG_TEXT ? length * 3 : Buffer.byteLength(text)) + 5);
    const { bytes, position } = this;
    // As if it were ASCII: one byte per code unit.
    const head = textHeadLength(length);
    const written = bytes.write(text, position + head);
    if (written !== length) {
      if (!isExactText(text)) return false;
      const needed = textHeadLength(written);
      if (needed !== head) bytes.copyWithin(position + needed, position + head, position + head + written);
    }
    this.writeTextHead(written);
    this.position += written;
    return true;
  }

  private writeTextHead(length: number): void {
    if (length < 0x20) this.writeByte(0xa0 | length);
    else if (length < 0x100) this.writeUint8(0xd9, length);
    else if (length < 0x10000) this.writeUint16(0xda, length);
    else this.writeUint32(0xdb, length);
  }

  private writeUint8(type: number, number: number): void {
    this.reserve(2);
    this.bytes[this.position++] = type;
    this.bytes[this.position++] = number;
  }

  private writeUint16(type: number, number: number): void {
    this.reserve(3);
    this.bytes[this.position++] = type;
    this.bytes[this.position++] = number >> 8;
    this.bytes[this.position++] = number;
  }

  private writeUint32(type: number, number: number): void {
    this.reserve(5);
    this.bytes[this.position] = type;
    this.view.setUint32(this.position + 1, number);
    this.position += 5;
  }

  private reserve(bytes: number): void {
    if (this.position + bytes > this.bytes.length) this.grow(bytes);
  }

  /** Moves the value to a new chunk with room for twice its length. */
  private grow(bytes: number): void {
    const written = this.bytes.subarray(this.start, this.position);
    this.useChunk(Math.max(CHUNK, (written.length + bytes) * 2));
    this.position = written.copy(this.bytes);
  }

  private useChunk(length: number): void {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = viewOf(this.bytes);
    this.start = this.position = 0;
  }
}

const textHeadLength = (length: number): number => {
  if (length < 0x20) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);
