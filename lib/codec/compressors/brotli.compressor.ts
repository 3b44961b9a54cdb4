import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompress,
  brotliDecompressSync,
  constants,
  type BrotliOptions,
} from 'node:zlib';
import { BuiltInCompressor } from './built-in.compressor.js';
import { checkCompressorOptions, checkedLevel, type CompressorOptions } from './compressor-options.js';
import { zlibEngine } from './node-zlib.engine.js';

/** As fast as zlib, and smaller. Node's own default is the highest level, which takes a hundred times as long. */
const DEFAULT_LEVEL = 4;

/**
 * Brotli, `level` (its quality) 0 to 11 (4).
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ compressor: new BrotliCompressor({ level: 6, minLength: 1024 }) })
 */
export class BrotliCompressor extends BuiltInCompressor {
  readonly name = 'brotli';

  constructor(options: CompressorOptions = {}) {
    checkCompressorOptions('brotli', options);
    const { BROTLI_PARAM_QUALITY, BROTLI_MIN_QUALITY, BROTLI_MAX_QUALITY } = constants;
    const quality = checkedLevel('brotli', options.level ?? DEFAULT_LEVEL, BROTLI_MIN_QUALITY, BROTLI_MAX_QUALITY);
    super(
      zlibEngine<BrotliOptions>(
        {
          compress: brotliCompress,
          compressSync: brotliCompressSync,
          decompress: brotliDecompress,
          decompressSync: brotliDecompressSync,
        },
        { params: { [BROTLI_PARAM_QUALITY]: quality } },
      ),
      options,
    );
  }
}
