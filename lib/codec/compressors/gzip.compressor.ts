import { gzip, gzipSync, gunzip, gunzipSync, constants } from 'node:zlib';
import { BuiltInCompressor } from './built-in.compressor.js';
import { checkCompressorOptions, checkedLevel, type CompressorOptions } from './compressor-options.js';
import { zlibEngine } from './node-zlib.engine.js';

/** zlib's own default, a good compromise. */
const DEFAULT_LEVEL = 6;

/**
 * Like {@link ZlibCompressor}, in the format that `gunzip` reads: `level` 0 to 9 (6).
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ compressor: new GzipCompressor({ level: 1 }) })
 */
export class GzipCompressor extends BuiltInCompressor {
  readonly name = 'gzip';

  constructor(options: CompressorOptions = {}) {
    checkCompressorOptions('gzip', options);
    const { level = DEFAULT_LEVEL } = options;
    super(
      zlibEngine(
        { compress: gzip, compressSync: gzipSync, decompress: gunzip, decompressSync: gunzipSync },
        { level: checkedLevel('gzip', level, constants.Z_NO_COMPRESSION, constants.Z_BEST_COMPRESSION) },
      ),
      options,
    );
  }
}
