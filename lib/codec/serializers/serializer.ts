/**
 * Turns values into bytes and back. Throw to refuse: on write the caller gets a `SerializerError` and nothing is sent;
 * on read the next serializer of the chain is tried.
 *
 * Messages of your errors may quote the value, so they are hidden. Throw a `SerializerError` if the message is safe to
 * show. `undefined`, functions, symbols and numbers that are stored as decimal text never get here. If the bytes of
 * some value look like decimal text or begin with the codec's own marker, the codec handles that by itself; only a
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
  /** The bytes of a value. */
  serialize(value: unknown): Buffer;
  /** `undefined` counts as unreadable: it stands for a missing key. */
  deserialize(data: Buffer): unknown;
  /**
   * Equal bytes for equal values, for members of sets and elements of lists, which the server compares byte by byte. If
   * left out, `serialize` gets a copy of the value with sorted keys (and `toJSON()` applied).
   */
  serializeCanonical?(value: unknown): Buffer;
}

/** The built-in serializers. @publicApi */
export type SerializerName = 'msgpack' | 'json' | 'v8';
/** A built-in serializer, or one of your own. @publicApi */
export type SerializerLike = SerializerName | Serializer;
