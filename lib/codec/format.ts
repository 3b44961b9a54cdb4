import type { CompressorName } from './compressors/compressor.js';

/**
 * The first of two bytes before data that are not a serializer's plain bytes. Neither MessagePack (which reserves it),
 * nor JSON, v8 or decimal text ever begin with it.
 */
export const MARKER = 0xc1;

/** The second byte of the mark: a serializer's bytes that could be taken for decimal text or for a mark. */
export const RAW_FORMAT = 0x00;

/** The second byte of the mark: compressed by a compressor of the user's own. */
export const CUSTOM_FORMAT = 0x01;

/** The second byte of the mark: an entry with tags or grace around its value. The codec itself does not read it. */
export const ENVELOPE_FORMAT = 0x02;

/** The second byte of the mark: encrypted for one key. The codec itself does not read it. */
export const ENCRYPTED_FORMAT = 0x03;

/** The second byte of the mark of each built-in compressor. They are stored data: never change or reuse one. */
export const COMPRESSED_FORMATS: Readonly<Record<CompressorName, number>> = {
  zlib: 0x10,
  gzip: 0x11,
  brotli: 0x12,
  lz4: 0x13,
  zstd: 0x14,
};

/** Bytes of the mark itself. */
export const MARK_LENGTH = 2;

export function mark(format: number, data: Buffer): Buffer {
  const marked = Buffer.allocUnsafe(MARK_LENGTH + data.length);
  marked[0] = MARKER;
  marked[1] = format;
  data.copy(marked, MARK_LENGTH);
  return marked;
}
