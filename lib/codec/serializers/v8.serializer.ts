import { deserialize, serialize } from 'node:v8';
import type { Serializer } from './serializer.js';
import { GraphInspector } from './graph.inspector.js';
import { MsgpackSerializer } from './msgpack.serializer.js';

/** The first byte of all v8 data, and of no MessagePack data: 0xff; under Bun, whose format differs, 0x0e. */
const V8_HEADER = serialize(null)[0];

/**
 * The structured clone of Node.js itself. It keeps and refuses the same values as {@link MsgpackSerializer} (but keeps
 * holes in arrays), needs no library and is slower for small values. An older Node.js may not be able to read the data
 * of a newer one.
 *
 * Members of sets, elements of lists, and the few values that v8 would change (`toJSON()`, Errors with custom names)
 * are written as MessagePack: v8's bytes for one value differ from time to time.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ serializer: new V8Serializer() }) // the same as 'v8'
 */
export class V8Serializer implements Serializer {
  readonly name = 'v8';
  private readonly msgpack = new MsgpackSerializer();

  serialize(value: unknown): Buffer {
    const inspector = new GraphInspector(this.name, true);
    inspector.inspect(value);
    return inspector.exactInV8 ? serialize(value) : this.msgpack.serialize(value);
  }

  serializeCanonical(value: unknown): Buffer {
    return this.msgpack.serializeCanonical(value);
  }

  deserialize(data: Buffer): unknown {
    // A copy: Buffers and typed arrays are views of the data they are read from.
    return data[0] === V8_HEADER ? deserialize(new Uint8Array(data)) : this.msgpack.deserialize(data);
  }
}
