import { promisify } from 'node:util';
import type { CompressionEngine } from './built-in.compressor.js';
import { OutputTooLong } from './output-limit.js';

type Callback = (error: Error | null, result: Buffer) => void;

/** The four functions of node:zlib for one format. */
export interface ZlibFunctions<Options> {
  readonly compress: (data: Buffer, options: Options, done: Callback) => void;
  readonly compressSync: (data: Buffer, options: Options) => Buffer;
  readonly decompress: (data: Buffer, options: DecompressOptions, done: Callback) => void;
  readonly decompressSync: (data: Buffer, options: DecompressOptions) => Buffer;
}

interface DecompressOptions {
  readonly maxOutputLength: number;
}

export function zlibEngine<Options>(functions: ZlibFunctions<Options>, options: Options): CompressionEngine {
  const compress = promisify<Buffer, Options, Buffer>(functions.compress);
  const decompress = promisify<Buffer, DecompressOptions, Buffer>(functions.decompress);
  return {
    compress: (data) => functions.compressSync(data, options),
    decompress: (data, limit) => {
      try {
        return functions.decompressSync(data, { maxOutputLength: limit });
      } catch (error) {
        throw translated(error, limit);
      }
    },
    compressAsync: (data) => compress(data, options),
    decompressAsync: async (data, limit) => {
      try {
        return await decompress(data, { maxOutputLength: limit });
      } catch (error) {
        throw translated(error, limit);
      }
    },
  };
}

function translated(error: unknown, limit: number): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zlib throws only objects, with or without a code
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new OutputTooLong(limit) : error;
}
