import { ConnectionError } from '../errors/index.js';

/*
 * The parts of replies, of the types that commands are documented to return. A part of any other type is an error: what
 * has answered is not a Redis server, or not one that has understood the command.
 */

export const misfit = (): ConnectionError => new ConnectionError('the reply does not fit the command');

/** Texts are the only byte arrays in a reply, and `Buffer.isBuffer` takes three times as long. */
const isBytes = (part: unknown): part is Buffer => part instanceof Uint8Array;

export function bytesIn(part: unknown): Buffer {
  if (isBytes(part)) return part;
  throw misfit();
}

export function bytesOrNil(part: unknown): Buffer | null {
  if (part === null || isBytes(part)) return part;
  throw misfit();
}

export const textIn = (part: unknown): string => bytesIn(part).toString();

/** `undefined` for nil. */
export const textOrNone = (part: unknown): string | undefined => bytesOrNil(part)?.toString();

export function listIn(part: unknown): readonly unknown[] {
  if (Array.isArray(part)) return part;
  throw misfit();
}

/** Empty for nil, with which servers answer about missing keys. */
export const listOrNone = (part: unknown): readonly unknown[] => (part === null ? [] : listIn(part));

/** A list with a part for each of so many items. */
export function listOf(count: number, part: unknown): readonly unknown[] {
  const list = listIn(part);
  if (list.length === count) return list;
  throw misfit();
}

/** Every second item of a flat list of pairs: their names from 0 on, their values from 1 on. */
export function everySecond(part: unknown, offset: 0 | 1): unknown[] {
  const list = listIn(part);
  if (list.length % 2 > 0) throw misfit();
  return list.filter((_, index) => index % 2 === offset);
}

const digits = /^-?\d+$/;

/** Scripts and lists of details write integers as text. */
export function integerIn(part: unknown): number {
  const value = typeof part === 'number' ? part : integerWritten(textIn(part));
  if (!Number.isSafeInteger(value)) throw new RangeError('the number is beyond the safe integer range');
  return value;
}

function integerWritten(text: string): number {
  if (digits.test(text)) return Number(text);
  throw misfit();
}

const infinite = /^[+-]?inf$/;

/** Redis writes infinite scores as `inf` and `-inf`. */
export function numberIn(part: unknown): number {
  if (typeof part === 'number') return part;
  const text = textIn(part);
  if (infinite.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = text === '' ? NaN : Number(text);
  if (Number.isNaN(value)) throw misfit();
  return value;
}
