import type { Compressor, CompressorName } from './compressor.js';
import type { CompressorOptions } from './compressor-options.js';
import { DEFAULT_MAX_LENGTH } from './output-limit.js';

/** How a library handles one format. */
export interface CompressionEngine {
  compress(data: Buffer): Buffer;
  compressAsync(data: Buffer): Promise<Buffer>;
  /** @throws OutputTooLong if there would be more bytes than `limit` */
  decompress(data: Buffer, limit: number): Buffer;
  decompressAsync(data: Buffer, limit: number): Promise<Buffer>;
}

/** A compressor whose data carry their own mark: any chain with a compressor of the same name can read them. */
export abstract class BuiltInCompressor implements Compressor {
  abstract readonly name: CompressorName;
  readonly minLength?: number;
  readonly maxLength: number;

  constructor(
    private readonly engine: CompressionEngine,
    { minLength, maxLength = DEFAULT_MAX_LENGTH }: CompressorOptions,
  ) {
    this.minLength = minLength;
    this.maxLength = maxLength;
  }

  compress(data: Buffer): Buffer {
    return this.engine.compress(data);
  }

  decompress(data: Buffer, maxLength = this.maxLength): Buffer {
    return this.engine.decompress(data, maxLength);
  }

  compressAsync(data: Buffer): Promise<Buffer> {
    return this.engine.compressAsync(data);
  }

  decompressAsync(data: Buffer, maxLength = this.maxLength): Promise<Buffer> {
    return this.engine.decompressAsync(data, maxLength);
  }
}
