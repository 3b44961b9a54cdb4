import { int64, Options } from '../protocol/arguments.js';
import { type Bytes, fromBytes, toBytes } from '../protocol/bytes.js';
import { narrow, parseInteger } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { CommandTable, Run } from '../engine/command.js';
import { bitOffset, bufferFor } from './bits.js';

/** What a write does with a number that its field cannot hold. */
type Overflow = 'WRAP' | 'SAT' | 'FAIL';

interface FieldType {
  readonly isSigned: boolean;
  readonly bits: number;
}

interface Operation {
  readonly name: 'GET' | 'SET' | 'INCRBY';
  readonly type: FieldType;
  readonly offset: number;
  readonly amount: bigint;
  readonly overflow: Overflow;
}

function readType(word: Bytes): FieldType {
  const isSigned = word.startsWith('i');
  const bits = parseInteger(word.slice(1));
  const isKnown = (isSigned || word.startsWith('u')) && bits !== undefined && bits >= 1 && bits <= (isSigned ? 64 : 63);
  if (isKnown) return { isSigned, bits };
  throw new ReplyError(
    'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
  );
}

function readOverflow(word: string): Overflow {
  if (word === 'WRAP' || word === 'SAT' || word === 'FAIL') return word;
  throw new ReplyError('ERR Invalid OVERFLOW type specified');
}

function readOperations(words: readonly Bytes[]): Operation[] {
  const operations: Operation[] = [];
  const options = new Options(words);
  let overflow: Overflow = 'WRAP';
  for (let name = options.next(); name !== undefined; name = options.next()) {
    if (name === 'OVERFLOW' && options.remaining > 0) {
      overflow = readOverflow(options.next() ?? '');
      continue;
    }
    if (name !== 'GET' && name !== 'SET' && name !== 'INCRBY') throw syntaxError();
    if (options.remaining < (name === 'GET' ? 2 : 3)) throw syntaxError();
    const type = readType(options.value());
    const place = options.value();
    // `#3` is the fourth field of that width.
    const offset = place.startsWith('#') ? bitOffset(place.slice(1), type.bits) : bitOffset(place);
    const amount = name === 'GET' ? 0n : int64(options.value());
    operations.push({ name, type, offset, amount, overflow });
  }
  return operations;
}

function readField(data: Buffer, { isSigned, bits }: FieldType, offset: number): bigint {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  let value = 0n;
  for (let index = first; index <= last; index++) value = (value << 8n) | BigInt(data[index] ?? 0);
  const unsigned = BigInt.asUintN(bits, value >> BigInt(last * 8 + 7 - (offset + bits - 1)));
  return isSigned ? BigInt.asIntN(bits, unsigned) : unsigned;
}

function writeField(data: Buffer, { bits }: FieldType, offset: number, value: bigint): void {
  const unsigned = BigInt.asUintN(bits, value);
  for (let bit = 0; bit < bits; bit++) {
    const place = offset + bit;
    const mask = 1 << (7 - (place % 8));
    const isSet = (unsigned >> BigInt(bits - 1 - bit)) & 1n;
    const byte = data[Math.floor(place / 8)] ?? 0;
    data[Math.floor(place / 8)] = isSet ? byte | mask : byte & ~mask;
  }
}

/** The number as the field holds it; `undefined` if it does not fit and must not be written. */
function fitted(value: bigint, { isSigned, bits }: FieldType, overflow: Overflow): bigint | undefined {
  const max = isSigned ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
  const min = isSigned ? -max - 1n : 0n;
  if (value >= min && value <= max) return value;
  if (overflow === 'FAIL') return undefined;
  if (overflow === 'SAT') return value > max ? max : min;
  return isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Whether the largest number of the field, less this one, is more than 64 bits hold. */
const isFarBelow = (amount: bigint, { bits }: FieldType): boolean =>
  bits < 64 && 2n ** BigInt(bits - 1) - 1n - amount >= 2n ** 63n;

function apply(data: Buffer, { name, type, offset, amount, overflow }: Operation): Answer {
  const old = readField(data, type, offset);
  if (name === 'GET') return narrow(old);
  // A negative number for an unsigned field is a large one, as in C; so is one for which the distance overflows.
  const given = name === 'SET' && (!type.isSigned || isFarBelow(amount, type)) ? BigInt.asUintN(64, amount) : amount;
  const value = fitted(name === 'SET' ? given : old + amount, type, overflow);
  if (value === undefined) return null;
  writeField(data, type, offset, value);
  return narrow(name === 'SET' ? old : value);
}

function bitField(isReadOnly: boolean): Run {
  return ({ db }, [key = '', ...words]) => {
    const operations = readOperations(words);
    const writes = operations.filter(({ name }) => name !== 'GET');
    if (writes.length > 0 && isReadOnly) throw new ReplyError('ERR BITFIELD_RO only supports the GET subcommand');
    const value = db.readString(key) ?? '';
    if (writes.length === 0) return operations.map((operation) => apply(fromBytes(value), operation));
    const data = bufferFor(value, Math.max(...writes.map(({ offset, type }) => offset + type.bits - 1)));
    const answers = operations.map((operation) => apply(data, operation));
    db.put(key, toBytes(data), { keepTtl: true });
    return answers;
  };
}

export const bitfieldCommands: CommandTable = {
  BITFIELD: { arity: -2, isWrite: true, run: bitField(false) },
  BITFIELD_RO: { arity: -2, run: bitField(true) },
};
