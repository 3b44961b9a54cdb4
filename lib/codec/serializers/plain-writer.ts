import { MAX_DEPTH, MOST_OBJECTS, tooManyObjects } from '../values/inspector.js';
import { isRenamed } from './escape.js';
import { MsgpackBytes } from './msgpack-bytes.js';
import { FEW_OBJECTS, MAX_MAP_KEYS } from './packr.js';

/** The first number that msgpackr gives to a value's records, and the last that this writer uses. */
const FIRST_RECORD = 0x40;
const LAST_RECORD = 0x5f;

/**
 * Writes the most common values in one pass: plain objects, arrays, text, numbers, booleans, `null`, `undefined` and
 * Dates, without repetition. The bytes equal those of `packMaps` and `packGraph`, which need to examine the value
 * first; for pages of a few KB that takes more than twice as long.
 */
export class PlainWriter extends MsgpackBytes {
  private isWriting = false;
  /** Whether to write records: there are lists of objects, or many objects. */
  private asRecords = false;
  private readonly few: object[] = [];
  private keyCount = 0;
  /** Whether shared references are repeated. */
  private objectCount = 0;
  private seen = new Set<object>();
  /** The keys of each record of the value. */
  private readonly records: (readonly string[])[] = [];

  /** `isCanonical`: the bytes of `packTree` for the canonical copy. */
  constructor(private readonly isCanonical = false) {
    super();
  }

  /** The bytes of the value, or `undefined` if something in it needs more care. */
  write(value: object): Buffer | undefined {
    // A getter of the value being written called this writer again.
    if (this.isWriting) return undefined;
    this.isWriting = true;
    this.asRecords = this.isCanonical;
    try {
      if (this.writeValue(value, 0) || (this.asRecords && !this.isCanonical && this.writeAgain(value))) {
        return this.take();
      }
      this.restart();
      return undefined;
    } catch (error) {
      this.restart();
      throw error;
    } finally {
      this.forget();
    }
  }

  private writeAgain(value: object): boolean {
    this.restart();
    return this.writeValue(value, 0);
  }

  private forget(): void {
    this.isWriting = false;
    while (this.few.length > 0) this.few.pop();
    this.keyCount = 0;
    this.objectCount = 0;
    if (this.records.length > 0) this.records.length = 0;
    if (this.seen.size > 0) this.seen = new Set();
  }

  private writeValue(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return this.writeText(value);
      case 'number':
        return this.writeNumber(value, this.asRecords ? FIRST_RECORD : 0x80);
      case 'boolean':
        this.writeByte(value ? 0xc3 : 0xc2);
        return true;
      case 'undefined':
        this.writeUndefined();
        return true;
      case 'object':
        if (value !== null) return this.writeObject(value, depth);
        this.writeByte(0xc0);
        return true;
      default:
        return false;
    }
  }

  private writeObject(object: object, depth: number): boolean {
    if (depth > MAX_DEPTH || !this.isNew(object)) return false;
    const prototype: unknown = Object.getPrototypeOf(object);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its prototype is that of arrays, and only its length is read
    if (prototype === Array.prototype) return this.writeArray(object as unknown[], depth);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its prototype is that of dates, and `getTime` throws if it is no date
    if (prototype === Date.prototype) return this.writeDate(object as Date);
    if (prototype !== Object.prototype && prototype !== null) return false;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a plain object is read by its own keys only
    const properties = object as Readonly<Record<string, unknown>>;
    return this.asRecords ? this.writeRecord(properties, depth) : this.writeMap(properties, depth);
  }

  /** Whether the object is new; in a map, whether there are still few. */
  private isNew(object: object): boolean {
    if (this.isCanonical) {
      if (++this.objectCount > MOST_OBJECTS) throw tooManyObjects('msgpack');
      return true;
    }
    const { few, seen } = this;
    if (this.asRecords) return seen.size < seen.add(object).size;
    if (few.includes(object)) return false;
    if (few.length === FEW_OBJECTS) return this.preferRecords();
    few.push(object);
    return true;
  }

  private preferRecords(): false {
    this.asRecords = true;
    return false;
  }

  private writeArray(array: readonly unknown[], depth: number): boolean {
    const before = this.few.length;
    this.writeArrayHead(array.length);
    for (let index = 0; index < array.length; index++) {
      const element = array[index];
      if (element === undefined && !(index in array)) return false;
      if (!this.writeValue(element, depth + 1)) return false;
      if (this.few.length > before + 1) return this.preferRecords();
    }
    return true;
  }

  private writeMap(object: Readonly<Record<string, unknown>>, depth: number): boolean {
    const keys = Object.keys(object);
    this.keyCount += keys.length;
    if (this.keyCount > MAX_MAP_KEYS) return this.preferRecords();
    this.writeMapHead(keys.length);
    for (const key of keys) {
      if (!this.writeKey(key) || !this.writeValue(object[key], depth + 1)) return false;
    }
    return true;
  }

  private writeRecord(object: Readonly<Record<string, unknown>>, depth: number): boolean {
    const keys = Object.keys(object);
    if (this.isCanonical) {
      if (beginsWithDigit(keys[0])) return false;
      keys.sort();
    }
    const { records } = this;
    const index = records.findLastIndex((known) => areEqual(known, keys));
    if (index >= 0) this.writeByte(FIRST_RECORD + index);
    else if (!this.writeDefinition(keys)) return false;
    for (const key of keys) {
      if (!this.writeValue(object[key], depth + 1)) return false;
    }
    return true;
  }

  private writeDefinition(keys: readonly string[]): boolean {
    const id = FIRST_RECORD + this.records.length;
    if (id > LAST_RECORD) return false;
    this.records.push(keys);
    this.writeByte(0xd4);
    this.writeByte(0x72);
    this.writeByte(id);
    this.writeArrayHead(keys.length);
    return keys.every((key) => this.writeKey(key));
  }

  /** Writing the text shows whether it is exact. */
  private writeKey(key: string): boolean {
    return !isRenamed(key) && this.writeText(key);
  }
}

/** Names like indexes, which objects sort before all other keys. */
function beginsWithDigit(key: string | undefined): boolean {
  return key !== undefined && key >= '0' && key < ':';
}

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}
