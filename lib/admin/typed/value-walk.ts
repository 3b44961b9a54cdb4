import { isTag } from './notation.js';

/**
 * Limits how much of a value is visited and printed. Shared references let few bytes hold any number of values, so the
 * budget counts every visit.
 */
export interface Budget {
  readonly values: number;
  /** Characters of the output of JSON or Node.js, including indentation. */
  readonly characters: number;
}

export const deepestJson = 400;

/** Limits the output of Node.js for readers. */
const mostPrinted = 40_000;
const deepestPrinted = 20;
export const longestPrintedList = 1000;
/** Limits digits of a `bigint`, because their conversion takes quadratic time. */
const longestBigintBits = 65_536;
/** Node.js prints the first fifty bytes of a buffer. */
const printedBytes = 50;

/** Whether JSON restores the same value, and if so, whether indented output fits into a page. */
export function jsonOf(value: unknown, budget: Budget): 'none' | 'flat' | 'indented' {
  const walk = new JsonWalk(budget);
  if (!walk.accepts(value, 0)) return 'none';
  return walk.hasRoomForLines ? 'indented' : 'flat';
}

/** Tracks the rest of a budget. */
export class Meter {
  valuesLeft: number;
  private characters: number;
  private indentation = 0;

  constructor(private readonly budget: Budget) {
    this.valuesLeft = budget.values;
    this.characters = budget.characters;
  }

  /** Indentation dominates the output of deep values. */
  get hasRoomForLines(): boolean {
    return this.indentation <= this.budget.characters / 4;
  }

  hasRoomForValue(depth: number): boolean {
    this.indentation += 2 * depth + 1;
    return --this.valuesLeft >= 0;
  }

  hasRoomFor(letters: number): boolean {
    return (this.characters -= letters) >= 0;
  }
}

class JsonWalk extends Meter {
  accepts(value: unknown, depth: number): boolean {
    if (depth > deepestJson || !this.hasRoomForValue(depth)) return false;
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() && this.hasRoomFor(value.length);
      case 'boolean':
        return true;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0);
      case 'object':
        if (value === null) return true;
        return Array.isArray(value) ? this.acceptsArray(value, depth) : this.acceptsObject(value, depth);
      default:
        return false;
    }
  }

  private acceptsArray(array: readonly unknown[], depth: number): boolean {
    if (array.length > this.valuesLeft) return false;
    // By index: `every` skips holes, which JSON cannot express.
    for (let index = 0; index < array.length; index++) if (!this.accepts(array[index], depth + 1)) return false;
    return true;
  }

  private acceptsObject(object: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) return false;
    const entries = Object.entries(object);
    // This object would look like the notation of a type.
    if (isTag(entries.map(([name]) => name))) return false;
    return entries.every(([name, value]) => this.hasRoomFor(name.length) && this.accepts(value, depth + 1));
  }
}

/** The number of levels that can be printed; `-1` if the first level is too much, `-2` if the value itself is. */
export function printableDepth(value: unknown, { characters }: Budget): number {
  let level: readonly unknown[] = [value];
  let printed = 0;
  let left = characters - lengthOf(value);
  if (left < 0) return -2;
  for (let depth = -1; depth < deepestPrinted; depth++) {
    const next: unknown[] = [];
    for (const holder of level) {
      for (const child of childrenOf(holder)) {
        left -= lengthOf(child) + 2 * (depth + 1);
        if (++printed > mostPrinted || left < 0) return depth;
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    if (next.length === 0) return deepestPrinted;
    level = next;
  }
  return deepestPrinted;
}

/** Approximate length of the value alone. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return 20;
    return BigInt.asIntN(longestBigintBits, value) === value ? longestBigintBits / 3 : Infinity;
  }
  if (value instanceof Error) return String(value.stack).length + value.message.length;
  if (value instanceof RegExp) return value.source.length;
  if (Buffer.isBuffer(value)) return 3 * printedBytes;
  if (ArrayBuffer.isView(value)) return 8 * longestPrintedList;
  return 16;
}

/** The printed children: every property of an object with its name, and the first elements of a list. */
function* childrenOf(value: unknown): Generator {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const [key, entry] of firstOf(value)) yield* [key, entry];
  } else if (value instanceof Set || Array.isArray(value)) {
    yield* firstOf(value as Iterable<unknown>);
  } else {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name is an own property
    for (const name in value) yield* [name, (value as Record<string, unknown>)[name]];
    if (value instanceof Error) yield value.cause;
  }
}

function* firstOf<T>(items: Iterable<T>): Generator<T> {
  let left = longestPrintedList;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
