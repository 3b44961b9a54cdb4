import { countArgument, integerArgument, listArgument } from '../arguments/arguments.js';
import { checkOptions } from '../arguments/option-names.js';
import type { Argument } from '../command-model/command.js';

/** Bits of an integer: signed `'i1'` to `'i64'`, unsigned `'u1'` to `'u63'`. @publicApi */
export type BitFieldType = `${'i' | 'u'}${number}`;

/** The position: bits from the start, or `'#3'`, the fourth field of its width. @publicApi */
export type BitFieldOffset = number | `#${number}`;

/** What to do with a number that does not fit: wrap around, saturate, or refuse. @publicApi */
export type BitFieldOverflow = 'WRAP' | 'SAT' | 'FAIL';

/** One operation on an integer inside a bitmap. @publicApi */
export type BitFieldOperation =
  | { readonly get: BitFieldType; readonly offset: BitFieldOffset }
  | {
      readonly set: BitFieldType;
      readonly offset: BitFieldOffset;
      readonly value: number;
      /** `'WRAP'` by default. */
      readonly overflow?: BitFieldOverflow;
    }
  | {
      readonly incrby: BitFieldType;
      readonly offset: BitFieldOffset;
      readonly by: number;
      /** `'WRAP'` by default. */
      readonly overflow?: BitFieldOverflow;
    };

/** The last bit that a string of Redis may have. */
export const maxBit = 2 ** 32 - 1;

/** All options of an operation. */
interface Said {
  readonly get?: BitFieldType;
  readonly set?: BitFieldType;
  readonly incrby?: BitFieldType;
  readonly offset?: BitFieldOffset;
  readonly value?: number;
  readonly by?: number;
  readonly overflow?: BitFieldOverflow;
}

/** The options of each kind of operation. */
const kinds = {
  get: { get: true, offset: true },
  set: { set: true, offset: true, value: true, overflow: true },
  incrby: { incrby: true, offset: true, by: true, overflow: true },
} as const;

const example = "{ get: 'u8', offset: 0 }";
const overflows: readonly BitFieldOverflow[] = ['WRAP', 'SAT', 'FAIL'];

/** The words of all operations, and whether they only read. `OVERFLOW` applies to those after it. */
export function bitFieldArguments(operations: readonly BitFieldOperation[]): { args: Argument[]; isReading: boolean } {
  const args: Argument[] = [];
  let current: BitFieldOverflow = 'WRAP';
  let isReading = true;
  for (const operation of listArgument<Said>(operations, 'operations', 'operations')) {
    const words = wordsOf(operation);
    if (words[0] !== 'GET') {
      isReading = false;
      const { overflow = 'WRAP' } = operation;
      if (overflow !== current) args.push('OVERFLOW', overflow);
      current = overflow;
    }
    args.push(...words);
  }
  return { args, isReading };
}

function wordsOf(said: Said): Argument[] {
  const [kind, another] = (['get', 'set', 'incrby'] as const).filter((name) => said?.[name] !== undefined);
  if (kind === undefined || another !== undefined) {
    throw new TypeError(`An operation must have one of get, set and incrby, such as ${example}`);
  }
  checkOptions(said, kinds[kind], `An operation with ${kind}`, example);
  const { overflow, value, by } = said;
  if (overflow !== undefined && !overflows.includes(overflow)) {
    throw new TypeError("overflow must be 'WRAP', 'SAT' or 'FAIL'");
  }
  const words = [kind.toUpperCase(), ...fieldAt(said[kind], said.offset)];
  if (kind === 'get') return words;
  return [...words, kind === 'set' ? integerArgument(value, 'value') : integerArgument(by, 'by')];
}

/** A type and an offset. */
function fieldAt(type: BitFieldType | undefined, offset: BitFieldOffset | undefined): Argument[] {
  const [, sign, width] = /^([iu])([1-9]\d?)$/.exec(String(type)) ?? [];
  const bits = Number(width);
  if (sign === undefined || bits > (sign === 'i' ? 64 : 63)) {
    throw new TypeError("The type of a field must be 'i1' to 'i64' (signed) or 'u1' to 'u63' (unsigned)");
  }
  const first = firstBit(offset, bits);
  if (first + bits - 1 > maxBit) throw new TypeError(`A field must end at bit ${maxBit} at the latest`);
  return [sign + width!, typeof offset === 'string' ? offset : first];
}

function firstBit(offset: BitFieldOffset | undefined, bits: number): number {
  if (typeof offset !== 'string') return countArgument(offset, 'offset');
  if (/^#\d{1,10}$/.test(offset)) return Number(offset.slice(1)) * bits;
  throw new TypeError("offset must be a number of bits, or like '#3', the fourth field of its width");
}
