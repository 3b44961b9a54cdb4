import { type CodecError, CompressorError, ConfigError, EncryptionError } from '../errors/index.js';
import type { Compressor, CompressorLike, CompressorName } from './compressors/compressor.js';
import { BrotliCompressor } from './compressors/brotli.compressor.js';
import { BuiltInCompressor } from './compressors/built-in.compressor.js';
import { checkLengths, DEFAULT_MIN_LENGTH } from './compressors/compressor-options.js';
import { GzipCompressor } from './compressors/gzip.compressor.js';
import { Lz4Compressor } from './compressors/lz4.compressor.js';
import { ZlibCompressor } from './compressors/zlib.compressor.js';
import { ZstdCompressor } from './compressors/zstd.compressor.js';
import { COMPRESSED_FORMATS, CUSTOM_FORMAT, ENCRYPTED_FORMAT, mark, MARK_LENGTH } from './format.js';
import { ASYNC_LENGTH, checkedBytes, compressorName, decompressBy, maxLengthOf } from './decompression.js';
import { safeCause } from './safe-cause.js';

const BUILT_IN: Readonly<Record<CompressorName, new () => Compressor>> = {
  zlib: ZlibCompressor,
  gzip: GzipCompressor,
  brotli: BrotliCompressor,
  lz4: Lz4Compressor,
  zstd: ZstdCompressor,
};

/** The first compressor writes, all of them read: a format can be changed without flushing. */
export class CompressorChain {
  private readonly writer: Compressor | undefined;
  private readonly minLength: number;
  private readonly readers = new Map<number, Compressor[]>();

  /** @throws ConfigError if something is not a compressor, or its library is not installed. */
  constructor(likes: CompressorLike | readonly CompressorLike[]) {
    const compressors = (Array.isArray(likes) ? likes : [likes]).map(toCompressor);
    for (const compressor of compressors) {
      const format = formatOf(compressor);
      this.readers.set(format, [...(this.readers.get(format) ?? []), compressor]);
    }
    this.writer = compressors[0];
    this.minLength = this.writer?.minLength ?? DEFAULT_MIN_LENGTH;
  }

  /** The data compressed and marked, or `plain` if that is not longer. */
  compress(data: Buffer, plain: Buffer): Buffer | Promise<Buffer> {
    const { writer } = this;
    if (writer === undefined || data.length < this.minLength || data.length > maxLengthOf(writer)) return plain;
    if (data.length > ASYNC_LENGTH && writer.compressAsync) return compressLarge(writer, data, plain);
    try {
      return shorter(writer, writer.compress(data), plain);
    } catch (error) {
      throw compressError(writer, error);
    }
  }

  /**
   * @throws CompressorError for unknown marks, compressors that are not in the chain, and broken data
   * @throws OutputTooLong if it decompresses to more than `most` bytes
   */
  decompress(data: Buffer, most?: number): Buffer | Promise<Buffer> {
    const format = data[1];
    const readers = format === undefined ? undefined : this.readers.get(format);
    if (readers === undefined) throw unknownFormat(format);
    return decompressBy(readers, data.subarray(MARK_LENGTH), most);
  }
}

async function compressLarge(writer: Compressor, data: Buffer, plain: Buffer): Promise<Buffer> {
  try {
    return shorter(writer, await writer.compressAsync?.(data), plain);
  } catch (error) {
    throw compressError(writer, error);
  }
}

function shorter(writer: Compressor, compressed: unknown, plain: Buffer): Buffer {
  const bytes = checkedBytes(compressed);
  return bytes.length + MARK_LENGTH < plain.length ? mark(formatOf(writer), bytes) : plain;
}

function toCompressor(like: unknown): Compressor {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the line above has found the name in the table
  if (typeof like === 'string' && Object.hasOwn(BUILT_IN, like)) return new BUILT_IN[like as CompressorName]();
  if (!isCompressor(like)) {
    const names = Object.keys(BUILT_IN).map((name) => `'${name}'`);
    throw new ConfigError(
      `compressor must be ${names.join(', ')} or an object with compress() and decompress(), or a list of these`,
    );
  }
  checkLengths(compressorName(like), like);
  return like;
}

function isCompressor(like: unknown): like is Compressor {
  const { compress, decompress } = (typeof like === 'object' && like !== null ? like : {}) as Partial<Compressor>;
  return typeof compress === 'function' && typeof decompress === 'function';
}

function formatOf(compressor: Compressor): number {
  return compressor instanceof BuiltInCompressor ? COMPRESSED_FORMATS[compressor.name] : CUSTOM_FORMAT;
}

/** The built-in compressor with this mark. */
export const compressorOf = (format: number | undefined): string | undefined =>
  Object.entries(COMPRESSED_FORMATS).find(([, known]) => known === format)?.[0];

function compressError(compressor: Compressor, error: unknown): CompressorError {
  return new CompressorError(`The value cannot be compressed by ${compressorName(compressor)}`, {
    cause: safeCause(error),
  });
}

function unknownFormat(format: number | undefined): CodecError {
  const name = compressorOf(format);
  if (name !== undefined) {
    return new CompressorError(
      `The stored bytes were compressed with ${name}: add '${name}' to \`compressor\` to read them`,
    );
  }
  if (format === CUSTOM_FORMAT) {
    return new CompressorError(
      'The stored bytes were compressed by a compressor of your own: add it to `compressor` to read them',
    );
  }
  if (format === ENCRYPTED_FORMAT) {
    return new EncryptionError(
      'The stored bytes are encrypted: only a cache with `encryption` can read them, with methods for entries and hashes',
    );
  }
  return new CompressorError('The stored bytes are truncated, or carry a format mark that this version does not know');
}
