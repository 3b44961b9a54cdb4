import { promisify } from 'node:util';
import { MAX_DECOMPRESSED_LENGTH } from '../format.js';
import type { CompressionEngine } from './built-in.compressor.js';

type Callback = (error: Error | null, result: Buffer) => void;

/** The four functions that node:zlib has for a format. */
export interface ZlibFunctions<Options> {
  readonly compress: (data: Buffer, options: Options, done: Callback) => void;
  readonly compressSync: (data: Buffer, options: Options) => Buffer;
  readonly decompress: (data: Buffer, options: DecompressOptions, done: Callback) => void;
  readonly decompressSync: (data: Buffer, options: DecompressOptions) => Buffer;
}

interface DecompressOptions {
  readonly maxOutputLength: number;
}

/** Broken data can say that they are very long. */
const LIMIT: DecompressOptions = { maxOutputLength: MAX_DECOMPRESSED_LENGTH };

export function zlibEngine<Options>(functions: ZlibFunctions<Options>, options: Options): CompressionEngine {
  const compress = promisify<Buffer, Options, Buffer>(functions.compress);
  const decompress = promisify<Buffer, DecompressOptions, Buffer>(functions.decompress);
  return {
    compress: (data) => functions.compressSync(data, options),
    decompress: (data) => functions.decompressSync(data, LIMIT),
    compressAsync: (data) => compress(data, options),
    decompressAsync: (data) => decompress(data, LIMIT),
  };
}
