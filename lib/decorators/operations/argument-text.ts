import { printable, quoted } from '../../errors/quoted.js';
import { isDeepStrictEqual, types } from 'node:util';
import { hasToJSON, MAX_DEPTH, typeTag } from '../../codec/values/inspector.js';
import { SerializerError } from '../../errors/index.js';
import { nameOfClass } from '../../nest/class-of.js';
import { type Lineage, lineageOf, plainLineage } from './lineage.js';

/** Arguments with more objects take too long, such as a few that contain each other again and again. */
const MOST_OBJECTS = 1_000_000;
/** Listing the properties of larger byte arrays takes too long; nobody has added any, presumably. */
const LONGEST_VIEW = 65_536;

/** The parent of all typed arrays. */
const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Names for the steps into Maps and Sets, which have none. */
const keyOfMap = { place: '<key of a Map>' };
const valueInMap = { place: '<value in a Map>' };
const memberOfSet = { place: '<member of a Set>' };

type Step = PropertyKey | { readonly place: string };

/** Symbols that are the same in every process, in addition to the registered ones. */
const wellKnown = new Map<symbol, string>(
  Object.getOwnPropertyNames(Symbol).flatMap((name) => {
    const value: unknown = Reflect.get(Symbol, name);
    return typeof value === 'symbol' ? [[value, `@@${name}`] as const] : [];
  }),
);

/**
 * Writes arguments as a text that is equal for equal arguments, whatever the order of their keys, and different for
 * different ones: all text in it is quoted, and ambiguous values are refused.
 */
export class ArgumentText {
  private readonly open: object[] = [];
  private readonly path: Step[] = [];
  private objects = 0;

