import { isTag } from './notation.js';

/**
 * How much of a value is looked at and printed. A few bytes can hold any number of values, by references that are shared:
 * what they come to is counted, not what is stored.
 */
export interface Budget {
  readonly values: number;
  /** What JSON and what Node.js prints may come to, indentation included. */
  readonly characters: number;
}

export const deepestJson = 400;

/** What Node.js prints is read by people. */
const mostPrinted = 40_000;
const deepestPrinted = 20;
export const longestPrintedList = 1000;
/** Digits of a `bigint` are found one after another. */
const longestBigintBits = 65_536;
/** Of bytes, Node.js prints the first fifty. */
const printedBytes = 50;

/** Whether JSON brings the very same value back, and, where it does, has it lines that a page has room for. */
export function jsonOf(value: unknown, budget: Budget): 'none' | 'flat' | 'indented' {
  const walk = new JsonWalk(budget);
  if (!walk.accepts(value, 0)) return 'none';
  return walk.hasRoomForLines ? 'indented' : 'flat';
}

/** What of a budget is left. */
export class Meter {
  valuesLeft: number;
  private characters: number;
  private indentation = 0;

  constructor(private readonly budget: Budget) {
    this.valuesLeft = budget.values;
    this.characters = budget.characters;
  }

  /** Deep values have more of it than of anything else. */
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
    // By index: `every` skips holes, which JSON has no word for.
    for (let index = 0; index < array.length; index++) if (!this.accepts(array[index], depth + 1)) return false;
    return true;
  }

  private acceptsObject(object: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) return false;
    const entries = Object.entries(object);
    // An object that would say a type.
    if (isTag(entries.map(([name]) => name))) return false;
    return entries.every(([name, value]) => this.hasRoomFor(name.length) && this.accepts(value, depth + 1));
  }
}

/** How many levels of a value can be printed; `-1` where even the first is too much, `-2` where the value itself is. */
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

/** About how many letters it takes by itself. */
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

/** As far as they are printed: of objects all, of lists the first; the names of properties too. */
function* childrenOf(value: unknown): Generator {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const [key, entry] of firstOf(value)) yield* [key, entry];
  } else if (value instanceof Set || Array.isArray(value)) {
    yield* firstOf(value as Iterable<unknown>);
  } else {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name is one of its own
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
