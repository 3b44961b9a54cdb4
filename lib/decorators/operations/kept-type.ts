import type { Type } from '@nestjs/common';
import { describe } from '../../arguments/arguments.js';
import { MAX_DEPTH } from '../../codec/values/inspector.js';
import { baseOf, isPlain } from '../../nest/class-of.js';

/**
 * The type of a method's result: its class, or the class of each element of an array; the classes of its properties; or
 * both.
 *
 * @publicApi
 * @example
 * const one: KeptType = Product; // a Product, or an array of them
 * const page: KeptType = { items: Product }; // a plain object { items: Product[], … }
 * const order: KeptType = [Order, { customer: User }]; // an Order, with a property that has a class of its own
 */
export type KeptType = Type | KeptProperties | readonly [Type, KeptProperties];

/** The classes of an object's properties, for {@link KeptType}. @publicApi */
export interface KeptProperties {
  readonly [property: string]: KeptType;
}

type Properties = Record<string, unknown>;

/** @throws TypeError for what is no class, no object of classes, and no pair of both */
export function checkType(type: unknown, what: string, seen = new Set<unknown>()): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (typeof type === 'function' && typeof type.prototype === 'object') return;
  const [host, properties, ...rest] = Array.isArray(type) ? (type as unknown[]) : [undefined, type];
  const isPair = typeof host === 'function' && rest.length === 0;
  if (
    (Array.isArray(type) && !isPair) ||
    typeof properties !== 'object' ||
    properties === null ||
    Array.isArray(properties)
  ) {
    const hint = type === undefined ? ': its file may import this one' : '';
    throw new TypeError(
      `${what} must be a class, { property: class } or [class, { property: class }], not ${describe(type)}${hint}`,
    );
  }
  for (const [name, kept] of Object.entries(properties)) checkType(kept, `${what}.${name}`, seen);
}

/** Stands for a value that cannot be turned into its type. */
export const notOfType = Symbol('not of its type');

/**
 * A value with the classes that its type names. A value that has them already is returned as it is, any other as a
 * copy. Never by assignment, which would run setters, and let a property `__proto__` choose another class.
 */
export function revive(value: unknown, type: KeptType, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return notOfType;
  if (Array.isArray(value)) return reviveElements(value, type, depth);
  const { host, properties } = partsOf(type);
  const revived = host ? asInstance(value, host) : isPlain(value) ? value : notOfType;
  return revived === notOfType || !properties ? revived : reviveProperties(revived, properties, depth);
}

/** Whether an object is of exactly this class, and its `constructor` agrees. */
export function isExactly(object: object, host: Type): boolean {
  const prototype: object = host.prototype;
  return Object.getPrototypeOf(object) === prototype && object.constructor === prototype.constructor;
}

export function partsOf(type: KeptType | undefined): { readonly host?: Type; readonly properties?: KeptProperties } {
  if (type === undefined) return {};
  if (typeof type === 'function') return { host: type };
  if (!isPair(type)) return { properties: type };
  const [host, properties] = type;
  return { host, properties };
}

function isPair(type: KeptProperties | readonly [Type, KeptProperties]): type is readonly [Type, KeptProperties] {
  return Array.isArray(type);
}

function reviveElements(array: readonly unknown[], type: KeptType, depth: number): unknown {
  const revived = array.map((element) => revive(element, type, depth + 1));
  if (revived.includes(notOfType)) return notOfType;
  return revived.every((element, index) => Object.is(element, array[index])) ? array : revived;
}

function asInstance(object: object, host: Type): object | typeof notOfType {
  // Of the method itself, or of another caller whose run was awaited.
  if (isExactly(object, host)) return object;
  const prototype: object = host.prototype;
  const base = baseOf(prototype);
  if (base === null || Object.getPrototypeOf(base) === null)
    return isPlain(object) ? copyAs(prototype, object) : notOfType;
  return Object.getPrototypeOf(object) === base ? Object.setPrototypeOf(object, prototype) : notOfType;
}

function reviveProperties(object: object, properties: KeptProperties, depth: number): unknown {
  let copy: object | undefined;
  for (const [name, kept] of Object.entries(properties)) {
    if (!Object.hasOwn(object, name)) continue;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name is its own
    const value = (object as Properties)[name];
    const revived = revive(value, kept, depth + 1);
    if (revived === notOfType) return notOfType;
    if (Object.is(revived, value)) continue;
    copy ??= copyAs(Reflect.getPrototypeOf(object), object);
    define(copy, name, revived);
  }
  return copy ?? object;
}

function copyAs(prototype: object | null, object: object): object {
  const copy: object = Object.create(prototype);
  for (const [name, value] of Object.entries(object)) {
    // With either property it would pass for something else.
    if (name !== '__proto__' && name !== 'constructor') define(copy, name, value);
  }
  return copy;
}

function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}
