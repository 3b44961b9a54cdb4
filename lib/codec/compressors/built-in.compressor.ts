import type { Compressor, CompressorName } from '../codec.types.js';
import { ConfigError } from '../../errors/index.js';
import { DEFAULT_MAX_LENGTH } from './output-limit.js';

/** @publicApi */
export interface CompressorOptions {
  /** How much work to spend, in the numbers of the format itself: more makes smaller and slower. */
  readonly level?: number;
  /** Serialized values shorter than this many bytes are stored as they are (256). */
  readonly minLength?: number;
  /** Values of more bytes than this are stored as they are, and what decompresses to more cannot be read (64 MiB). */
  readonly maxLength?: number;
}

/** What a library does for a format. */
export interface CompressionEngine {
  compress(data: Buffer): Buffer;
  compressAsync(data: Buffer): Promise<Buffer>;
  /** @throws OutputTooLong where there would be more bytes than `limit` */
  decompress(data: Buffer, limit: number): Buffer;
  decompressAsync(data: Buffer, limit: number): Promise<Buffer>;
}

/** A compressor whose data carry a mark of their own: any chain that has one of the same name can read them. */
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

/** @throws ConfigError for a level that the format does not have. */
export function checkedLevel(name: CompressorName, level: number, lowest: number, highest: number): number {
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level;
  throw new ConfigError(`level of the compressor ${name} must be a whole number from ${lowest} to ${highest}`);
}
