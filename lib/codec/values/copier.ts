import { hasToJSON, typeTag } from './inspector.js';

type Properties = Record<string, unknown>;

/**
 * Copies a value deeply; shared references stay shared and cycles are kept. `toJSON()` is applied. Dates, Buffers,
 * typed arrays and other objects without nested values are reused.
 */
export abstract class Copier {
  private readonly copies = new Map<object, unknown>();

  copy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return this.copyLeaf(value);
    return this.copies.has(value) ? this.copies.get(value) : this.copyObject(value);
  }

  protected abstract copyLeaf(leaf: unknown): unknown;

  protected copyObject(object: object): unknown {
    if (Array.isArray(object)) return this.copyElements(object);
    if (hasToJSON(object)) {
      const json = object.toJSON();
      if (json !== object) return this.copy(json);
    }
    if (object instanceof Map) return this.copyEntries(object);
    if (object instanceof Set) return this.copyMembers(object);
    if (object instanceof Error) return this.copyError(object);
    return typeTag(object) === 'Object' ? this.copyProperties(object) : this.copyOther(object);
  }

  protected copyElements(array: readonly unknown[]): unknown[] {
    const copy = this.register(array, [] as unknown[]);
    for (const element of array) copy.push(this.copy(element));
    return copy;
  }

  protected copyEntries(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const copy = this.register(map, new Map<unknown, unknown>());
    const entries = Array.from(map, ([key, value]) => [this.copy(key), this.copy(value)] as const);
    for (const [key, value] of this.order(entries)) copy.set(key, value);
    return copy;
  }

  protected copyMembers(set: ReadonlySet<unknown>): Set<unknown> {
    const copy = this.register(set, new Set<unknown>());
    const members = Array.from(set, (member) => this.copy(member));
    for (const member of this.order(members)) copy.add(member);
    return copy;
  }

  /** The order of the entries of Maps and Sets. */
  protected order<T>(items: readonly T[]): readonly T[] {
    return items;
  }

  /** Keeps the prototype, in case a serializer knows the class. */
  protected copyProperties(object: object): object {
    const bare: Properties = Object.create(Object.getPrototypeOf(object));
    const copy = this.register(object, bare);
    for (const key of this.orderKeys(Object.keys(object))) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copied name is text, and the object has a property of that name
      setProperty(copy, this.copy(key) as string, this.copy((object as Properties)[key]));
    }
    return copy;
  }

  protected orderKeys(keys: readonly string[]): readonly string[] {
    return keys;
  }

  /** Objects that are neither lists nor plain properties. */
  protected copyOther(object: object): unknown {
    return object;
  }

  protected copyError(error: Error): Error {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the copy of text is text
    const copy = this.register(error, new Error(this.copy(error.message) as string));
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the copy of text is text
    const name = this.copy(error.name) as string;
    if (copy.name !== name) copy.name = name;
    if (error.cause !== undefined) {
      Object.defineProperty(copy, 'cause', { value: this.copy(error.cause), configurable: true, writable: true });
    }
    return copy;
  }

  protected register<T>(original: object, copy: T): T {
    this.copies.set(original, copy);
    return copy;
  }
}

/** Assigning to an inherited name may run a setter: the one of `__proto__` changes the prototype. */
function setProperty(object: Properties, key: string, value: unknown): void {
  if (key in object)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
