type Properties = Record<string, unknown>;
type MakeCopy = () => unknown;

/** How to copy one value, which must not change afterwards. */
export interface PlainCopies {
  /** Returns another copy each time. */
  readonly make: MakeCopy;
  /** The approximate size of the value and its copier. */
  readonly bytes: number;
}

/** Collected on the way through a value. */
interface Survey {
  readonly objects: Set<object>;
  bytes: number;
}

/** Deeper nesting is not plain data. */
const deepest = 100;

const objectBytes = 280;
const propertyBytes = 16;

/**
 * How to copy plain data: primitives, arrays, dates and objects without a class. `undefined` for any other value, and
 * for a value that contains an object twice.
 */
export function plainCopies(value: unknown): PlainCopies | undefined {
  const survey: Survey = { objects: new Set(), bytes: 0 };
  const make = copiesOf(value, survey, 0);
  return make && { make, bytes: survey.bytes };
}

function copiesOf(value: unknown, survey: Survey, depth: number): MakeCopy | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  survey.bytes += typeof value === 'string' ? value.length + propertyBytes : propertyBytes;
  return isObject(value) ? copiesOfObject(value, survey, depth) : () => value;
}

function copiesOfObject(object: object, survey: Survey, depth: number): MakeCopy | undefined {
  if (survey.objects.has(object) || depth > deepest) return undefined;
  survey.objects.add(object);
  survey.bytes += objectBytes;
  const prototype: unknown = Object.getPrototypeOf(object);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- so its prototype says
  if (prototype === Date.prototype) return copiesOfDate(object as Date);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return undefined;
  const nested = nestedCopies(object, survey, depth);
  return nested && (nested.length === 0 ? shallowCopies(object) : deepCopies(object, nested));
}

function copiesOfDate(date: Date): MakeCopy | undefined {
  const time = date.getTime();
  return Reflect.ownKeys(date).length === 0 ? () => new Date(time) : undefined;
}

/** How to copy the properties or elements that a shallow copy would share; `undefined` if they are not plain. */
function nestedCopies(object: object, survey: Survey, depth: number): [name: string, make: MakeCopy][] | undefined {
  const nested: [string, MakeCopy][] = [];
  const names = Reflect.ownKeys(object);
  // Copying an array with holes can take as long as its length: up to four billion steps.
  if (Array.isArray(object) && names.length !== object.length + 1) return undefined;
  for (const name of names) {
    if (name === 'length' && Array.isArray(object)) continue;
    const property = Object.getOwnPropertyDescriptor(object, name)!;
    if (typeof name === 'symbol' || !property.enumerable || !('value' in property)) return undefined;
    const make = copiesOf(property.value, survey, depth + 1);
    if (!make) return undefined;
    if (!isObject(property.value)) continue;
    // An assignment to it would change the prototype.
    if (name === '__proto__') return undefined;
    nested.push([name, make]);
  }
  return nested;
}

function shallowCopies(source: object): MakeCopy {
  return Array.isArray(source) ? () => source.slice() : () => ({ ...source });
}

function deepCopies(source: object, nested: readonly [name: string, make: MakeCopy][]): MakeCopy {
  return () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both have the names of the source
    const copy = (Array.isArray(source) ? source.slice() : { ...source }) as Properties;
    for (const [name, make] of nested) copy[name] = make();
    return copy;
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
