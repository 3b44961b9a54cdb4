import type { Type } from '@nestjs/common';
import { hasToJSON, typeTag } from '../codec/inspector.js';

/**
 * What a method returns: the class of it, or of each element of the array that it is; the classes of its properties; or
 * both.
 *
 * @publicApi
 * @example
 * type: Product
 * type: { items: Product }            // a plain object { items: Product[], … }
 * type: [Order, { customer: User }]   // an Order, with a property that has a class of its own
 */
export type KeptType = Type | KeptProperties | readonly [Type, KeptProperties];

/** @publicApi */
export interface KeptProperties {
  readonly [property: string]: KeptType;
}

type Properties = Record<string, unknown>;

/**
 * The first class in a value whose instance would come back as a plain object: without its methods, and without what its
 * `@Exclude()` says.
 */
export function lostClass(value: unknown, type?: KeptType, seen: Set<object> = new Set()): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  if (Array.isArray(value)) return firstOf(value, (element) => lostClass(element, type, seen));
  if (value instanceof Map) return firstOf([...value].flat(), (part) => lostClass(part, undefined, seen));
  if (value instanceof Set) return firstOf([...value], (member) => lostClass(member, undefined, seen));
  if (typeTag(value) !== 'Object' || hasToJSON(value)) return undefined;
  const { host, properties } = partsOf(type);
  if (!isPlain(value) && !(host && value instanceof host)) return value.constructor.name;
  return firstOf(Object.entries(value), ([name, property]) => lostClass(property, properties?.[name], seen));
}

/** A value from the cache with the classes that it had. */
export function revive(value: unknown, type: KeptType): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => revive(element, type));
  const { host, properties = {} } = partsOf(type);
  // Another caller's own, which was waited for.
  if (host && value instanceof host) return value;
  const revived = Object.assign(host ? (Object.create(host.prototype as object) as object) : {}, value) as Properties;
  for (const [name, kept] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) revived[name] = revive(revived[name], kept);
  }
  return revived;
}

function partsOf(type: KeptType | undefined): { readonly host?: Type; readonly properties?: KeptProperties } {
  if (type === undefined) return {};
  if (typeof type === 'function') return { host: type };
  if (!isPair(type)) return { properties: type };
  const [host, properties] = type;
  return { host, properties };
}

function isPair(type: KeptProperties | readonly [Type, KeptProperties]): type is readonly [Type, KeptProperties] {
  return Array.isArray(type);
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of this realm or of another, such as that of a test runner. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
