import { CompressorError } from '../errors/index.js';
import type { Compressor } from './compressors/compressor.js';
import { BuiltInCompressor } from './compressors/built-in.compressor.js';
import { DEFAULT_MAX_LENGTH, INLINE_LENGTH, OutputTooLong } from './compressors/output-limit.js';
import { safeCause } from './safe-cause.js';

/**
 * Longer data are (de)compressed off the event loop. The slowest, zlib, takes 0.4 ms to compress this many bytes; for
 * fewer, the round trip to a thread costs more than it saves.
 */
export const ASYNC_LENGTH = 32 * 1024;

/**
 * Tries compressors until one does not throw. Only custom ones share a format.
 *
 * @param most if the caller accepts less than the compressor's `maxLength`
 * @throws CompressorError for broken data, and for data that decompress to more than `maxLength`
 * @throws OutputTooLong for data that decompress to more than `most`
 */
export function decompressBy(
  [reader, ...others]: readonly Compressor[],
  data: Buffer,
  most = Infinity,
  firstError?: unknown,
): Buffer | Promise<Buffer> {
  if (reader === undefined) {
    if (firstError instanceof CompressorError || firstError instanceof OutputTooLong) throw firstError;
    throw new CompressorError('The stored bytes cannot be decompressed: they are corrupt or truncated', {
      cause: safeCause(firstError),
    });
  }
  const tryOthers = (error: unknown): Buffer | Promise<Buffer> =>
    decompressBy(others, data, most, firstError ?? telling(reader, error));
  try {
    const bytes = decompress(reader, data, Math.min(most, maxLengthOf(reader)));
    return Buffer.isBuffer(bytes) ? bytes : bytes.catch(tryOthers);
  } catch (error) {
    return tryOthers(error);
  }
}

/** The event loop only handles data that are small on both sides. */
function decompress(reader: Compressor, data: Buffer, limit: number): Buffer | Promise<Buffer> {
  if (!reader.decompressAsync) return checkedBytes(reader.decompress(data, limit), limit);
  if (data.length <= ASYNC_LENGTH) {
    // Only the built-in ones are sure to stop at the limit.
    const inline = reader instanceof BuiltInCompressor ? Math.min(limit, INLINE_LENGTH) : limit;
    try {
      return checkedBytes(reader.decompress(data, inline), limit);
    } catch (error) {
      if (!(error instanceof OutputTooLong) || inline === limit) throw error;
    }
  }
  return decompressLarge(reader, data, limit);
}

async function decompressLarge(reader: Compressor, data: Buffer, limit: number): Promise<Buffer> {
  return checkedBytes(await reader.decompressAsync?.(data, limit), limit);
}

export function maxLengthOf({ maxLength = DEFAULT_MAX_LENGTH }: Compressor): number {
  return maxLength;
}

export function checkedBytes(bytes: unknown, limit = Infinity): Buffer {
  if (!Buffer.isBuffer(bytes)) throw new CompressorError('A compressor must return a Buffer');
  if (bytes.length > limit) throw new OutputTooLong(limit);
  return bytes;
}

function telling(reader: Compressor, error: unknown): unknown {
  if (!(error instanceof OutputTooLong) || error.limit < maxLengthOf(reader)) return error;
  return new CompressorError(
    `The stored bytes decompress to more than ${error.limit} bytes, the maxLength of the compressor ` +
      `${compressorName(reader)}. Raise it if you trust the writer`,
  );
}

export function compressorName(compressor: Compressor): string {
  return compressor.name ?? compressor.constructor.name;
}
