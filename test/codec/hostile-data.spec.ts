import { isDeepStrictEqual } from 'node:util';
import { serialize } from 'node:v8';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompressorName, createCodec, MsgpackSerializer, type SerializerName } from '../../lib/codec/index.js';
import { COMPRESSED_FORMATS, MARKER } from '../../lib/codec/format.js';
import { CodecError, CompressorError, SerializerError } from '../../lib/errors/index.js';
import { failure, roundTrip } from './stored.js';

const plain = {
  id: 1,
  name: 'Ada',
  list: Array.from({ length: 40 }, (_, index) => ({ index, text: `row ${index}` })),
};
const rich = {
  ...plain,
  at: new Date(0),
  map: new Map([['a', new Set([1n, 2n ** 90n])]]),
  bytes: [Buffer.alloc(50, 7), Float64Array.of(1, 2), new ArrayBuffer(8)],
  odd: [/a/g, new Error('broken'), -0, 'half \ud83d', undefined],
};

const serializers: SerializerName[] = ['msgpack', 'json', 'v8'];
const compressors: (CompressorName | undefined)[] = [undefined, 'zlib', 'gzip', 'brotli', 'lz4', 'zstd'];

/** Flips bits, overwrites bytes, and cuts the end off. */
const damage = fc.record({
  flips: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), bit: fc.nat(7) }), {
    maxLength: 3,
  }),
  bytes: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) }), {
    maxLength: 4,
  }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: 1, freq: 3 }),
});

describe.each(serializers)('damaged data of %s', (serializer) => {
  it.each(compressors)('cause an error of the library or a value, and no harm (compressor: %s)', async (compressor) => {
    const codec = createCodec({ serializer, compressor: compressor ?? [] });
    const data = codec.encode(serializer === 'json' ? plain : rich) as Buffer;
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, bytes, keep }) => {
        const damaged = Buffer.from(data);
        for (const { at, bit } of flips) damaged[Math.floor(at * damaged.length)]! ^= 1 << bit;
        for (const { at, byte } of bytes) damaged[Math.floor(at * damaged.length)] = byte;
        const outcome = await settle(() => codec.decode(damaged.subarray(0, Math.floor(keep * damaged.length))));
        expect(outcome instanceof CodecError || outcome === 'a value').toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(await roundTrip(codec, plain)).toStrictEqual(plain);
  });
});

