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
  /** The compressed bytes; called for up to 32 KiB, and for more if there is no `compressAsync`. */
  compress(data: Buffer): Buffer;
  /** Throw rather than produce more than `maxLength` bytes: a few bytes can expand to gigabytes. */
  decompress(data: Buffer, maxLength: number): Buffer;
  /** The same off the event loop, for more than 32 KiB. */
  compressAsync?(data: Buffer): Promise<Buffer>;
  /** Like `decompress`, off the event loop. */
  decompressAsync?(data: Buffer, maxLength: number): Promise<Buffer>;
}

/** The built-in compressors. @publicApi */
export type CompressorName = 'zlib' | 'gzip' | 'brotli' | 'lz4' | 'zstd';
/** A built-in compressor, or one of your own. @publicApi */
export type CompressorLike = CompressorName | Compressor;
