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
