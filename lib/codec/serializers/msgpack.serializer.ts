import type { Serializer } from '../codec.types.js';
import { canonicalize } from '../canonical.js';
import { isDecimalNumber } from '../decimal.js';
import { SerializerError } from '../../errors/index.js';
import { escapeText, isExactText, unescapeText } from './escape.js';
import { GraphInspector } from './graph.inspector.js';
import { packGraph, packTree, unpack } from './packr.js';

/** The first byte of an escaped value: in MessagePack the number -2, which is never serialized. */
const ESCAPED = 0xfe;

const NULL = Buffer.of(0xc0);
const FALSE = Buffer.of(0xc2);
const TRUE = Buffer.of(0xc3);
/** As a double. msgpackr makes the integer of it, which has no sign. */
const NEGATIVE_ZERO = Buffer.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0);

/**
 * The default: MessagePack with the extensions of msgpackr. Small, fast, and faithful to nearly all that JavaScript
 * has: `Date`, `Map`, `Set`, `bigint`, `Buffer`, typed arrays, `NaN`, infinities, `-0`, `undefined` inside of values,
 * `RegExp`, shared references and cycles.
 *
 * - An instance of a class comes back as a plain object of its own enumerable properties, or as what its `toJSON()`
 *   gives; private fields, symbol keys and properties added to arrays are left behind.
 * - An `Error` keeps name, message and cause. A `RegExp` starts at `lastIndex` 0 again.
 * - Refused: functions, symbols, Promises and other objects that are more than their properties (`URL` has a
 *   `toJSON()`, so it becomes text), arrays with holes, Errors with properties of their own.
 *
 * An object with thousands of keys that are different every time is better a `Map`: objects are written as records,
 * which pays where keys repeat.
 *
 * @publicApi
 */
export class MsgpackSerializer implements Serializer {
  readonly name = 'msgpack';

  serialize(value: unknown): Buffer {
    if (typeof value !== 'object' || value === null) return packPrimitive(value);
    return this.isExact(value) ? packGraph(value) : escaped(packGraph(escapeText(value)));
  }

  serializeCanonical(value: unknown): Buffer {
    if (typeof value !== 'object' || value === null) return packPrimitive(value);
    const exact = this.isExact(value);
    const copy = canonicalize(value);
    return exact ? packTree(copy) : escaped(packTree(escapeText(copy)));
  }

  deserialize(data: Buffer): unknown {
    if (data[0] === ESCAPED) return unescapeText(unpack(data.subarray(1)));
    const value = unpack(data);
    // Text of somebody else begins with such a number, too.
    if (typeof value === 'number' && isDecimalNumber(value)) {
      throw new SerializerError('A number in MessagePack: numbers are stored as decimal text');
    }
    return value;
  }

  private isExact(value: unknown): boolean {
    const inspector = new GraphInspector(this.name, false);
    inspector.inspect(value);
    return inspector.exactInMsgpack;
  }
}

function packPrimitive(value: unknown): Buffer {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (Object.is(value, -0)) return NEGATIVE_ZERO;
  if (typeof value === 'string' && !isExactText(value)) return escaped(packTree(escapeText(value)));
  return packTree(Number.isNaN(value) ? NaN : value);
}

function escaped(data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(ESCAPED), data]);
}
