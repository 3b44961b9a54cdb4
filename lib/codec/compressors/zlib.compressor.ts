import { deflate, deflateSync, inflate, inflateSync, constants } from 'node:zlib';
import { BuiltInCompressor } from './built-in.compressor.js';
import { checkCompressorOptions, checkedLevel, type CompressorOptions } from './compressor-options.js';
import { zlibEngine } from './node-zlib.engine.js';

/** zlib's own default, a good compromise. */
const DEFAULT_LEVEL = 6;

/**
 * DEFLATE with the header and the checksum of zlib, `level` 0 to 9 (6).
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ compressor: ['zstd', new ZlibCompressor()] }) // writes zstd, still reads zlib
 */
export class ZlibCompressor extends BuiltInCompressor {
  readonly name = 'zlib';

  constructor(options: CompressorOptions = {}) {
    checkCompressorOptions('zlib', options);
    const { level = DEFAULT_LEVEL } = options;
    super(
      zlibEngine(
        { compress: deflate, compressSync: deflateSync, decompress: inflate, decompressSync: inflateSync },
        { level: checkedLevel('zlib', level, constants.Z_NO_COMPRESSION, constants.Z_BEST_COMPRESSION) },
      ),
      options,
    );
  }
}
