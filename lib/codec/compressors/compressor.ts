/**
 * Shrinks serialized values. The synchronous pair handles small data; the asynchronous pair, if there is one, handles
 * data of more than 32 KiB, so that the event loop is not blocked. `decompress` must throw on data that `compress` did
 * not write: custom compressors are tried one after the other.
 *
 * @publicApi
 */
export interface Compressor {
  /** Shown in errors. */
  readonly name?: string;
  /** Serialized values shorter than this many bytes are stored uncompressed (256). */
  readonly minLength?: number;
  /** Longer values (in bytes) are stored uncompressed, and data that decompress to more cannot be read (64 MiB). */
  readonly maxLength?: number;
  compress(data: Buffer): Buffer;
  /** Throw rather than produce more than `maxLength` bytes: a few bytes can expand to gigabytes. */
  decompress(data: Buffer, maxLength: number): Buffer;
  compressAsync?(data: Buffer): Promise<Buffer>;
  decompressAsync?(data: Buffer, maxLength: number): Promise<Buffer>;
}

/** @publicApi */
export type CompressorName = 'zlib' | 'gzip' | 'brotli' | 'lz4' | 'zstd';
/** @publicApi */
export type CompressorLike = CompressorName | Compressor;
