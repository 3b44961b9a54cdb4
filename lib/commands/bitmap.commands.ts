import { countArgument, integerArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, Known, read, write } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';
import { type BitFieldOperation, bitFieldArguments, maxBit } from './bit-fields.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';

/** The value of a bit. @publicApi */
export type Bit = 0 | 1;

/** A part of a bitmap: from `start` to `end`, both included, negative from the end. @publicApi */
export interface BitRange {
  /** Where it starts (0). */
  readonly start?: number;
  /** Where it ends (`-1`, the end of the bitmap). */
  readonly end?: number;
  /** What `start` and `end` count (`'BYTE'`). */
  readonly unit?: 'BYTE' | 'BIT';
}

/** The part of a bitmap that `bitcount` and `bitpos` examine. @publicApi */
export interface BitRangeOptions extends VersionOption, BitRange {}

/** How `bitop` combines bitmaps. @publicApi */
export type BitOperation = 'AND' | 'OR' | 'XOR' | 'NOT' | 'DIFF' | 'DIFF1' | 'ANDOR' | 'ONE';

const bitRangeNames: NamesOf<BitRangeOptions> = { ...versionNames, start: true, end: true, unit: true };

/** The fewest bitmaps for an operation. */
const leastSources: Readonly<Record<BitOperation, number>> = {
  ...{ AND: 1, OR: 1, XOR: 1, NOT: 1, ONE: 1 },
  ...{ DIFF: 2, DIFF1: 2, ANDOR: 2 },
};

const newerOperations: readonly BitOperation[] = ['DIFF', 'DIFF1', 'ANDOR', 'ONE'];

/**
 * Bitmaps: bits by their offset, 0 or 1; those beyond the end are 0. A bitmap is plain bytes without tags, so it needs
 * its own key: bits of a value written by `set` are bits of its encoding.
 *
 * @publicApi
 */
