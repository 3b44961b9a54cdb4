import type { SerializerLike } from './serializers/serializer.js';
import type { CompressorLike } from './compressors/compressor.js';
import type { Codec, Encoded } from './codec.types.js';
import { CompressorChain, compressorOf } from './compressor-chain.js';
import { decimalText, parseDecimal } from './serializers/decimal.js';
import { CUSTOM_FORMAT, mark, MARK_LENGTH, MARKER, RAW_FORMAT } from './format.js';
import { SerializerChain } from './serializer-chain.js';

/** How a codec writes values, and what it can read. @publicApi */
export interface CodecOptions {
  /** The first one writes; reads try all of them in order (`'msgpack'`). */
  readonly serializer?: SerializerLike | readonly SerializerLike[];
  /** The first one writes; reads accept all of them (none). */
  readonly compressor?: CompressorLike | readonly CompressorLike[];
}

/** How a value was turned into bytes, as far as the bytes show it; `undefined` if they do not, or there is none. */
export interface Layers {
  readonly compressor?: string;
  readonly serializer?: string;
  /** How long the serialized value is. */
  readonly plainBytes?: number;
}

/**
 * Numbers are stored as decimal text, so that Redis can count with them. Everything else is stored as the serializer
 * writes it, or compressed, after a mark of two bytes.
 */
export class ValueCodec implements Codec {
  private readonly serializers: SerializerChain;
  private readonly compressors: CompressorChain;

  /** @throws ConfigError if something is not a serializer or compressor, or its library is missing. */
  constructor({ serializer = 'msgpack', compressor = [] }: CodecOptions = {}) {
    this.serializers = new SerializerChain(serializer);
    this.compressors = new CompressorChain(compressor);
  }

  /**
   * @throws SerializerError for values that cannot be stored. It names the type and the place, never the value.
   * @throws CompressorError
   */
  encode(value: unknown): Encoded | Promise<Encoded> {
    const text = decimalText(value);
    if (text !== undefined) return text;
    const data = this.serializers.serialize(value);
    return this.compressors.compress(data, plain(data, value));
  }

  /** @throws SerializerError for values that cannot be stored, and for values that contain themselves. */
  encodeCanonical(value: unknown): Encoded {
    const text = decimalText(value);
    return text ?? plain(this.serializers.serializeCanonical(value), value);
  }

  /**
   * @throws SerializerError if no serializer of the chain can read the data.
   * @throws CompressorError if none of the compressors can; also as the promise's rejection.
   */
  decode(data: Buffer): unknown {
    if (data[0] === MARKER) return this.decodeMarked(data);
    return parseDecimal(data) ?? this.serializers.deserialize(data);
  }

  /**
   * The same for a caller that accepts only a limited number of bytes.
   *
   * @throws OutputTooLong if it decompresses to more than `most` bytes
   */
  async decodeWithin(data: Buffer, most: number): Promise<unknown> {
    if (data[0] !== MARKER || data[1] === RAW_FORMAT) return this.decode(data);
    return this.serializers.deserialize(await this.compressors.decompress(data, most));
  }

  /** Which layers a value has, for views of its bytes. Unreadable data are no error. */
  async layersOf(data: Buffer, most: number): Promise<Layers> {
    if (data[0] !== MARKER) {
      const serializer = parseDecimal(data) === undefined ? this.serializers.readerOf(data) : 'decimal text';
      return { serializer, plainBytes: data.length };
    }
    if (data[1] === RAW_FORMAT) return this.layersOf(data.subarray(MARK_LENGTH), most);
    const compressor = data[1] === CUSTOM_FORMAT ? 'a compressor of your own' : compressorOf(data[1]);
    try {
      const plain = await this.compressors.decompress(data, most);
      return { compressor, serializer: this.serializers.readerOf(plain), plainBytes: plain.length };
    } catch {
      return { compressor };
    }
  }

  private decodeMarked(data: Buffer): unknown {
    if (data[1] === RAW_FORMAT) return this.serializers.deserialize(data.subarray(MARK_LENGTH));
    const serialized = this.compressors.decompress(data);
    return Buffer.isBuffer(serialized)
      ? this.serializers.deserialize(serialized)
      : serialized.then((bytes) => this.serializers.deserialize(bytes));
  }
}

/**
 * The codec of a cache with these options.
 *
 * @publicApi
 * @throws ConfigError if something is not a serializer or compressor, or its library is missing
 * @example
 * const codec = createCodec({ serializer: 'json', compressor: 'zstd' });
 * const bytes = await codec.encode({ name: 'Ada' });
 */
export function createCodec(options?: CodecOptions): Codec {
  return new ValueCodec(options);
}

/** A serializer's bytes as they are stored: marked if they could be mistaken for something else. */
function plain(data: Buffer, value: unknown): Buffer {
  const ambiguous = data[0] === MARKER || isOtherNumber(data, value);
  return ambiguous ? mark(RAW_FORMAT, data) : data;
}

/** Decimal text needs no mark if it is the value itself, such as JSON's `-0`. */
function isOtherNumber(data: Buffer, value: unknown): boolean {
  const number = parseDecimal(data);
  return number !== undefined && !Object.is(number, value);
}
