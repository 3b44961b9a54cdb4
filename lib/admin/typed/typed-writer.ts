import { isDate, isMap, isNativeError, isRegExp, isSet } from 'node:util/types';
import { type Budget, deepestJson, Meter } from './value-walk.js';
import { isTag, longestBigint, oddNumbers, textOf, viewTypes } from './notation.js';

/** A value as JSON in the notation, or the reason why there is none. */
export type Typed = { readonly json: unknown; readonly hasRoomForLines: boolean } | { readonly why: string };

/** `valueOf` restores the same value from the text. */
export const typedOf = (value: unknown, budget: Budget): Typed => new TypedWriter(budget).typed(value);

/** The reason for values beyond the budget. */
export const noRoom = 'more than there is room for';

class NoNotation extends Error {
  constructor(readonly why: string) {
    super(why);
  }
}

/** Writes one or several values within one budget. */
export class TypedWriter extends Meter {
  /** The objects that are being written, to detect cycles. */
  private readonly open = new Set<object>();

  /** After one value without a notation, all further values have none either. */
  typed(value: unknown): Typed {
    try {
      const json = this.write(value, 0);
      return { json, hasRoomForLines: this.hasRoomForLines };
    } catch (error) {
      if (error instanceof NoNotation) return { why: error.why };
      throw error;
    }
  }

  private write(value: unknown, depth: number): unknown {
    if (depth > deepestJson || !this.hasRoomForValue(depth)) throw tooMuch();
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return oddNumbers.has(textOf(value)) ? { $number: textOf(value) } : value;
      case 'bigint':
        return { $bigint: this.digits(value) };
      case 'undefined':
        return { $undefined: true };
      case 'object':
        return value === null ? null : this.object(value, depth);
      default:
        return value;
    }
  }

  private object(object: object, depth: number): unknown {
    if (this.open.has(object)) throw new NoNotation('a value that contains itself');
    this.open.add(object);
    const written = this.contents(object, depth + 1);
    this.open.delete(object);
    return written;
  }

  private contents(object: object, depth: number): unknown {
    if (Array.isArray(object)) return this.list(object, depth);
    if (isMap(object)) {
      if (object.size > this.valuesLeft) throw tooMuch();
      return { $Map: Array.from(object, ([key, entry]) => [this.write(key, depth + 1), this.write(entry, depth + 1)]) };
    }
    if (isSet(object)) {
      if (object.size > this.valuesLeft) throw tooMuch();
      return { $Set: Array.from(object, (member) => this.write(member, depth + 1)) };
    }
    if (isDate(object)) {
      if (Number.isNaN(object.getTime())) throw new NoNotation('an invalid Date');
      return { $Date: object.toISOString() };
    }
    if (isRegExp(object)) return { $RegExp: [this.text(object.source), object.flags] };
    if (object instanceof ArrayBuffer) return { $ArrayBuffer: this.base64(Buffer.from(object)) };
    if (ArrayBuffer.isView(object)) return this.view(object);
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) throw new NoNotation(nameOf(object));
    return this.properties(object, depth);
  }

  private list(list: readonly unknown[], depth: number): unknown[] {
    if (list.length > this.valuesLeft) throw tooMuch();
    return Array.from({ length: list.length }, (_, index) => {
      if (!(index in list)) throw new NoNotation('an array with holes');
      return this.write(list[index], depth);
    });
  }

  private properties(object: object, depth: number): unknown {
    const entries = Object.entries(object);
    const written = Object.fromEntries(entries.map(([name, value]) => [this.text(name), this.write(value, depth)]));
    return isTag(Object.keys(written)) ? { $object: written } : written;
  }

  private view(view: ArrayBufferView): unknown {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    if (Buffer.isBuffer(view)) return { $Buffer: this.base64(bytes) };
    const name = `$${view.constructor.name}`;
    if (!viewTypes.has(name)) throw new NoNotation(`a ${view.constructor.name}`);
    return { [name]: this.base64(bytes) };
  }

  private base64(bytes: Buffer): string {
    if (!this.hasRoomFor(2 * bytes.length)) throw tooMuch();
    return bytes.toString('base64');
  }

  private text(text: string): string {
    if (!this.hasRoomFor(text.length)) throw tooMuch();
    return text;
  }

  private digits(value: bigint): string {
    const bits = 3 * longestBigint;
    if (BigInt.asIntN(bits, value) !== value) throw new NoNotation('a bigint of too many digits');
    return this.text(String(value));
  }
}

const tooMuch = (): NoNotation => new NoNotation(noRoom);

const nameOf = (object: object): string => (isNativeError(object) ? 'an Error' : 'an object of a class');