  /** @throws SerializerError that names the type and the place of the offence, never the value */
  write(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return writeText(value);
      case 'number':
        return writeNumber(value);
      case 'bigint':
        return `${value}n`;
      case 'symbol':
        return this.writeSymbol(value);
      case 'function':
        return this.refuse('a function');
      case 'object':
        return value === null ? 'null' : this.writeObject(value);
      default:
        return String(value);
    }
  }

  private writeSymbol(symbol: symbol): string {
    const key = Symbol.keyFor(symbol);
    if (key !== undefined) return `@${writeText(key)}`;
    return wellKnown.get(symbol) ?? this.refuse('a symbol not created by Symbol.for()');
  }

  private writeObject(object: object): string {
    const { open } = this;
    if (open.includes(object)) return this.refuse('a value that contains itself');
    if (open.length > MAX_DEPTH) throw new SerializerError(`a value of more than ${MAX_DEPTH} levels`);
    if (++this.objects > MOST_OBJECTS) throw new SerializerError(`more than ${MOST_OBJECTS} objects`);
    open.push(object);
    const text = this.writeContents(object);
    open.pop();
    return text;
  }

  private writeContents(object: object): string {
    const lineage = lineageOf(object);
    if (hasToJSON(object)) {
      const json = object.toJSON();
      if (json !== object) return `${lineage.names}.toJSON(${this.write(json)})`;
    }
    if (lineage === plainLineage) return this.writeProperties(object);
    const text = this.writeValue(object, lineage) ?? this.writeInstance(object, lineage);
    return lineage.flaw === undefined ? text : this.refuse(lineage.flaw);
  }

  /** For instances of a built-in class with a value, or of a class derived from it. */
  private writeValue(object: object, lineage: Lineage): string | undefined {
    if (Array.isArray(object)) return lineage.names + this.writeArray(object);
    const kind = `${lineage.names}<${lineage.builtIn}`;
    if (types.isMap(object)) return kind + this.writeEntries(object) + this.writeAdded(object);
    if (types.isSet(object)) return kind + this.writeMembers(object) + this.writeAdded(object);
    if (types.isDate(object)) return `${kind}(${Date.prototype.getTime.call(object)})${this.writeAdded(object)}`;
    if (types.isRegExp(object)) return kind + this.write([object.source, object.flags]) + this.writeAdded(object);
    if (types.isNativeError(object)) return kind + this.write(object.name) + this.writeProperties(object);
    if (ArrayBuffer.isView(object)) return kind + this.writeView(object);
    if (types.isArrayBuffer(object)) return `${kind}(${base64(object)})${this.writeAdded(object)}`;
    return undefined;
  }

  private writeInstance(object: object, { names, builtIn, flaw }: Lineage): string {
    const tag = typeTag(object);
    if (tag !== 'Object' || builtIn !== undefined) return this.refuse(`a ${tag === 'Object' ? builtIn : tag} object`);
    const properties = this.writeProperties(object);
    if (properties !== '{}' || flaw !== undefined) return names + properties;
    return this.refuse(
      `an instance of ${nameOfClass(object)}, which has neither properties nor toJSON() to identify it`,
    );
  }

  private writeArray(array: readonly unknown[]): string {
    let text = '';
    for (let index = 0; index < array.length; index++) {
      const element = array[index];
      if (element === undefined && !(index in array)) return this.refuse('an array with holes');
      if (index > 0) text += ',';
      text += this.writeAt(index, element);
    }
    const hasMore = Reflect.ownKeys(array).length > array.length + 1;
    return `[${text}]${hasMore ? this.writeAdded(array, (key) => key === 'length' || isIndex(key)) : ''}`;
  }

  private writeView(view: ArrayBufferView): string {
    const { buffer, byteOffset, byteLength } = view;
    if (types.isSharedArrayBuffer(buffer)) return this.refuse('a SharedArrayBuffer object');
    const bytes = `(${base64(buffer as ArrayBuffer, byteOffset, byteLength)})`;
    return byteLength > LONGEST_VIEW && isBare(view) ? bytes : bytes + this.writeAdded(view, isIndex);
  }

  private writeEntries(map: ReadonlyMap<unknown, unknown>): string {
    const entries = Array.from(
      Map.prototype.entries.call(map) as MapIterator<[unknown, unknown]>,
      ([key, value]) => `${this.writeAt(keyOfMap, key)}=>${this.writeAt(valueInMap, value)}`,
    );
    return `{${entries.toSorted().join(',')}}`;
  }

  private writeMembers(set: ReadonlySet<unknown>): string {
    const members = Array.from(Set.prototype.values.call(set) as SetIterator<unknown>, (member) =>
      this.writeAt(memberOfSet, member),
    );
    return `{${members.toSorted().join(',')}}`;
  }

  private writeProperties(object: object): string {
    const names = Object.keys(object);
    if (names.length > 1) names.sort();
    let text = '';
    for (const name of names) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names are its own
      text += `${text === '' ? '' : ','}${writeText(name)}:${this.writeAt(name, (object as Record<string, unknown>)[name])}`;
    }
    return `{${text}}${isMoreThan(object, names) ? this.writeHidden(object, names) : ''}`;
  }

  private writeHidden(object: object, names: readonly string[]): string {
    const shown = new Set<PropertyKey>(names);
    // Every Error has a different one.
    if (types.isNativeError(object)) shown.add('stack');
    return this.writeAdded(object, (key) => shown.has(key));
  }

  /** Properties beyond those of its kind: symbol keys, hidden properties, those added to an array. */
  private writeAdded(object: object, isWritten: (key: PropertyKey) => boolean = () => false): string {
    const keys = Reflect.ownKeys(object).filter((key) => !isWritten(key));
    if (keys.length === 0) return '';
    return `+{${keys
      .map((key) => this.writeOne(object, key))
      .toSorted()
      .join(',')}}`;
  }

  private writeOne(object: object, key: string | symbol): string {
    const descriptor = Object.getOwnPropertyDescriptor(object, key);
    if (!descriptor?.enumerable && !Object.hasOwn(descriptor ?? {}, 'value')) {
      return this.refuse(`a computed hidden property, ${quoted(String(key))}`);
    }
    const name = typeof key === 'string' ? writeText(key) : this.writeSymbol(key);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is its own
    return `${name}:${this.writeAt(key, (object as Record<PropertyKey, unknown>)[key])}`;
  }

  private writeAt(step: Step, value: unknown): string {
    if (typeof value === 'string') return writeText(value);
    if (typeof value === 'number') return writeNumber(value);
    this.path.push(step);
    const text = this.write(value);
    this.path.pop();
    return text;
  }

  private refuse(what: string): never {
    const place = this.path.map(placeOf).join('');
    throw new SerializerError(place === '' ? what : `${what} (at ${place})`);
  }
}

function writeNumber(number: number): string {
  return number === 0 && Object.is(number, -0) ? '-0' : `${number}`;
}

/** The length in front makes texts unambiguous. Half an emoji would be lost among its replacements. */
function writeText(text: string): string {
  return text.isWellFormed() ? `${text.length}"${text}` : `u${JSON.stringify(text)}`;
}

function isMoreThan(object: object, names: readonly string[]): boolean {
  return Object.getOwnPropertyNames(object).length > names.length || Object.getOwnPropertySymbols(object).length > 0;
}

/** Whether it has no visible properties besides its bytes. */
function isBare(view: object): boolean {
  if (types.isDataView(view)) return false;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a view that is no DataView is a typed array
  const { buffer, byteOffset, length } = view as Uint8Array;
  const kind: 'Uint8Array' = Reflect.get(typedArray, Symbol.toStringTag, view);
  const same = new globalThis[kind](buffer, byteOffset, length);
  return isDeepStrictEqual(view, Object.setPrototypeOf(same, Reflect.getPrototypeOf(view)));
}

const isIndex = (key: PropertyKey): boolean => typeof key === 'string' && /^(?:0|[1-9]\d*)$/.test(key);

function base64(buffer: ArrayBuffer, offset?: number, length?: number): string {
  return Buffer.from(buffer, offset, length).toString('base64');
}

function placeOf(step: Step): string {
  if (typeof step === 'object') return step.place;
  if (typeof step === 'string') return IDENTIFIER.test(step) ? `.${step}` : `[${quoted(step)}]`;
  return typeof step === 'number' ? `[${step}]` : `[${printable(String(step))}]`;
}
