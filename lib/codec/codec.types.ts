/** The bytes of a value as they are sent: decimal text for numbers, a Buffer for everything else. @publicApi */
export type Encoded = string | Buffer;

/**
 * Converts values to bytes and back. `encode` and `decode` return small data at once, and a promise if a large value is
 * (de)compressed off the event loop.
 *
 * @publicApi
 */
export interface Codec {
  encode(value: unknown): Encoded | Promise<Encoded>;
  /** Equal values always give equal bytes; never compressed. */
  encodeCanonical(value: unknown): Encoded;
  decode(data: Buffer): unknown;
}