export abstract class BitmapCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Sets a bit (an offset up to 4,294,967,295; the bitmap grows to it, one byte per 8 bits); returns the old bit.
   * Redis: `SETBIT`.
   *
   * @throws WrongTypeError if the key holds a hash, list, set, …
   * @example
   * await cache.setbit('active:2026-11-29', userNumber, 1);
   */
  setbit(key: string, offset: number, bit: Bit, options?: VersionOption): Reply<S, Bit> {
    return this.send<Bit>(() =>
      write('SETBIT', [this.keyOf(key, options), offsetArgument(offset), bitArgument(bit)], replies.bit),
    );
  }

  /**
   * A bit. Redis: `GETBIT`.
   *
   * @example
   * const seen = (await cache.getbit('seen:today', userNumber)) === 1;
   */
  getbit(key: string, offset: number, options?: VersionOption): Reply<S, Bit> {
    return this.send<Bit>(() => read('GETBIT', [this.keyOf(key, options), offsetArgument(offset)], replies.bit));
  }

  /**
   * How many bits are 1, in the whole bitmap or a part of it. Redis: `BITCOUNT`.
   *
   * @example
   * const active = await cache.bitcount('active:2026-11-29');
   */
  bitcount(key: string, options?: BitRangeOptions): Reply<S, number> {
    return this.send<number>(() => {
      const owner = this.keyOf(key, options, bitRangeNames);
      const { start, end, unit } = rangeOf(options);
      if (start === undefined && end === undefined) return read('BITCOUNT', [owner], replies.integer);
      return read('BITCOUNT', [owner, start ?? 0, end ?? -1, ...unit], replies.integer);
    });
  }

  /**
   * The offset of the first bit that is 0 or 1, `undefined` if there is none. Zeros follow the end of a bitmap, unless
   * there is an `end` or a `unit`. Redis: `BITPOS`.
   *
   * @example
   * const free = await cache.bitpos('seats', 0); // the first free seat
   */
  bitpos(key: string, bit: Bit, options?: BitRangeOptions): Reply<S, number | undefined> {
    return this.send<number | undefined>(() => {
      const args: Argument[] = [this.keyOf(key, options, bitRangeNames), bitArgument(bit)];
      const { start, end, unit } = rangeOf(options);
      if (end !== undefined || unit.length > 0) args.push(start ?? 0, end ?? -1, ...unit);
      else if (start !== undefined) args.push(start);
      return read('BITPOS', args, replies.position);
    });
  }

  /**
   * Combines bitmaps and stores the result, overwriting the destination; returns its length in bytes, that of the
   * longest source. `'NOT'` takes one source. From Redis 8.2 on: bits of the first and no other source (`'DIFF'`), of
   * others but not of the first (`'DIFF1'`), of the first and any other (`'ANDOR'`), and of exactly one (`'ONE'`).
   * Redis: `BITOP`.
   *
   * @throws NotSupportedError for the last four, on an older server or Valkey; nothing is sent
   * @throws CrossSlotError on a cluster, if they are in several slots
   * @example
   * await cache.bitop('AND', '{active}:both', ['{active}:monday', '{active}:tuesday']);
   */
  bitop(
    operation: BitOperation,
    destination: string,
    keys: readonly string[],
    options?: TwoKeyOptions,
  ): Reply<S, number> {
    return this.send<number>(() => {
      const [target, sources] = this.targetAndSources(destination, keys, options);
      const least = Object.hasOwn(leastSources, operation) ? leastSources[operation] : undefined;
      if (least === undefined) {
        throw new TypeError(`operation must be one of ${Object.keys(leastSources).join(', ')}`);
      }
      if (operation === 'NOT' && sources.length > 1) throw new TypeError('bitop NOT takes one key');
      if (sources.length === 0) return new Known(0);
      if (sources.length < least) throw new TypeError(`bitop ${operation} takes at least ${least} keys`);
      const command = write('BITOP', [operation, target, ...sources], replies.integer);
      return newerOperations.includes(operation) ? { ...command, since: { redis: '8.2' } } : command;
    });
  }

  /**
   * Reads and changes integers inside a bitmap, one after the other, atomically; returns one result per operation: the
   * integer (`get`), the old integer (`set`), the new integer (`incrby`), or `undefined` if `overflow: 'FAIL'`
   * prevented it. Redis: `BITFIELD`, or `BITFIELD_RO` if nothing is changed.
   *
   * @throws RangeError if a result is not a safe integer; the writes have been made
   * @example
   * const [level, coins] = await cache.bitfield('player:7', [
   *   { get: 'u8', offset: 0 },
   *   { incrby: 'u32', offset: 8, by: 50, overflow: 'SAT' },
   * ]);
   */
  bitfield(
    key: string,
    operations: readonly BitFieldOperation[],
    options?: VersionOption,
  ): Reply<S, (number | undefined)[]> {
    return this.send<(number | undefined)[]>(() => {
      const owner = this.keyOf(key, options);
      const { args, isReading } = bitFieldArguments(operations);
      if (operations.length === 0) return new Known<(number | undefined)[]>([]);
      const reply = replies.optionalIntegers(operations.length);
      return isReading ? read('BITFIELD_RO', [owner, ...args], reply) : write('BITFIELD', [owner, ...args], reply);
    });
  }
}

function bitArgument(bit: Bit): Bit {
  if (bit !== 0 && bit !== 1) throw new TypeError('A bit must be 0 or 1');
  return bit;
}

function offsetArgument(offset: number): number {
  if (countArgument(offset, 'offset') > maxBit) throw new TypeError(`offset must be at most ${maxBit}, not ${offset}`);
  return offset;
}

interface CheckedRange extends Pick<BitRange, 'start' | 'end'> {
  readonly unit: readonly string[];
}

function rangeOf({ start, end, unit }: BitRange = {}): CheckedRange {
  if (start !== undefined) integerArgument(start, 'start');
  if (end !== undefined) integerArgument(end, 'end');
  if (unit !== undefined && unit !== 'BYTE' && unit !== 'BIT') throw new TypeError("unit must be 'BYTE' or 'BIT'");
  return { start, end, unit: unit === undefined ? [] : [unit] };
}
