import * as zlib from 'node:zlib';
import { requireOptional } from '../../errors/optional-package.js';
import { BuiltInCompressor, type CompressionEngine } from './built-in.compressor.js';
import { checkCompressorOptions, checkedLevel, type CompressorOptions } from './compressor-options.js';
import { zlibEngine, type ZlibFunctions } from './node-zlib.engine.js';
import { DEFAULT_MAX_LENGTH, OutputTooLong } from './output-limit.js';
import { LARGEST_BLOCK, longestOutput } from './zstd-frames.js';

/** On JSON as small as the library's own default of 3, in two thirds of the time. */
const DEFAULT_LEVEL = 1;
const LOWEST_LEVEL = 1;
const HIGHEST_LEVEL = 22;

/**
 * Zstandard, `level` 1 to 22 (1): small at little cost, the one to choose when in doubt. Built into Node.js from 22.15
 * on; older versions need the package `@toondepauw/node-zstd`.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ compressor: new ZstdCompressor({ level: 3 }) })
 */
export class ZstdCompressor extends BuiltInCompressor {
  readonly name = 'zstd';

  /** @throws ConfigError if Node.js has no zstd and `@toondepauw/node-zstd` is not installed. */
  constructor(options: CompressorOptions = {}) {
    checkCompressorOptions('zstd', options);
    const level = checkedLevel('zstd', options.level ?? DEFAULT_LEVEL, LOWEST_LEVEL, HIGHEST_LEVEL);
    super(hasZstd(zlib) ? builtInEngine(zlib, level) : libraryEngine(level, options.maxLength), options);
  }
}

/** The functions of node:zlib from Node.js 22.15 on. */
interface ZlibWithZstd {
  readonly zstdCompress: ZlibFunctions<ZstdOptions>['compress'];
  readonly zstdCompressSync: ZlibFunctions<ZstdOptions>['compressSync'];
  readonly zstdDecompress: ZlibFunctions<ZstdOptions>['decompress'];
  readonly zstdDecompressSync: ZlibFunctions<ZstdOptions>['decompressSync'];
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
}

function hasZstd(library: object): library is ZlibWithZstd {
  return 'zstdCompressSync' in library;
}

function builtInEngine(node: ZlibWithZstd, level: number): CompressionEngine {
  return zlibEngine(
    {
      compress: node.zstdCompress,
      compressSync: node.zstdCompressSync,
      decompress: node.zstdDecompress,
      decompressSync: node.zstdDecompressSync,
    },
    { params: { [node.constants.ZSTD_c_compressionLevel]: level } },
  );
}

/** The part of @toondepauw/node-zstd in use. */
interface NodeZstd {
  Encoder: new (level: number) => { encode(data: Buffer): Promise<Buffer>; encodeSync(data: Buffer): Buffer };
  Decoder: new () => { decode(data: Buffer): Promise<Buffer>; decodeSync(data: Buffer): Buffer };
}

function libraryEngine(level: number, maxLength = DEFAULT_MAX_LENGTH): CompressionEngine {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the optional package only this part is used
  const { Encoder, Decoder } = requireOptional('@toondepauw/node-zstd', 'The compressor zstd needs') as NodeZstd;
  const encoder = new Encoder(level);
  const decoder = new Decoder();
  // Uncompressed if the blocks might expand beyond the limit: data that would not get shorter are not stored
  // compressed.
  const readable = (compressed: Buffer, data: Buffer): Buffer => (isWithin(compressed, maxLength) ? compressed : data);
  return {
    compress: (data) => readable(encoder.encodeSync(data), data),
    decompress: (data, limit) => decoder.decodeSync(bounded(data, limit)),
    compressAsync: async (data) => readable(await encoder.encode(data), data),
    decompressAsync: async (data, limit) => decoder.decode(bounded(data, limit)),
  };
}

/** The library has no limit of its own. */
function bounded(data: Buffer, limit: number): Buffer {
  if (!isWithin(data, limit)) throw new OutputTooLong(limit);
  return data;
}

/** An upper bound from the blocks, the last of which may be shorter. */
function isWithin(data: Buffer, limit: number): boolean {
  return longestOutput(data) < limit + LARGEST_BLOCK;
}
