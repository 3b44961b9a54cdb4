import { deserialize, serialize } from 'node:v8';
import { isArrayBuffer, isDataView, isDate, isMap, isNativeError, isRegExp, isSet } from 'node:util/types';
import { Copier } from './copier.js';
import { typeTag } from './inspector.js';

type View = ArrayBufferView & { readonly constructor: unknown };
type ViewConstructor = new (buffer: ArrayBufferLike) => View;

/** The parent of all typed arrays. In a vm context (Jest's, for one) `Uint8Array` may belong to another realm. */
const TypedArray: abstract new () => View = Object.getPrototypeOf(Uint8Array);

const VIEWS: readonly ViewConstructor[] = [
  Buffer,
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];
const KNOWN_VIEWS = new Set<unknown>(VIEWS);
/** Views of bytes as numbers, by the name of their class: typed arrays and `DataView`. */
export const VIEW_TYPES: ReadonlyMap<string, ViewConstructor> = new Map(
  VIEWS.slice(1).map((type) => [type.name, type]),
);

/** Whether it is a typed array, a `DataView` or a `Buffer` of any realm, and not of a derived class. */
export function isOriginalView(view: ArrayBufferView): boolean {
  if (KNOWN_VIEWS.has(view.constructor)) return true;
  const mark = isDataView(view) ? Symbol.toStringTag : 'BYTES_PER_ELEMENT';
  return VIEW_TYPES.has(typeTag(view)) && Object.hasOwn(Object.getPrototypeOf(view), mark);
}

/** Whether a serializer recognizes it by `instanceof`. */
export function isOwnView(view: ArrayBufferView): boolean {
  return view instanceof TypedArray || view instanceof DataView;
}

/**
 * Whether it is of a built-in type, of any realm. Each `vm` context has its own built-in types, which `instanceof` does
 * not recognize outside that context.
 */
export function isBuiltIn(object: object): boolean {
  return (
    isMap(object) ||
    isSet(object) ||
    isDate(object) ||
    isNativeError(object) ||
    isRegExp(object) ||
    isArrayBuffer(object)
  );
}

/** A copy of the value in which all built-in types belong to this realm. */
export function naturalize(value: unknown): unknown {
  return new Naturalizer().copy(value);
}

class Naturalizer extends Copier {
  protected copyLeaf(leaf: unknown): unknown {
    return leaf;
  }

  protected override copyObject(object: object): unknown {
    if (isMap(object)) return this.copyEntries(object);
    if (isSet(object)) return this.copyMembers(object);
    if (isNativeError(object)) return this.copyError(object);
    return super.copyObject(object);
  }

  protected override copyError(error: Error): Error {
    const copy = super.copyError(error);
    const { name } = copy;
    if (!isOwnError(copy)) Object.setPrototypeOf(copy, Error.prototype);
    if (copy.name !== name) copy.name = name;
    return copy;
  }

  protected override copyOther(object: object): unknown {
    return this.register(object, ownLeaf(object));
  }
}

function ownLeaf(object: object): unknown {
  if (isDate(object)) return new Date(object.getTime());
  if (isRegExp(object)) return new RegExp(object.source, object.flags);
  if (isArrayBuffer(object)) return copyOf(object, 0, object.byteLength);
  return ArrayBuffer.isView(object) && !isOwnView(object) ? ownView(object) : object;
}

const isOwnError = (error: unknown): boolean => error instanceof Error;

function copyOf(buffer: ArrayBufferLike, start: number, length: number): ArrayBuffer {
  const copy = new ArrayBuffer(length);
  new Uint8Array(copy).set(new Uint8Array(buffer, start, length));
  return copy;
}

function ownView(view: ArrayBufferView): unknown {
  const type = VIEW_TYPES.get(typeTag(view));
  if (type === undefined) return view;
  const own = new type(copyOf(view.buffer, view.byteOffset, view.byteLength));
  // Of the realm of Node.js itself, like `Uint8Array`.
  return isOwnView(own) ? own : deserialize(serialize(own));
}