describe('data that promise more than they have', () => {
  const codec = createCodec({ serializer: ['msgpack', 'v8'], compressor: ['lz4', 'zlib', 'gzip', 'brotli', 'zstd'] });

  it.each([
    ['an array of four billion elements', Buffer.of(0xdd, 0xff, 0xff, 0xff, 0xff, 1)],
    ['arrays of arrays', Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.of(0xdc, 0xff, 0xff)))],
    ['a Map of four billion entries', Buffer.of(0xdf, 0xff, 0xff, 0xff, 0xff, 1, 1)],
    ['a text of four gigabytes', Buffer.of(0xdb, 0xff, 0xff, 0xff, 0xff, 1)],
    ['a Buffer of four gigabytes', Buffer.of(0xc6, 0xff, 0xff, 0xff, 0xff, 1)],
    ['an extension of four gigabytes', Buffer.of(0xc9, 0xff, 0xff, 0xff, 0xff, 0x74, 1)],
    ['arrays nested a million times', Buffer.alloc(1_000_000, 0x91)],
    [
      'records nested a million times',
      Buffer.concat([Buffer.of(0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61), Buffer.alloc(1_000_000, 0x40)]),
    ],
    ['a reference to nothing', Buffer.of(0x91, 0xd6, 0x70, 0, 0, 0, 9)],
    ['a dense array of v8', Buffer.of(0xff, 0x0f, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a text of v8', Buffer.of(0xff, 0x0f, 0x22, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a bigint of v8', Buffer.of(0xff, 0x0f, 0x5a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['an ArrayBuffer of v8', Buffer.of(0xff, 0x0f, 0x42, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a Buffer of v8', Buffer.of(0xff, 0x0f, 0x5c, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
  ])('%s', async (_, data) => {
    const before = process.memoryUsage.rss();
    expect(await failure(() => codec.decode(data))).toBeInstanceOf(SerializerError);
    expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 * 1024);
  });

  it.each([
    ['nearly four gigabytes', Buffer.of(0xff, 0xff, 0xff, 0xff, 0x10, 1)],
    ['more than its bytes can hold', Buffer.of(0xff, 0xff, 0, 0, 0x10, 1)],
    ['nothing', Buffer.of()],
  ])('an LZ4 block of %s', async (_, block) => {
    const data = Buffer.concat([Buffer.of(MARKER, COMPRESSED_FORMATS.lz4), block]);
    const error = await failure(() => codec.decode(data));
    expect(error).toBeInstanceOf(CompressorError);
    expect(error.cause).toMatchObject({ name: 'RangeError' });
  });
});

describe('shared references', () => {
  const extension = (type: number, id: number): Buffer => Buffer.of(0xd6, type, 0, 0, 0, id);
  /** A few KB with 2^levels references to the first list, as far as JSON allows. */
  function doubled(levels: number): Buffer {
    const list = Array.from({ length: 400 }, (_, index) => Buffer.from(`\xa3${100 + index}\xd4\0\0`, 'latin1'));
    let data = Buffer.concat([extension(0x69, 0), Buffer.of(0xde, 1, 0x90), ...list]);
    for (let id = 1; id < levels; id++) {
      data = Buffer.concat([extension(0x69, id), Buffer.of(0x92), data, extension(0x70, id - 1)]);
    }
    return data;
  }

  it('cost nothing, even with trailing bytes', async () => {
    const codec = createCodec();
    expect(codec.decode(doubled(60))).toHaveLength(2);
    const error = await failure(() => codec.decode(Buffer.concat([doubled(60), Buffer.of(0xc0)])));
    expect(error).toBeInstanceOf(SerializerError);
    expect(
      await failure(() => codec.decode(Buffer.concat([Buffer.of(0xfe), doubled(60), Buffer.of(0xc0)]))),
    ).toBeInstanceOf(SerializerError);
  });
});

describe('a RegExp and an Error', () => {
  const nil = Buffer.of(0xc0);
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(0xa0 | value.length), Buffer.from(value)]);
  const extension = (type: number, ...parts: Buffer[]): Buffer =>
    Buffer.concat([Buffer.of(0xd4, type, 0, 0x90 | parts.length), ...parts]);
  const reference = (type: number, id: number): Buffer => Buffer.of(0xd6, type, 0, 0, 0, id);
  /** Nested lists, whose text would have 2^60 commas. */
  let endless = Buffer.concat([reference(0x69, 0), Buffer.of(0x92, 0xc0, 0xc0)]);
  for (let id = 1; id < 60; id++) {
    endless = Buffer.concat([reference(0x69, id), Buffer.of(0x92), endless, reference(0x70, id - 1)]);
  }

  it.each<[string, Buffer]>([
    ['a pattern', extension(0x78, endless, text('g'))],
    ['flags', extension(0x78, text('a'), endless)],
    ['a message', extension(0x65, text('Error'), endless, nil)],
    ['a name', extension(0x65, endless, text('a'), nil)],
    ['no parts', Buffer.of(0xd4, 0x78, 0, 0xc0)],
  ])('are no work where a list is written for %s', async (_, data) => {
    const codec = createCodec();
    for (const mark of [[], [0xfe], [0xfd]]) {
      const error = await failure(() => codec.decode(Buffer.concat([Buffer.from(mark), data])));
      expect(error).toBeInstanceOf(SerializerError);
    }
  });

  it('with the name of another class is an Error', () => {
    for (const name of ['valueOf', 'constructor', 'toString', 'AggregateError']) {
      const error = createCodec().decode(extension(0x65, text(name), text('broken'), nil));
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name, message: 'broken' });
    }
  });
});

describe('__proto__', () => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as object;

  it.each(serializers)('is an ordinary property for %s', async (serializer) => {
    const codec = createCodec({ serializer });
    for (const result of [await roundTrip(codec, value), codec.decode(codec.encodeCanonical(value) as Buffer)]) {
      expect(isDeepStrictEqual(result, value)).toBe(true);
      expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
      expect((result as { polluted?: boolean }).polluted).toBeUndefined();
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    }
  });

  it('does no harm in data of other programs', () => {
    // { ['__proto__']: { polluted: true } } as a record, unescaped
    const key = Buffer.concat([Buffer.of(0xa9), Buffer.from('__proto__')]);
    const inner = Buffer.concat([Buffer.of(0xd4, 0x72, 0x41, 0x91, 0xa8), Buffer.from('polluted'), Buffer.of(0xc3)]);
    const record = Buffer.concat([Buffer.of(0xd4, 0x72, 0x40, 0x91), key, inner]);
    const result = new MsgpackSerializer().deserialize(record) as { polluted?: boolean };
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(result.polluted).toBeUndefined();
    const own = createCodec({ serializer: 'v8' }).decode(serialize(value)) as { polluted?: boolean };
    expect(own.polluted).toBeUndefined();
  });
});

async function settle(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'a value';
  } catch (error) {
    return error;
  }
}
