import { deserialize, serialize } from 'node:v8';
import type { Serializer } from './serializer.js';
import { GraphInspector } from './graph.inspector.js';
import { MsgpackSerializer } from './msgpack.serializer.js';

/** All of v8's data begin with this byte, and none of MessagePack's: 0xff; under Bun, whose format is another, 0x0e. */
const V8_HEADER = serialize(null)[0];

/**
 * The structured clone of Node.js itself. It keeps and refuses what {@link MsgpackSerializer} does (holes in arrays are
 * kept), needs no library and is slower for small values. Data of a newer Node.js may not be readable by an older one.
 *
 * Members of sets and elements of lists, and the few values that v8 would change (`toJSON()`, Errors with names of
 * their own), are written as MessagePack: v8's bytes for one and the same value differ from time to time.
 *
 * @publicApi
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
    // A copy: Buffers and typed arrays are views of the data that they are read from.
    return data[0] === V8_HEADER ? deserialize(new Uint8Array(data)) : this.msgpack.deserialize(data);
  }
}
