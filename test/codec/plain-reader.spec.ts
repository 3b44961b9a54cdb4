import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unpackObjects } from '../../lib/codec/serializers/packr.js';
import { PlainReader } from '../../lib/codec/serializers/plain-reader.js';
import { PlainWriter } from '../../lib/codec/serializers/plain-writer.js';

const reader = new PlainReader();
const writer = new PlainWriter();

/** The result of msgpackr, or its error. */
function unpacked(data: Buffer): unknown {
  try {
    return unpackObjects(data);
  } catch (error) {
    return error;
  }
}

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined, new Date(1e12), '\ufeffmark', 'é'.repeat(15)),
);
const { object } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 20 }),
  object: fc.dictionary(fc.string({ unit: 'binary', maxLength: 40 }), tie('tree'), { maxKeys: 12 }),
}));
const bytesOf = (objects: fc.Arbitrary<object>): fc.Arbitrary<Buffer> =>
  objects.map((some) => writer.write(some)).filter((data) => data !== undefined);
const written = bytesOf(object as fc.Arbitrary<object>);

/** Values that are often still readable when one byte has changed. */
const entry = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }));
const writtenSmall = bytesOf(fc.dictionary(fc.string({ maxLength: 8 }), entry, { minKeys: 1, maxKeys: 3 }));
/** How many bytes are missing at the end: mostly none. */
const cuts = fc.constantFrom(0, 0, 0, 0, 1, 3);

describe('the reader of plain values', () => {
  it('returns the same as msgpackr, or leaves the value to it', () => {
    let read = 0;
    fc.assert(
      fc.property(written, (data) => {
        const value = reader.read(data);
        if (value !== undefined) read++;
        return value === undefined || isDeepStrictEqual(value, unpacked(data));
      }),
      { numRuns: 200 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it('finds no value in damaged bytes unless msgpackr does', () => {
    const counts = { read: 0, refused: 0 };
    fc.assert(
      fc.property(writtenSmall, fc.nat(), fc.nat(255), cuts, (data, place, byte, cut) => {
        const damaged = Buffer.from(data.subarray(0, data.length - cut));
        damaged[place % damaged.length] = byte;
        const value = reader.read(damaged);
        counts[value === undefined ? 'refused' : 'read']++;
        return value === undefined || isDeepStrictEqual(value, unpacked(damaged));
      }),
      { numRuns: 500 },
    );
    expect(counts.refused).toBeGreaterThan(50);
    expect(counts.read).toBeGreaterThan(50);
  });

  it('reads numbers at every limit', () => {
    const numbers = [0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0xffff_ffff, 2 ** 32, -1, -0x20, -0x21, -0x80, -0x81];
    const values = { numbers: [...numbers, -0x8000, -0x8001, -(2 ** 31), -(2 ** 31) - 1, 0.1, Infinity, NaN] };
    expect(reader.read(writer.write(values)!)).toEqual(values);
  });

  it('sets no prototype', () => {
    const data = Buffer.concat([Buffer.of(0xde, 0, 1, 0xa9), Buffer.from('__proto__'), Buffer.of(0xde, 0, 0)]);
    expect(reader.read(data)).toBeUndefined();
  });

  it('leaves deep nesting to msgpackr', () => {
    let deep: object = {};
    for (let level = 0; level < 100; level++) deep = { deep };
    expect(reader.read(writer.write(deep) ?? Buffer.of(0xde))).toBeUndefined();
  });

  it('keeps nothing that it has read', () => {
    const data = writer.write({ name: 'first' })!;
    expect(reader.read(data)).toEqual({ name: 'first' });
    data.fill(0x61, data.length - 5);
    expect(reader.read(writer.write({ name: 'again' })!)).toEqual({ name: 'again' });
  });
});
