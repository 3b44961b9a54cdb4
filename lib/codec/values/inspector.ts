import { unawaited } from '../../arguments/arguments.js';
import { printable, quoted } from '../../errors/quoted.js';
import { isDate } from 'node:util/types';
import { SerializerError } from '../../errors/index.js';

/** Deeper values could be written, but would overflow the stack when read. */
export const MAX_DEPTH = 400;

/**
 * The most objects if shared references are repeated: sixty lists, each of which holds the previous one twice, would
 * never end.
 */
export const MOST_OBJECTS = 2_000_000;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LONGEST_PATH = 120;

/**
 * Searches a value for anything that a serializer would silently lose. It runs before every write, hence no allocations
 * on the way: a visitor returns `false` at the first offence, and the path is assembled on the way back.
 */
export abstract class Inspector {
  private offence = '';
  private path = '';

  constructor(private readonly serializer: string) {}

  /** @throws SerializerError that names the type and the place of the offence, never the value. */
  inspect(value: unknown): void {
    if (this.visit(value, 0)) return;
    if (isGroup(value)) for (const each of Object.values(value)) unawaited(each);
    const path = this.path.length > LONGEST_PATH ? `${this.path.slice(0, LONGEST_PATH)}…` : this.path;
    throw new SerializerError(`${this.serializer} cannot store ${printable(this.offence)}${path && ` (at ${path})`}`);
  }

  /** Whether the value can be stored. */
  protected abstract visit(value: unknown, depth: number): boolean;

  /** An array with a hole. */
  protected abstract visitSparse(array: readonly unknown[], depth: number): boolean;

  protected visitKey(_key: string): void {}

  protected visitElements(array: readonly unknown[], depth: number): boolean {
    for (let index = 0; index < array.length; index++) {
      const element = array[index];
      if (element === undefined && !(index in array)) return this.visitSparse(array, depth);
      if (!this.visit(element, depth + 1)) return this.at(`[${index}]`);
    }
    return true;
  }

  /** The properties of a plain object. */
  protected visitProperties(object: object, depth: number): boolean {
    for (const key in object) {
      if (!this.visitProperty(object, key, depth)) return false;
    }
    return true;
  }

  /** The properties of any object: enumerable ones of other prototypes are not stored. */
  protected visitOwnProperties(object: object, depth: number): boolean {
    return Object.keys(object).every((key) => this.visitProperty(object, key, depth));
  }

  private visitProperty(object: object, key: string, depth: number): boolean {
    this.visitKey(key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is an own property of the object
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined || this.visit(value, depth + 1)) return true;
    return this.at(IDENTIFIER.test(key) ? `.${key}` : `[${quoted(key)}]`);
  }

  /**
   * An object of a type that the serializer does not know. The properties are everything in an instance of an ordinary
   * class, but not in a Promise, a URL or a boxed number.
   */
  protected visitInstance(object: object, depth: number): boolean {
    const tag = typeTag(object);
    if (tag === 'Object') return this.visitOwnProperties(object, depth);
    // Somebody has forgotten to await it, or others beside it: they may fail later, when nobody hears of it.
    unawaited(object);
    return this.refuse(Buffer.isBuffer(object) ? 'a Buffer' : describe(tag));
  }

  /** Always `false`, so that a visitor can return it. */
  protected refuse(offence: string): false {
    this.offence = offence;
    return false;
  }

  /** @throws SerializerError without a path, which would not help here. */
  protected refuseObjects(): never {
    throw tooManyObjects(this.serializer);
  }

  /** @throws SerializerError without a path, which would be just as deep. */
  protected refuseDepth(): never {
    throw new SerializerError(
      `${this.serializer} cannot store a value that contains itself or is nested more than ${MAX_DEPTH} levels deep`,
    );
  }

  /** Always `false`: prepends a place to those found so far. */
  protected at(place: string): false {
    this.path = place + this.path;
    return false;
  }
}

/** An object or a list, as opposed to millions of bytes. */
const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

export function tooManyObjects(serializer: string): SerializerError {
  return new SerializerError(
    `${serializer} cannot store more than ${MOST_OBJECTS} objects in one value; an object counts each time it occurs`,
  );
}

/** `Map`, `Promise`, …; `Object` for plain objects and instances of ordinary classes. */
export function typeTag(object: object): string {
  return Object.prototype.toString.call(object).slice('[object '.length, -1);
}

/** Whether it defines how to store itself. Dates and Buffers do too, but are stored as what they are. */
export function hasToJSON(object: object): object is { toJSON(key?: string): unknown } {
  const { toJSON } = object as { toJSON?: unknown };
  if (typeof toJSON !== 'function' || toJSON === Date.prototype.toJSON || toJSON === Buffer.prototype.toJSON)
    return false;
  // A Date of another realm.
  return object instanceof Date || !isDate(object);
}

function describe(tag: string): string {
  if (tag === 'Promise') return 'a Promise, which has to be awaited first';
  return `${/^[AEIO]/.test(tag) ? 'an' : 'a'} ${tag} object`;
}
