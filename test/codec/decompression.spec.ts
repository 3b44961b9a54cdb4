import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  BrotliCompressor,
  type Compressor,
  type CompressorName,
  createCodec,
  GzipCompressor,
  Lz4Compressor,
  ZlibCompressor,
  ZstdCompressor,
} from '../../lib/codec/index.js';
import { COMPRESSED_FORMATS, CUSTOM_FORMAT, MARKER } from '../../lib/codec/format.js';
import { longestOutput } from '../../lib/codec/compressors/zstd-frames.js';
import { CompressorError, ConfigError } from '../../lib/errors/index.js';
import { failure } from './stored.js';

const MiB = 1024 * 1024;
const require = createRequire(import.meta.url);
const lz4 = require('lz4-napi') as { compressSync(data: Buffer): Buffer };
const { Encoder } = require('@toondepauw/node-zstd') as {
  Encoder: new (level: number) => { encodeSync(data: Buffer): Buffer };
};

const types: Record<CompressorName, new (options: { minLength?: number; maxLength?: number }) => Compressor> = {
  zlib: ZlibCompressor,
  gzip: GzipCompressor,
  brotli: BrotliCompressor,
  lz4: Lz4Compressor,
  zstd: ZstdCompressor,
};
const compress: Record<CompressorName, (data: Buffer) => Buffer> = {
  zlib: (data) => deflateSync(data, { level: 1 }),
  gzip: (data) => gzipSync(data, { level: 1 }),
  brotli: (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  lz4: (data) => lz4.compressSync(data),
  zstd: (data) => new Encoder(3).encodeSync(data),
};
const names = Object.keys(types) as CompressorName[];

const marked = (format: number, data: Buffer): Buffer => Buffer.concat([Buffer.of(MARKER, format), data]);
/** Compressed JSON text of this many bytes. */
const bomb = (name: CompressorName, length: number): Buffer =>
  marked(COMPRESSED_FORMATS[name], compress[name](Buffer.from(`"${'a'.repeat(length - 2)}"`)));
const codecOf = (name: CompressorName, options = {}) =>
  createCodec({ serializer: 'json', compressor: new types[name](options) });

describe.each(names)('data that decompress to more than the limit (%s)', (name) => {
  it('are refused at 64 MiB, with instructions', async () => {
    const codec = codecOf(name);
    const before = process.memoryUsage.rss();
    const error = await failure(() => codec.decode(bomb(name, 64 * MiB + 1)));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.message).toContain(
      `The stored bytes decompress to more than ${64 * MiB} bytes, the maxLength of the compressor ${name}. ` +
        'Raise it if you trust the writer',
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MiB);
    expect(((await codec.decode(bomb(name, 64 * MiB))) as string).length).toBe(64 * MiB - 2);
  });

  it('are refused at the configured limit, small or large', async () => {
    for (const maxLength of [1000, 200_000]) {
      const codec = codecOf(name, { maxLength });
      expect(await failure(() => codec.decode(bomb(name, maxLength + 1)))).toBeInstanceOf(CompressorError);
      expect(((await codec.decode(bomb(name, maxLength))) as string).length).toBe(maxLength - 2);
    }
  });

  it('leave the event loop if only the result is large', async () => {
    const codec = codecOf(name);
    expect(codec.decode(bomb(name, 100_000))).toHaveLength(99_998);
    const large = codec.decode(bomb(name, MiB));
    expect(large).toBeInstanceOf(Promise);
    expect(await large).toHaveLength(MiB - 2);
  });

  it('are never written compressed', async () => {
    const codec = codecOf(name, { maxLength: 200_000, minLength: 0 });
    for (const length of [100, 150_000, 199_998, 199_999, 300_000]) {
      const data = (await codec.encode('a'.repeat(length))) as Buffer;
      expect(await codec.decode(data)).toHaveLength(length);
    }
    expect(await codec.encode('a'.repeat(199_999))).toHaveLength(200_001);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 53, '64'])('the limit cannot be %s', (maxLength) => {
    expect(() => codecOf(name, { maxLength })).toThrow(ConfigError);
    expect(() => codecOf(name, { maxLength })).toThrow(`maxLength of the compressor ${name} must be a number of bytes`);
  });
});

