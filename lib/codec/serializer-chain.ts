import { ConfigError, SerializerError } from '../errors/index.js';
import { canonicalize } from './serializers/canonical.js';
import type { Serializer, SerializerLike, SerializerName } from './serializers/serializer.js';
import { parseDecimal } from './serializers/decimal.js';
import { safeCause } from './safe-cause.js';
import { JsonSerializer } from './serializers/json.serializer.js';
import { MsgpackSerializer } from './serializers/msgpack.serializer.js';
import { V8Serializer } from './serializers/v8.serializer.js';
import { assertStorable } from './storable.js';

const BUILT_IN: Readonly<Record<SerializerName, new () => Serializer>> = {
  msgpack: MsgpackSerializer,
  json: JsonSerializer,
  v8: V8Serializer,
};

/** Strings that must not be written without quotes or a header: they would be read back as numbers. */
const NUMBER_LIKE = ['12345', '1.5', '-7', '1e-7'];

/** The first serializer writes, reads try all of them: a format can be changed without flushing. */
export class SerializerChain {
  private readonly serializers: readonly Serializer[];
  private readonly writer: Serializer;

  /** @throws ConfigError if something is not a serializer, or turns strings into numbers. */
  constructor(likes: SerializerLike | readonly SerializerLike[]) {
    this.serializers = (Array.isArray(likes) ? likes : [likes]).map(toSerializer);
    const [writer] = this.serializers;
    if (writer === undefined) throw new ConfigError('serializer must name at least one serializer');
    this.writer = writer;
  }

  serialize(value: unknown): Buffer {
    assertStorable(value);
    try {
      return checkedBytes(this.writer.serialize(value));
    } catch (error) {
      throw writeError(this.writer, error);
    }
  }

  serializeCanonical(value: unknown): Buffer {
    assertStorable(value);
    try {
      return checkedBytes(
        this.writer.serializeCanonical
          ? this.writer.serializeCanonical(value)
          : this.writer.serialize(canonicalize(value)),
      );
    } catch (error) {
      throw writeError(this.writer, error);
    }
  }

  /** The name of the first serializer that can read the data; `undefined` if none can. */
  readerOf(data: Buffer): string | undefined {
    const reader = this.serializers.find((serializer) => {
      try {
        return serializer.deserialize(data) !== undefined;
      } catch {
        return false;
      }
    });
    return reader && nameOf(reader);
  }

  deserialize(data: Buffer): unknown {
    let firstError: unknown;
    for (const serializer of this.serializers) {
      try {
        const value = serializer.deserialize(isOurs(serializer) ? data : Buffer.from(data));
        if (value !== undefined) return value;
      } catch (error) {
        firstError ??= error;
      }
    }
    const names = this.serializers.map(nameOf).join(', ');
    throw new SerializerError(
      `The stored bytes cannot be read by ${this.serializers.length > 1 ? 'any serializer of the chain' : 'the serializer'} (${names}); ` +
        'add the serializer that wrote them to `serializer`, or delete the key',
      { cause: safeCause(firstError) },
    );
  }
}

/** Others may give parts of the bytes themselves, which other callers read as well: from a local copy, say. */
const isOurs = ({ constructor }: Serializer): boolean => ours.has(constructor);
const ours: ReadonlySet<unknown> = new Set(Object.values(BUILT_IN));

function toSerializer(like: unknown): Serializer {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the line above has found the name in the table
  if (typeof like === 'string' && Object.hasOwn(BUILT_IN, like)) return new BUILT_IN[like as SerializerName]();
  if (!isSerializer(like)) {
    const names = Object.keys(BUILT_IN).map((name) => `'${name}'`);
    throw new ConfigError(
      `serializer must be ${names.join(', ')} or an object with serialize() and deserialize(), or a list of these`,
    );
  }
  for (const text of NUMBER_LIKE) refuseBareNumber(like, text);
  return like;
}

function isSerializer(like: unknown): like is Serializer {
  const { serialize, deserialize } = (typeof like === 'object' && like !== null ? like : {}) as Partial<Serializer>;
  return typeof serialize === 'function' && typeof deserialize === 'function';
}

function refuseBareNumber(serializer: Serializer, text: string): void {
  let bytes: unknown;
  try {
    bytes = serializer.serialize(text);
  } catch {
    return; // It takes no strings, so it cannot confuse them with numbers.
  }
  if (!Buffer.isBuffer(bytes)) throw new ConfigError(`serialize() of ${nameOf(serializer)} must return a Buffer`);
  if (parseDecimal(bytes) !== undefined) {
    throw new ConfigError(
      `${nameOf(serializer)} writes the string '${text}' as the bare text ${text}, which is how numbers are stored: ` +
        'it would be read back as a number. Write quotes or a header before strings',
    );
  }
}

function checkedBytes(bytes: unknown): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  throw new SerializerError('serialize() must return a Buffer');
}

function writeError(serializer: Serializer, error: unknown): SerializerError {
  if (error instanceof SerializerError) return error;
  return new SerializerError(`The value cannot be serialized by ${nameOf(serializer)}`, { cause: safeCause(error) });
}

function nameOf(serializer: Serializer): string {
  return serializer.name ?? serializer.constructor.name;
}
