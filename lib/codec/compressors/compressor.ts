/**
 * Shrinks serialized values. The synchronous pair is used for small data, the asynchronous one, where there is one, for
 * data of more than 32 KiB, so that the event loop is not blocked. `decompress` has to throw on what `compress` did not
 * write: the compressors of the user's own are tried one after the other.
 *
 * @publicApi
 */
export interface Compressor {
  /** Shown in errors. */
  readonly name?: string;
  /** Serialized values shorter than this many bytes are stored as they are (256). */
  readonly minLength?: number;
  /** Values of more bytes than this are stored as they are, and what decompresses to more cannot be read (64 MiB). */
  readonly maxLength?: number;
  compress(data: Buffer): Buffer;
  /** Throw rather than make more than `maxLength` bytes: a few bytes can hold gigabytes. */
  decompress(data: Buffer, maxLength: number): Buffer;
  compressAsync?(data: Buffer): Promise<Buffer>;
  decompressAsync?(data: Buffer, maxLength: number): Promise<Buffer>;
}

/** @publicApi */
export type CompressorName = 'zlib' | 'gzip' | 'brotli' | 'lz4' | 'zstd';
/** @publicApi */
export type CompressorLike = CompressorName | Compressor;
