import { describe, expect, it, vi } from 'vitest';
import { createCodec, ZstdCompressor } from '../../lib/codec/index.js';

type Compress = (data: Buffer, options: object) => Buffer;
type CompressLater = (data: Buffer, options: object, done: (error: Error | null, result: Buffer) => void) => void;

const zstd = vi.hoisted(() => ({
  zstdCompressSync: vi.fn<Compress>(),
  zstdCompress: vi.fn<CompressLater>(),
}));

// node:zlib as from Node.js 22.15 on, whatever version runs this; all versions share the format.
vi.mock(import('node:zlib'), async (original) => {
  const actual = await original();
  zstd.zstdCompressSync.mockImplementation((data) => actual.deflateSync(data));
  zstd.zstdCompress.mockImplementation((data, _, done) => actual.deflate(data, done));
  return {
    ...actual,
    ...zstd,
    zstdDecompress: actual.inflate,
    zstdDecompressSync: actual.inflateSync,
    constants: { ...actual.constants, ZSTD_c_compressionLevel: 100 },
  };
});

describe('zstd', () => {
  it.each([
    [1_000, zstd.zstdCompressSync],
    [100_000, zstd.zstdCompress],
  ])('uses that of Node.js if it has one (%i bytes)', async (length, compress) => {
    const codec = createCodec({ compressor: new ZstdCompressor({ level: 7 }) });
    const data = (await codec.encode('a'.repeat(length))) as Buffer;
    expect(await codec.decode(data)).toBe('a'.repeat(length));
    expect(compress.mock.lastCall?.[1]).toStrictEqual({ params: { 100: 7 } });
  });
});
