import { requireOptional } from '../../errors/optional-package.js';
import { BuiltInCompressor, type CompressionEngine } from './built-in.compressor.js';
import { checkCompressorOptions, type CompressorOptions, lengthNames } from './compressor-options.js';
import { OutputTooLong } from './output-limit.js';

/** The part of lz4-napi in use. */
interface Lz4 {
  compress(data: Buffer): Promise<Buffer>;
  compressSync(data: Buffer): Buffer;
  uncompress(data: Buffer): Promise<Buffer>;
  uncompressSync(data: Buffer): Buffer;
}

/** The bytes before a block, which state its decompressed length. */
const LENGTH_BYTES = 4;
/** No byte of a block expands to more bytes than this. */
const HIGHEST_RATIO = 255;

/**
 * LZ4: by far the fastest, and compresses least. It has no levels.
 * Needs the package `lz4-napi`.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ compressor: new Lz4Compressor({ minLength: 512 }) })
 */
export class Lz4Compressor extends BuiltInCompressor {
  readonly name = 'lz4';

  /** @throws ConfigError if `lz4-napi` is not installed. */
  constructor(options: Omit<CompressorOptions, 'level'> = {}) {
    checkCompressorOptions('lz4', options, lengthNames);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the optional package only this part is used
    super(lz4Engine(requireOptional('lz4-napi', 'The compressor lz4 needs') as Lz4), options);
  }
}

function lz4Engine(lz4: Lz4): CompressionEngine {
  return {
    compress: (data) => lz4.compressSync(data),
    decompress: (data, limit) => lz4.uncompressSync(plausible(data, limit)),
    compressAsync: (data) => lz4.compress(data),
    decompressAsync: async (data, limit) => lz4.uncompress(plausible(data, limit)),
  };
}

/** The library would allocate any length that broken data claim. */
function plausible(data: Buffer, limit: number): Buffer {
  const length = data.readUInt32LE(0);
  if (length > (data.length - LENGTH_BYTES) * HIGHEST_RATIO) {
    throw new RangeError('The length of the LZ4 block is out of range');
  }
  if (length > limit) throw new OutputTooLong(limit);
  return data;
}
