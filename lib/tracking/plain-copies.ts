type Properties = Record<string, unknown>;

/** Gives a copy of a value, another one each time. */
export type MakeCopy = () => unknown;

/** What is nested deeper is read from its bytes. */
const deepest = 100;

/**
 * How to copy a value of plain data: primitives, arrays, dates and objects without a class. `undefined` for any other
 * value, and for one that contains an object twice. The value itself must not change any more.
 */
export function plainCopies(value: unknown): MakeCopy | undefined {
  return copiesOf(value, new Set());
}

/** @param around the objects met so far, those that the value is in among them */
function copiesOf(value: unknown, met: Set<object>, depth = 0): MakeCopy | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return () => value;
  if (met.has(value) || depth > deepest) return undefined;
  met.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return copiesOfDate(value as Date);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return undefined;
  const nested = nestedCopies(value, met, depth);
  if (!nested) return undefined;
  return Array.isArray(value)
    ? () => fill(value.slice() as unknown as Properties, nested)
    : () => fill({ ...value }, nested);
}

function copiesOfDate(date: Date): MakeCopy | undefined {
  const time = date.getTime();
  return Reflect.ownKeys(date).length === 0 ? () => new Date(time) : undefined;
}

/** How to copy the properties or elements that a shallow copy would share; `undefined` where they are not plain. */
function nestedCopies(object: object, met: Set<object>, depth: number): [name: string, copy: MakeCopy][] | undefined {
  const nested: [string, MakeCopy][] = [];
  for (const name of Reflect.ownKeys(object)) {
    if (Array.isArray(object) && name === 'length') continue;
    const property = Object.getOwnPropertyDescriptor(object, name)!;
    if (typeof name === 'symbol' || !property.enumerable || !('value' in property)) return undefined;
    const value: unknown = property.value;
    const copy = copiesOf(value, met, depth + 1);
    if (!copy || (name === '__proto__' && isObject(value))) return undefined;
    if (isObject(value)) nested.push([name, copy]);
  }
  return nested;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function fill(copy: Properties, nested: readonly [name: string, copy: MakeCopy][]): Properties {
  for (const [name, copyOf] of nested) copy[name] = copyOf();
  return copy;
}
