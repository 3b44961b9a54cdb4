import type { CompressorName } from './compressors/compressor.js';

/**
 * The first of two bytes that mark data as something other than a serializer's plain bytes. Neither MessagePack (which
 * reserves it), nor JSON, v8 or decimal text ever begin with it.
 */
export const MARKER = 0xc1;

/** The second byte of the mark: bytes of a serializer that could be mistaken for decimal text or a mark. */
export const RAW_FORMAT = 0x00;

/** The second byte of the mark: compressed by a custom compressor. */
export const CUSTOM_FORMAT = 0x01;

/** The second byte of the mark: an entry with tags or grace. The codec itself does not read it. */
export const ENVELOPE_FORMAT = 0x02;

/** The second byte of the mark: encrypted for one key. The codec itself does not read it. */
export const ENCRYPTED_FORMAT = 0x03;

/** The second byte of the mark for each built-in compressor. These are stored data: never change or reuse one. */
export const COMPRESSED_FORMATS: Readonly<Record<CompressorName, number>> = {
  zlib: 0x10,
  gzip: 0x11,
  brotli: 0x12,
  lz4: 0x13,
  zstd: 0x14,
};

/** The length of the mark. */
export const MARK_LENGTH = 2;

export function mark(format: number, data: Buffer): Buffer {
  const marked = Buffer.allocUnsafe(MARK_LENGTH + data.length);
  marked[0] = MARKER;
  marked[1] = format;
  data.copy(marked, MARK_LENGTH);
  return marked;
}
