/** A page of JSON has no more values than this; a few bytes can hold any number of them, by references that are shared. */
const mostValues = 200_000;
const mostCharacters = 4_000_000;
const deepestJson = 400;

/** What Node.js prints is read by people. */
const mostPrinted = 20_000;
const deepestPrinted = 20;
export const longestPrintedList = 1000;

/** Whether JSON brings the very same value back, and has it been found out with a bounded look at it. */
export function isJson(value: unknown): boolean {
  return new JsonWalk().accepts(value, 0);
}

class JsonWalk {
  private values = mostValues;
  private characters = mostCharacters;

  accepts(value: unknown, depth: number): boolean {
    if (--this.values < 0 || depth > deepestJson) return false;
    switch (typeof value) {
      case 'string':
        return value.isWellFormed() && this.hasRoomFor(value);
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
    if (array.length > this.values) return false;
    // By index: `every` skips holes, which JSON has no word for.
    for (let index = 0; index < array.length; index++) if (!this.accepts(array[index], depth + 1)) return false;
    return true;
  }

  private acceptsObject(object: object, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) return false;
    return Object.entries(object).every(([name, value]) => this.hasRoomFor(name) && this.accepts(value, depth + 1));
  }

  private hasRoomFor(text: string): boolean {
    return (this.characters -= text.length) >= 0;
  }
}

/** How many levels of a value can be printed; `-1` where even the first is too much. */
export function printableDepth(value: unknown): number {
  let level: readonly unknown[] = [value];
  let printed = 0;
  for (let depth = -1; depth < deepestPrinted; depth++) {
    const next: unknown[] = [];
    for (const holder of level) {
      for (const child of childrenOf(holder)) {
        if (++printed > mostPrinted) return depth;
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    if (next.length === 0) return deepestPrinted;
    level = next;
  }
  return deepestPrinted;
}

/** As far as they are printed: of objects all, of lists the first. */
function* childrenOf(value: unknown): Generator {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const [key, entry] of firstOf(value)) yield* [key, entry];
  } else if (value instanceof Set || Array.isArray(value)) {
    yield* firstOf(value as Iterable<unknown>);
  } else {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name is one of its own
    for (const name in value) yield (value as Record<string, unknown>)[name];
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
