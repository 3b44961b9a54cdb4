/** The bytes of a value as they are sent: decimal text for numbers, a Buffer for everything else. @publicApi */
export type Encoded = string | Buffer;

/**
 * Converts values to bytes and back. `encode` and `decode` return small data at once, and a promise if a large value is
 * (de)compressed off the event loop.
 *
 * @publicApi
 */
export interface Codec {
  /** The bytes of a value. Throws a `SerializerError` if it cannot be stored. */
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** Equal values always give equal bytes; never compressed. */
  encodeCanonical(value: unknown): Encoded;
  /** The value behind stored bytes, or a promise of it. Throws a `SerializerError` if no serializer can read them. */
  decode(data: Buffer): unknown;
}
