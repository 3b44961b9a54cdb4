/** Bytes of a value as they go to the server: decimal text for numbers, a Buffer for everything else. @publicApi */
export type Encoded = string | Buffer;

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
