import type { Compressor, CompressorName } from '../codec.types.js';
import { ConfigError } from '../../errors/index.js';

/** @publicApi */
export interface CompressorOptions {
  /** How much work to spend, in the numbers of the format itself: more makes smaller and slower. */
  readonly level?: number;
  /** Serialized values shorter than this many bytes are stored as they are (256). */
  readonly minLength?: number;
}

/** What a library does for a format. */
export type CompressionEngine = Required<
  Pick<Compressor, 'compress' | 'decompress' | 'compressAsync' | 'decompressAsync'>
>;

/** A compressor whose data carry a mark of their own: any chain that has one of the same name can read them. */
export abstract class BuiltInCompressor implements Compressor {
  abstract readonly name: CompressorName;
  readonly minLength?: number;

  constructor(
    private readonly engine: CompressionEngine,
    { minLength }: CompressorOptions,
  ) {
    this.minLength = minLength;
  }

  compress(data: Buffer): Buffer {
    return this.engine.compress(data);
  }

  decompress(data: Buffer): Buffer {
    return this.engine.decompress(data);
  }

  compressAsync(data: Buffer): Promise<Buffer> {
    return this.engine.compressAsync(data);
  }

  decompressAsync(data: Buffer): Promise<Buffer> {
    return this.engine.decompressAsync(data);
  }
}

/** @throws ConfigError for a level that the format does not have. */
export function checkedLevel(name: CompressorName, level: number, lowest: number, highest: number): number {
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level;
  throw new ConfigError(`level of the compressor ${name} must be a whole number from ${lowest} to ${highest}`);
}
