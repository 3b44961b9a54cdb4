/** The default limit of decompressed data, which is refused beyond it: a few bytes can expand to gigabytes. */
export const DEFAULT_MAX_LENGTH = 64 * 1024 * 1024;

/** Data that decompress to more than this leave the event loop. */
export const INLINE_LENGTH = 128 * 1024;

/** Data would decompress to more bytes than allowed. */
export class OutputTooLong extends RangeError {
  override readonly name = 'OutputTooLong';

  constructor(readonly limit: number) {
    super(`The data decompresses to more than ${limit} bytes`);
  }
}
