/** What decompresses to more than this is refused, unless a compressor says otherwise: a few bytes can hold gigabytes. */
export const DEFAULT_MAX_LENGTH = 64 * 1024 * 1024;

/** What decompresses to more than this leaves the event loop. */
export const INLINE_LENGTH = 128 * 1024;

/** Data would decompress to more bytes than are asked for. */
export class OutputTooLong extends RangeError {
  override readonly name = 'OutputTooLong';

  constructor(readonly limit: number) {
    super(`The data decompresses to more than ${limit} bytes`);
  }
}
