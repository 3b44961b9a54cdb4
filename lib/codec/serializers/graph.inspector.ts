import { isMap, isNativeError, isRegExp, isSet } from 'node:util/types';
import { isBuiltIn, isOriginalView, isOwnView } from '../values/foreign.js';
import { hasToJSON, Inspector, MAX_DEPTH, typeTag } from '../values/inspector.js';
import { isExactBigint, isExactKey, isExactText } from './escape.js';
import { FEW_OBJECTS, MAX_MAP_KEYS } from './packr.js';

/** Objects are remembered beyond this number, or from this depth on: a Set is not free. */
const UNREMEMBERED = 1000;
const UNREMEMBERED_DEPTH = 16;

const STANDARD_ERRORS: ReadonlySet<string> = new Set(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(({ name }) => name),
);

/** The own properties that an Error may have. Its stack is rebuilt on read. */
const ERROR_KEYS: ReadonlySet<string> = new Set(['name', 'message', 'cause', 'stack']);

/**
 * Examines a value before msgpackr or v8 writes it: refuses values that they lose, and finds those that only one of
 * them keeps.
 */
export class GraphInspector extends Inspector {
  /** Whether msgpackr keeps all text, keys and numbers, so that nothing has to be escaped. */
  exactInMsgpack = true;
  /** Whether v8 keeps everything: it ignores `toJSON()`, and loses the names of custom Errors. */
  exactInV8 = true;
  hasMap = false;
  /** Whether the value holds a built-in type of another realm, which only v8 recognizes. */
  hasForeign = false;

  private keyCount = 0;
  /** The first objects found, each once; `undefined` if nobody needs to know. */
  private few: object[] | undefined = [];
  private unremembered = UNREMEMBERED;
  private seen: Set<object> | undefined;
  private openErrors: Set<Error> | undefined;

  constructor(
    serializer: string,
    private readonly keepsHoles: boolean,
  ) {
    super(serializer);
  }

  /**
   * Whether the value is a few objects without repetition, and no list of objects, which most likely share one shape.
   */
  get isSimple(): boolean {
    return this.few !== undefined && !this.hasMap && this.keyCount <= MAX_MAP_KEYS;
  }

  protected visit(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        if (!isExactText(value)) this.exactInMsgpack = false;
        return true;
      case 'number':
        if (Object.is(value, -0)) this.exactInMsgpack = false;
        return true;
      case 'bigint':
        if (!isExactBigint(value)) this.exactInMsgpack = false;
        return true;
      case 'object':
        return value === null || this.visitObject(value, depth);
      case 'function':
      case 'symbol':
        return this.refuse(`a ${typeof value}`);
      default:
        return true;
    }
  }

  protected override visitKey(key: string): void {
    this.keyCount++;
    if (!isExactKey(key)) this.exactInMsgpack = false;
  }

  protected visitSparse(array: readonly unknown[], depth: number): boolean {
    return this.keepsHoles ? this.visitOwnProperties(array, depth) : this.refuse('an array with holes');
  }

  private visitObject(object: object, depth: number): boolean {
    if (depth > MAX_DEPTH) this.refuseDepth();
    if (this.isKnown(object, depth)) return true;
    this.count(object);
    if (Array.isArray(object)) return this.visitElements(object, depth);
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype === Object.prototype || prototype === null) return this.visitProperties(object, depth);
    return this.visitInstance(object, depth);
  }

  private count(object: object): void {
    const { few } = this;
    if (few && (few.length === FEW_OBJECTS || few.includes(object))) this.few = undefined;
    else few?.push(object);
  }

  protected override visitElements(array: readonly unknown[], depth: number): boolean {
    const before = this.few?.length ?? 0;
    const isStorable = super.visitElements(array, depth);
    if (this.few && this.few.length > before + 1) this.few = undefined;
    return isStorable;
  }

  /** Ends cycles, and skips what has been visited already. */
  private isKnown(object: object, depth: number): boolean {
    if (depth < UNREMEMBERED_DEPTH && this.unremembered > 0) {
      this.unremembered--;
      return false;
    }
    if (object instanceof Error || isNativeError(object)) return false;
    this.seen ??= new Set();
    if (this.seen.has(object)) return true;
    this.seen.add(object);
    return false;
  }

  protected override visitInstance(object: object, depth: number): boolean {
    if (hasToJSON(object)) return this.visitJSON(object, depth);
    if (object instanceof Map) return this.visitMap(object, depth);
    if (object instanceof Set) return this.visitMembers(object, depth);
    if (object instanceof Error) return this.visitError(object, depth);
    if (ArrayBuffer.isView(object)) return this.visitView(object);
    if (object instanceof RegExp) return this.visitRegExp(object);
    if (object instanceof Date || object instanceof ArrayBuffer) return true;
    return isBuiltIn(object) ? this.visitForeign(object, depth) : super.visitInstance(object, depth);
  }

  private visitForeign(object: object, depth: number): boolean {
    this.hasForeign = true;
    if (isMap(object)) return this.visitMap(object, depth);
    if (isSet(object)) return this.visitMembers(object, depth);
    if (isNativeError(object)) return this.visitError(object, depth);
    return !isRegExp(object) || this.visitRegExp(object);
  }

  private visitView(view: ArrayBufferView): boolean {
    if (!isOwnView(view)) this.hasForeign = true;
    return isOriginalView(view) || this.refuse(`a subclass of ${typeTag(view)}`);
  }

  private visitRegExp({ source }: RegExp): boolean {
    return isExactText(source) || this.refuse('a RegExp that is not Unicode');
  }

  private visitJSON(object: { toJSON(): unknown }, depth: number): boolean {
    this.exactInV8 = false;
    const json = object.toJSON();
    if (json === object) return super.visitInstance(object, depth);
    // Neither is ever serialized, so it could not be read: numbers are stored as decimal text, `undefined` not at all.
    if (json === undefined || (depth === 0 && typeof json === 'number')) {
      return this.refuse(`an object whose toJSON() gives ${typeof json}`);
    }
    return this.visit(json, depth + 1);
  }

  private visitMap(map: ReadonlyMap<unknown, unknown>, depth: number): boolean {
    this.hasMap = true;
    if (map.constructor !== Map) this.exactInMsgpack = false;
    for (const [key, value] of map) {
      if (!this.visit(key, depth + 1)) return this.at('<key of a Map>');
      if (!this.visit(value, depth + 1)) return this.at('<value in a Map>');
    }
    return true;
  }

  private visitMembers(set: ReadonlySet<unknown>, depth: number): boolean {
    for (const member of set) {
      if (!this.visit(member, depth + 1)) return this.at('<member of a Set>');
    }
    return true;
  }

  private visitError(error: Error, depth: number): boolean {
    const { name, message } = error as { name: unknown; message: unknown };
    if (this.openErrors?.has(error)) return this.refuse('an Error that is part of its own cause');
    if (Object.hasOwn(error, 'errors')) return this.refuse('an AggregateError');
    if (typeof name !== 'string' || typeof message !== 'string' || name in Object.prototype) {
      return this.refuse('an Error with an odd name or message');
    }
    const property = Object.keys(error).find((key) => !ERROR_KEYS.has(key));
    if (property !== undefined) return this.refuse(`an Error with a property of its own, ${property}`);
    if (!STANDARD_ERRORS.has(name)) this.exactInV8 = false;
    this.exactInMsgpack = false; // msgpackr gives every Error a cause, `undefined` if need be.
    this.openErrors ??= new Set();
    this.openErrors.add(error);
    if (!this.visit(error.cause, depth + 1)) return this.at('.cause');
    this.openErrors.delete(error);
    return true;
  }
}