describe('Zstandard frames', () => {
  /** Four bytes that become 128 KiB. */
  const run = (isLast: boolean): Buffer => Buffer.of(0x02 | Number(isLast), 0x00, 0x10, 0x61);
  const frame = Buffer.from('28b52ffd0058', 'hex');
  const runs = (count: number): Buffer =>
    Buffer.concat([frame, ...Array.from({ length: count }, (_, index) => run(index === count - 1))]);

  it('with gigabytes are refused without reading them', async () => {
    const error = await failure(() => codecOf('zstd').decode(marked(COMPRESSED_FORMATS.zstd, runs(32_768))));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.message).toContain('more than');
  });

  it('that follow each other count together', async () => {
    const many = Buffer.concat([runs(300), runs(300)]);
    expect(longestOutput(many)).toBe(600 * 128 * 1024);
    expect(await failure(() => codecOf('zstd').decode(marked(COMPRESSED_FORMATS.zstd, many)))).toBeInstanceOf(
      CompressorError,
    );
  });

  it('are measured, whatever their levels and contents', () => {
    for (const level of [1, 3, 19]) {
      for (const length of [0, 1, 1000, 128 * 1024, 128 * 1024 + 1, MiB]) {
        for (const data of [Buffer.alloc(length, 'ab'), randomBytes(length)]) {
          const longest = longestOutput(new Encoder(level).encodeSync(data));
          expect(longest).toBeGreaterThanOrEqual(length);
          expect(longest).toBeLessThanOrEqual(Math.max(2 * length, 256 * 1024));
        }
      }
    }
  });

  it('may be skippable, and are refused if they are cut off or no frames', () => {
    const skippable = Buffer.concat([Buffer.from('502a4d1803000000', 'hex'), Buffer.alloc(3)]);
    expect(longestOutput(Buffer.concat([skippable, runs(1)]))).toBe(128 * 1024);
    for (const data of [runs(2).subarray(0, -4), Buffer.alloc(20, 1), frame, Buffer.of(0x28, 0xb5)]) {
      expect(() => longestOutput(data)).toThrow(RangeError);
    }
  });
});

describe('a compressor of the user', () => {
  const data = marked(CUSTOM_FORMAT, Buffer.from('x'));

  it('receives the limit, and must keep it', async () => {
    const limits: number[] = [];
    const decompress = (_: Buffer, maxLength: number): Buffer => {
      limits.push(maxLength);
      return Buffer.from(`"${'a'.repeat(998)}"`);
    };
    const own = { name: 'own', compress: (bytes: Buffer) => bytes, decompress };
    const codec = (maxLength?: number) => createCodec({ serializer: 'json', compressor: { ...own, maxLength } });
    expect(codec(1000).decode(data)).toHaveLength(998);
    const error = await failure(() => codec(999).decode(data));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.message).toContain('the maxLength of the compressor own');
    expect(codec().decode(data)).toHaveLength(998);
    expect(limits).toStrictEqual([1000, 999, 64 * MiB]);
  });

  it('may read data that another of the chain refuses', () => {
    const reader = (length: number, maxLength: number): Compressor => ({
      maxLength,
      compress: (bytes) => bytes,
      decompress: () => Buffer.alloc(length, '1'),
    });
    const codec = createCodec({ serializer: 'json', compressor: [reader(100, 10), reader(3, 10)] });
    expect(codec.decode(data)).toBe(111);
  });

  it.each([0, -1, NaN, '10'])('cannot have a limit of %s', (maxLength) => {
    const compressor = { compress: (d: Buffer) => d, decompress: (d: Buffer) => d, maxLength } as Compressor;
    expect(() => createCodec({ compressor })).toThrow(ConfigError);
  });
});
