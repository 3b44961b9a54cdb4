import type { Serializer } from './serializer.js';
import { canonicalize } from './canonical.js';
import { naturalize } from '../values/foreign.js';
import { SerializerError } from '../../errors/index.js';
import { declareBinaryText, mayHaveBinaryText } from './binary-text.js';
import { isDecimalNumber } from './decimal.js';
import { escapeText, isExactBigint, isExactText, unescapeText } from './escape.js';
import { GraphInspector } from './graph.inspector.js';
import { PlainReader } from './plain-reader.js';
import { PlainWriter } from './plain-writer.js';
import { packGraph, packMaps, NO_VALUE, packTree, unpackMaps, unpackObjects } from './packr.js';

/** The first byte of an escaped value: the number -2 in MessagePack, which is never serialized. */
const ESCAPED = 0xfe;
/**
 * The first byte of a value that holds Maps: the number -3. Otherwise maps are objects, as other libraries write them.
 */
const WITH_MAPS = 0xfd;

/** Precedes 64-bit integers. */
const UINT64 = 0xcf;
const INT64 = 0xd3;

const plainWriter = new PlainWriter();
const plainReader = new PlainReader();
const canonicalWriter = new PlainWriter(true);

const NULL = Buffer.of(0xc0);
const FALSE = Buffer.of(0xc2);
const TRUE = Buffer.of(0xc3);
/** As a double: msgpackr would write an integer, which has no sign. */
const NEGATIVE_ZERO = Buffer.of(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0);

/**
 * The default: MessagePack with the extensions of msgpackr. Small, fast, and faithful to nearly all of JavaScript:
 * `Date`, `Map`, `Set`, `bigint`, `Buffer`, typed arrays, `NaN`, infinities, `-0`, `undefined` inside values,
 * `RegExp`, shared references and cycles.
 *
 * - An instance of a class comes back as a plain object of its own enumerable properties, or as the result of its
 *   `toJSON()`; private fields, symbol keys and properties added to arrays are lost.
 * - An `Error` keeps name, message and cause. A `RegExp` restarts at `lastIndex` 0.
 * - Refused: functions, symbols, Promises and other objects that are more than their properties (`URL` has a
 *   `toJSON()`, so it becomes text), arrays with holes, Errors with extra properties.
 *
 * A few plain objects are written as maps, which any MessagePack library can read, and so can Lua's `cmsgpack`. Lists
 * of objects are written as records, which pays off when keys repeat.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ serializer: [new MsgpackSerializer(), 'json'] }) // writes msgpack, still reads JSON
 */
export class MsgpackSerializer implements Serializer {
  readonly name = 'msgpack';

  serialize(value: unknown): Buffer {
    if (typeof value !== 'object' || value === null) return packPrimitive(value);
    const plain = plainWriter.write(value);
    if (plain) return plain;
    const found = this.inspect(value);
    if (!found.hasForeign) return writeGraph(value, found);
    const natural = naturalize(value);
    return writeGraph(natural, this.inspect(natural));
  }

  serializeCanonical(value: unknown): Buffer {
    if (typeof value !== 'object' || value === null) return packPrimitive(value);
    const plain = canonicalWriter.write(value);
    if (plain) return plain;
    let found = this.inspect(value);
    const natural = found.hasForeign ? naturalize(value) : value;
    if (found.hasForeign) found = this.inspect(natural);
    const copy = canonicalize(natural);
    if (!found.exactInMsgpack) return marked(ESCAPED, packTree(escapeText(copy)));
    return found.hasMap ? marked(WITH_MAPS, packTree(copy)) : packTree(copy);
  }

  deserialize(data: Buffer): unknown {
    if (data[0] === ESCAPED) return unescapeText(unpackMaps(data.subarray(1)));
    if (data[0] === WITH_MAPS) return unpackMaps(data.subarray(1));
    const isForeign = mayHaveBinaryText(data);
    const plain = isForeign ? undefined : plainReader.read(data);
    if (plain !== undefined) return plain;
    const value = unpackObjects(isForeign ? declareBinaryText(data) : data);
    // Text of another program may begin with such a number, too, but never with a 64-bit one.
    if (typeof value === 'number' && isDecimalNumber(value) && data[0] !== UINT64 && data[0] !== INT64) {
      throw new SerializerError('Found a number in MessagePack: numbers are stored as decimal text');
    }
    if (value === NO_VALUE) throw new SerializerError('Found a byte that MessagePack reserves');
    return value;
  }

  private inspect(value: unknown): GraphInspector {
    const inspector = new GraphInspector(this.name, false);
    inspector.inspect(value);
    return inspector;
  }
}

function writeGraph(value: unknown, found: GraphInspector): Buffer {
  if (!found.exactInMsgpack) return marked(ESCAPED, packGraph(escapeText(value)));
  if (found.hasMap) return marked(WITH_MAPS, packGraph(value));
  return found.isSimple ? packMaps(value) : packGraph(value);
}

function packPrimitive(value: unknown): Buffer {
  if (value === null) return NULL;
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (Object.is(value, -0)) return NEGATIVE_ZERO;
  if (!isExact(value)) return marked(ESCAPED, packTree(escapeText(value)));
  return packTree(Number.isNaN(value) ? NaN : value);
}

function isExact(value: unknown): boolean {
  if (typeof value === 'string') return isExactText(value);
  return typeof value !== 'bigint' || isExactBigint(value);
}

function marked(mark: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(mark), data]);
}
