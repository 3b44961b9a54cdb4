/** Bytes of a value as they go to the server: decimal text for numbers, a Buffer for everything else. @publicApi */
export type Encoded = string | Buffer;

/**
 * Turns values into bytes and back. Throw to refuse: on write the caller gets a `SerializerError` and nothing is sent,
 * on read the next serializer of the chain is tried.
 *
 * Messages of errors may quote the value, so nobody gets to see them. Throw a `SerializerError` where yours is safe to
 * show. `undefined`, functions, symbols and numbers that are stored as decimal text never get here. Where the bytes of
 * some value look like decimal text or begin with the codec's own marker, the codec tells them apart by itself; only a
 * serializer that writes the text `'12345'` without quotes is refused at start (`ConfigError`).
 *
 * @example
 * class EncryptedSerializer implements Serializer {
 *   readonly name = 'encrypted';
 *   serialize(value: unknown) {
 *     return encrypt(Buffer.from(JSON.stringify(value)));
 *   }
 *   deserialize(data: Buffer) {
 *     return JSON.parse(decrypt(data).toString());
 *   }
 * }
 *
 * @publicApi
 */
export interface Serializer {
  /** Shown in errors. */
  readonly name?: string;
  serialize(value: unknown): Buffer;
  /** `undefined` counts as not readable: it is what a missing key gives. */
  deserialize(data: Buffer): unknown;
  /**
   * Bytes that are the same for the same value, for members of sets and elements of lists, which the server compares
   * byte by byte. Left out, `serialize` gets a copy of the value with sorted keys (and `toJSON()` applied).
   */
  serializeCanonical?(value: unknown): Buffer;
}

/** @publicApi */
export type SerializerName = 'msgpack' | 'json' | 'v8';
/** @publicApi */
export type SerializerLike = SerializerName | Serializer;

/**
 * Shrinks serialized values. The synchronous pair is used for small data, the asynchronous one, where there is one, for
 * data of more than 32 KiB, so that the event loop is not blocked. `decompress` has to throw on what `compress` did not
 * write: the compressors of the user's own are tried one after the other.
 *
 * @publicApi
 */
export interface Compressor {
  /** Shown in errors. */
  readonly name?: string;
  /** Serialized values shorter than this many bytes are stored as they are (256). */
  readonly minLength?: number;
  /** Values of more bytes than this are stored as they are, and what decompresses to more cannot be read (64 MiB). */
  readonly maxLength?: number;
  compress(data: Buffer): Buffer;
  /** Throw rather than make more than `maxLength` bytes: a few bytes can hold gigabytes. */
  decompress(data: Buffer, maxLength: number): Buffer;
  compressAsync?(data: Buffer): Promise<Buffer>;
  decompressAsync?(data: Buffer, maxLength: number): Promise<Buffer>;
}

/** @publicApi */
export type CompressorName = 'zlib' | 'gzip' | 'brotli' | 'lz4' | 'zstd';
/** @publicApi */
export type CompressorLike = CompressorName | Compressor;

/**
 * Between values and bytes. `encode` and `decode` answer at once for small data and with a promise where a large value
 * is (de)compressed off the event loop.
 *
 * @publicApi
 */
export interface Codec {
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** The same value always gives the same bytes; never compressed. */
  encodeCanonical(value: unknown): Encoded;
  decode(data: Buffer): unknown;
}
