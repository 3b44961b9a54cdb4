import { gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import {
  BrotliCompressor,
  type Compressor,
  type CompressorLike,
  type CompressorName,
  createCodec,
  GzipCompressor,
  Lz4Compressor,
  ZlibCompressor,
  ZstdCompressor,
} from '../../lib/codec/index.js';
import { ENVELOPE_FORMAT, MARKER } from '../../lib/codec/format.js';
import { CodecError, CompressorError, ConfigError, SerializerError } from '../../lib/errors/index.js';
import { failure, roundTrip } from './stored.js';

const names: CompressorName[] = ['zlib', 'gzip', 'brotli', 'lz4', 'zstd'];
const text = 'All work and no play makes Jack a dull boy. '.repeat(20);
const uncompressed = createCodec();

/** Text of this many bytes that is hard to compress. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

describe.each(names)('%s', (name) => {
  const codec = createCodec({ compressor: name });

  it('stores a smaller result behind a mark of two bytes', async () => {
    const data = codec.encode(text) as Buffer;
    expect(data.length).toBeLessThan(text.length / 3);
    expect(data[0]).toBe(MARKER);
    expect(codec.decode(data)).toBe(text);
  });

  it('leaves short and incompressible values alone', () => {
    expect(codec.encode('short')).toStrictEqual(uncompressed.encode('short'));
    expect(codec.encode(noise(2_000))).toStrictEqual(uncompressed.encode(noise(2_000)));
  });

  it('leaves numbers and members alone', () => {
    const large = 10n ** 1_000n;
    expect(codec.encode(large)).toBe(String(large));
    expect(codec.encodeCanonical(text)).toStrictEqual(uncompressed.encodeCanonical(text));
  });

  it('handles large values off the event loop', async () => {
    const large = Array.from({ length: 60_000 }, (_, index) => `${index} ${Math.sin(index)}`);
    const encoded = codec.encode(large);
    expect(encoded).toBeInstanceOf(Promise);
    const data = (await encoded) as Buffer;
    expect(data.length).toBeGreaterThan(32 * 1024);
    const decoded = codec.decode(data);
    expect(decoded).toBeInstanceOf(Promise);
    expect(await decoded).toStrictEqual(large);
  });

  it('leaves large incompressible data alone', async () => {
    expect(await codec.encode(noise(40_000))).toStrictEqual(uncompressed.encode(noise(40_000)));
  });

  it('reads uncompressed data, and data of a chain with another one', async () => {
    expect(codec.decode(uncompressed.encode({ text }) as Buffer)).toStrictEqual({ text });
    const changed = createCodec({ compressor: [name === 'gzip' ? 'zlib' : 'gzip', name] });
    expect(changed.decode(codec.encode({ text }) as Buffer)).toStrictEqual({ text });
    expect(await roundTrip(changed, { text })).toStrictEqual({ text });
  });

  it('is named by the error of a chain that lacks it', async () => {
    const data = codec.encode({ text }) as Buffer;
    for (const other of [createCodec(), createCodec({ compressor: name === 'gzip' ? 'zlib' : 'gzip' })]) {
      const error = await failure(() => other.decode(data));
      expect(error).toBeInstanceOf(CompressorError);
      expect(error.message).toContain(
        `The stored bytes were compressed with ${name}: add '${name}' to \`compressor\` to read them`,
      );
    }
  });

  it('reports broken data, small or large', async () => {
    for (const value of [text, Array.from({ length: 60_000 }, (_, index) => `${index} ${Math.sin(index)}`)]) {
      const data = (await codec.encode(value)) as Buffer;
      const broken = Buffer.from(data).fill(0xff, 2, 20);
      const error = await failure(() => codec.decode(broken));
      expect(error).toBeInstanceOf(CompressorError);
      expect(error.message).toMatch(/corrupt or truncated/);
      // Node's own zstd takes the end of the data for the end of the value.
      expect(await failure(() => codec.decode(data.subarray(0, -10)))).toBeInstanceOf(CodecError);
    }
  });
});

describe('formats with the names of other libraries’ are those formats', () => {
  it.each([
    ['zlib', inflateSync],
    ['gzip', gunzipSync],
  ] as const)('%s', (compressor, decompress) => {
    const data = createCodec({ serializer: 'json', compressor }).encode(text) as Buffer;
    expect(decompress(data.subarray(2)).toString()).toBe(JSON.stringify(text));
  });
});

describe('options', () => {
  const compressors: [CompressorName, new (options: { level?: number; minLength?: number }) => Compressor][] = [
    ['zlib', ZlibCompressor],
    ['gzip', GzipCompressor],
    ['brotli', BrotliCompressor],
    ['zstd', ZstdCompressor],
  ];

  it.each(compressors)('%s has levels', (_, Type) => {
    const value = Array.from({ length: 500 }, (__, index) => ({ index, name: `User ${(index * 7919) % 1000}` }));
    const atLevel = (level: number) => createCodec({ compressor: new Type({ level }) }).encode(value) as Buffer;
    const [low, high] = [atLevel(1), atLevel(9)];
    expect(high.length).toBeLessThan(low.length);
    expect(createCodec({ compressor: new Type({}) }).decode(high)).toStrictEqual(value);
  });

  it.each(compressors)('%s refuses levels that it does not have', (name, Type) => {
    for (const level of [-1, 99, 1.5, NaN]) {
      expect(() => new Type({ level })).toThrow(ConfigError);
      expect(() => new Type({ level })).toThrow(`level of the compressor ${name} must be a whole number from`);
    }
  });

  it.each([...compressors, ['lz4', Lz4Compressor] as const])('%s compresses from minLength bytes on', (_, Type) => {
    const value = 'a'.repeat(98); // 100 bytes with its header
    const length = (minLength: number): number =>
      (createCodec({ compressor: new Type({ minLength }) }).encode(value) as Buffer).length;
    expect(uncompressed.encode(value)).toHaveLength(100);
    expect(length(101)).toBe(100);
    expect(length(100)).toBeLessThan(100);
    expect(length(0)).toBeLessThan(100);
  });

  it('minLength is 256 bytes', () => {
    const codec = createCodec({ compressor: 'zlib' });
    expect(codec.encode('a'.repeat(253))).toHaveLength(255);
    expect((codec.encode('a'.repeat(254)) as Buffer).length).toBeLessThan(100);
  });

  it.each([-1, 1.5, NaN, '100'])('minLength cannot be %s', (minLength) => {
    const problem = (name: string) => new RegExp(`^minLength of the compressor ${name} must be a number of bytes`);
    expect(() => new GzipCompressor({ minLength: minLength as number })).toThrow(problem('gzip'));
    const identity = (data: Buffer) => data;
    const own = { name: 'own', minLength: minLength as number, compress: identity, decompress: identity };
    expect(() => createCodec({ compressor: own })).toThrow(problem('own'));
  });

  it.each([['snappy'], [{ compress: (data: Buffer) => data }], [null], [GzipCompressor], [['gzip', 'snappy']]])(
    'a compressor cannot be %s',
    (compressor) => {
      const chain = compressor as unknown as CompressorLike;
      expect(() => createCodec({ compressor: chain })).toThrow(ConfigError);
      expect(() => createCodec({ compressor: chain })).toThrow(/'zlib', 'gzip', 'brotli', 'lz4', 'zstd' or an object/);
    },
  );
});

describe('a compressor of the user', () => {
  /** Prepends its name, and refuses to read data without it. */
  function tagging(name: string): Compressor {
    return {
      name,
      minLength: 0,
      compress: (data) => Buffer.concat([Buffer.from(name), new ZlibCompressor().compress(data)]),
      decompress: (data) => {
        if (!data.toString('latin1').startsWith(name)) throw new Error(`not ${name}: ${data.toString()}`);
        return new ZlibCompressor().decompress(data.subarray(name.length));
      },
    };
  }

  it('writes first, and any of them that can reads, in the order of the chain', async () => {
    const old = createCodec({ compressor: tagging('old') });
    const now = createCodec({ compressor: [tagging('new'), 'gzip', tagging('old')] });
    expect(now.decode(old.encode(text) as Buffer)).toBe(text);
    expect(await roundTrip(now, text)).toBe(text);
    expect(now.decode(createCodec({ compressor: 'gzip' }).encode(text) as Buffer)).toBe(text);
    const large = 'a'.repeat(100_000);
    expect(await now.decode((await old.encode(large)) as Buffer)).toBe(large);
  });

  it('has its errors wrapped, without their messages', async () => {
    const old = createCodec({ compressor: tagging('old') });
    const error = await failure(() => createCodec({ compressor: tagging('new') }).decode(old.encode(text) as Buffer));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.cause).toMatchObject({ name: 'Error', message: '(message omitted: it may quote the value)' });
    expect((error.cause as Error).stack).toContain('compressors.spec.ts');
    expect((error.cause as Error).stack).not.toContain('not new');
    expect((await failure(() => createCodec().decode(old.encode(text) as Buffer))).message).toMatch(/of your own/);
  });

  it('that fails to compress stops the write', async () => {
    const broken: Compressor = {
      name: 'broken',
      compress: () => {
        throw new Error('secret');
      },
      compressAsync: () => Promise.reject(new Error('secret')),
      decompress: (data) => data,
    };
    for (const value of ['a'.repeat(1_000), 'a'.repeat(100_000)]) {
      const error = await failure(() => createCodec({ compressor: broken }).encode(value));
      expect(error).toBeInstanceOf(CompressorError);
      expect(error.message).toContain('The value cannot be compressed by broken');
      expect(String(error.cause)).not.toContain('secret');
    }
  });

  it('must return Buffers', async () => {
    const odd = { compress: () => 'text', decompress: () => 'text' } as unknown as Compressor;
    expect(await failure(() => createCodec({ compressor: odd }).encode(text))).toBeInstanceOf(CompressorError);
    const data = createCodec({ compressor: tagging('old') }).encode(text) as Buffer;
    expect(await failure(() => createCodec({ compressor: odd }).decode(data))).toBeInstanceOf(CompressorError);
  });

  it('without asynchronous methods also handles large values synchronously', async () => {
    const codec = createCodec({ compressor: tagging('old') });
    const data = codec.encode('a'.repeat(100_000));
    expect(data).toBeInstanceOf(Buffer);
    expect(codec.decode(data as Buffer)).toBe('a'.repeat(100_000));
  });

  it('has its asynchronous methods called for large data only', async () => {
    const zlib = new ZlibCompressor();
    const compressAsync = vi.fn<(data: Buffer) => Promise<Buffer>>((data) => zlib.compressAsync(data));
    const decompressAsync = vi.fn<(data: Buffer) => Promise<Buffer>>((data) => zlib.decompressAsync(data));
    const codec = createCodec({ compressor: { ...tagging('x'), compressAsync, decompressAsync } });
    await codec.encode('a'.repeat(32 * 1024 - 3)); // exactly 32 KiB with its header
    expect(compressAsync).not.toHaveBeenCalled();
    await codec.encode('a'.repeat(32 * 1024));
    expect(compressAsync).toHaveBeenCalledOnce();
    expect(decompressAsync).not.toHaveBeenCalled();
  });
});

describe('unknown marks', () => {
  it.each([
    ['an unknown one', Buffer.of(MARKER, 0xee, 1, 2, 3)],
    ['an envelope', Buffer.of(MARKER, ENVELOPE_FORMAT, 1, 2, 3)],
    ['a cut one', Buffer.of(MARKER)],
  ])('%s', async (_, data) => {
    const error = await failure(() => createCodec({ compressor: names }).decode(data));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.message).toMatch(/a format mark that this version does not know/);
  });

  it('no mark is a prefix of another', () => {
    const first = names.map((compressor) => (createCodec({ compressor }).encode(text) as Buffer)[1]);
    expect(new Set([...first, ENVELOPE_FORMAT]).size).toBe(names.length + 1);
    expect(first).toStrictEqual([0x10, 0x11, 0x12, 0x13, 0x14]);
  });
});

it('data that decompress but cannot be read are left to the serializer', async () => {
  const data = createCodec({ serializer: 'json', compressor: 'gzip' }).encode({ text }) as Buffer;
  expect(await failure(() => createCodec({ compressor: 'gzip' }).decode(data))).toBeInstanceOf(SerializerError);
});
