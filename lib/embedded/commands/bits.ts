import { int64, integer } from '../protocol/arguments.js';
import { type Bytes, fromBytes, toBytes } from '../protocol/bytes.js';
import { parseInteger } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { maxStringLength } from './strings.js';

const invalidBit = 'ERR bit is not an integer or out of range';
const invalidOffset = 'ERR bit offset is not an integer or out of range';

/** The position of a bit, from 0 at the highest bit of the first byte. */
export function bitOffset(argument: Bytes, factor = 1): number {
  const offset = (parseInteger(argument) ?? -1) * factor;
  if (offset < 0 || Math.floor(offset / 8) >= maxStringLength) throw new ReplyError(invalidOffset);
  return offset;
}

/** A copy of the string as a buffer that has a byte for the bit, too. */
export function bufferFor(value: Bytes, lastBit: number): Buffer {
  const length = Math.max(value.length, Math.floor(lastBit / 8) + 1);
  return Buffer.concat([fromBytes(value)], length);
}

const maskOf = (offset: number) => 1 << (7 - (offset % 8));

function setBit({ db }: Client, [key = '', position = '', bit = '']: readonly Bytes[]): number {
  const offset = bitOffset(position);
  const on = int64(bit, invalidBit);
  if (on !== 0n && on !== 1n) throw new ReplyError(invalidBit);
  const data = bufferFor(db.readString(key) ?? '', offset);
  const at = Math.floor(offset / 8);
  const mask = maskOf(offset);
  const byte = data[at] ?? 0;
  data[at] = on === 1n ? byte | mask : byte & ~mask;
  db.put(key, toBytes(data), { keepTtl: true });
  return byte & mask ? 1 : 0;
}

function getBit({ db }: Client, [key = '', position = '']: readonly Bytes[]): number {
  const offset = bitOffset(position);
  const value = db.readString(key) ?? '';
  const at = Math.floor(offset / 8);
  return at < value.length && value.charCodeAt(at) & maskOf(offset) ? 1 : 0;
}

/** Is the range counted in bits? */
function readUnit(word: Bytes | undefined): boolean {
  const unit = word?.toUpperCase() ?? 'BYTE';
  if (unit !== 'BIT' && unit !== 'BYTE') throw syntaxError();
  return unit === 'BIT';
}

/** First and last bit of a range, whose ends may count from the end of the string. */
function bitsOf(length: number, start: number, end: number, isBits: boolean): [first: number, last: number] {
  const total = isBits ? length * 8 : length;
  const first = Math.max(0, start < 0 ? total + start : start);
  const last = Math.min(total - 1, Math.max(0, end < 0 ? total + end : end));
  return isBits ? [first, last] : [first * 8, last * 8 + 7];
}

/** The byte at an index, with only the bits from `first` to `last`. */
function maskedByte(value: Bytes, index: number, first: number, last: number): number {
  let byte = value.charCodeAt(index);
  if (first > index * 8) byte &= 0xff >> (first - index * 8);
  if (last < index * 8 + 7) byte &= 0xff << (index * 8 + 7 - last);
  return byte & 0xff;
}

const bitCounts = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function countBits({ db }: Client, [key = '', start, end, ...rest]: readonly Bytes[]): number {
  if ((start !== undefined && end === undefined) || rest.length > 1) throw syntaxError();
  const [from, to] = [integer(start ?? '0'), integer(end ?? '-1')];
  const isBits = readUnit(rest[0]);
  const value = db.readString(key) ?? '';
  if (from < 0 && to < 0 && from > to) return 0;
  const [first, last] = bitsOf(value.length, from, to, isBits);
  let count = 0;
  for (let index = Math.floor(first / 8); index * 8 <= last; index++) {
    count += bitCounts[maskedByte(value, index, first, last)] ?? 0;
  }
  return count;
}

function findBit({ db }: Client, [key = '', argument = '', start, end, ...rest]: readonly Bytes[]): Answer {
  const bit = integer(argument);
  if (bit !== 0 && bit !== 1) throw new ReplyError('ERR The bit argument must be 1 or 0.');
  if (rest.length > 1) throw syntaxError();
  const from = integer(start ?? '0');
  const isBits = readUnit(rest[0]);
  const to = integer(end ?? '-1');
  const found = db.get(key) === undefined ? undefined : db.readString(key);
  if (found === undefined) return bit === 1 ? -1 : 0;
  const [first, last] = bitsOf(found.length, from, to, isBits);
  if (first > last) return -1;
  for (let index = Math.floor(first / 8); index * 8 <= last; index++) {
    const byte = found.charCodeAt(index);
    const wanted = bit === 1 ? byte : byte ^ 0xff;
    if (wanted === 0) continue;
    for (let offset = Math.max(first, index * 8); offset <= Math.min(last, index * 8 + 7); offset++) {
      if (wanted & maskOf(offset)) return offset;
    }
  }
  // Without an end, zeros follow the string.
  return bit === 0 && end === undefined ? found.length * 8 : -1;
}

export const bitCommands: CommandTable = {
  SETBIT: { arity: 4, isWrite: true, run: setBit },
  GETBIT: { arity: 3, run: getBit },
  BITCOUNT: { arity: -2, run: countBits },
  BITPOS: { arity: -3, run: findBit },
};
