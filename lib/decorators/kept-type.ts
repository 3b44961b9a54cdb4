import type { Type } from '@nestjs/common';
import { hasToJSON, typeTag } from '../codec/inspector.js';

/**
 * The class of what a method returns, or of each element of the array that it returns; or the classes of properties of
 * that: `{ items: ProductDto }`.
 *
 * @publicApi
 */
export type KeptType = Type | { readonly [property: string]: KeptType };

type Properties = Record<string, unknown>;

/**
 * The first instance of a class in a value that would come back as a plain object: without its methods, and without the
 * `@Exclude()` of its class.
 */
export function lostClass(value: unknown, type?: KeptType, seen: Set<object> = new Set()): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (Array.isArray(value)) return firstLost(value, () => type, seen);
  if (value instanceof Map) return firstLost([...value.keys(), ...(value.values() as Iterable<unknown>)], none, seen);
  if (value instanceof Set) return firstLost([...value], none, seen);
  if (typeTag(value) !== 'Object' || hasToJSON(value)) return undefined;
  if (!isPlain(value) && !(typeof type === 'function' && value instanceof type)) return value.constructor.name;
  const typeOf = (key: string) => (typeof type === 'object' ? type[key] : undefined);
  const keys = Object.keys(value);
  return firstLost(
    keys.map((key) => (value as Properties)[key]),
    (index) => typeOf(keys[index]!),
    seen,
  );
}

/** A value from the cache with the classes that it had. */
export function revive(value: unknown, type: KeptType): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => revive(element, type));
  if (typeof type === 'function') {
    return value instanceof type ? value : Object.assign(Object.create(type.prototype as object) as object, value);
  }
  const revived: Properties = { ...value };
  for (const [property, kept] of Object.entries(type)) revived[property] = revive(revived[property], kept);
  return revived;
}

const none = (): undefined => undefined;

function firstLost(
  values: readonly unknown[],
  typeOf: (index: number) => KeptType | undefined,
  seen: Set<object>,
): string | undefined {
  for (let index = 0; index < values.length; index++) {
    const lost = lostClass(values[index], typeOf(index), seen);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Of this realm or of another, such as that of a test runner. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
