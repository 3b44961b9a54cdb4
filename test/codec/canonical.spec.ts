import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec, type Serializer, type SerializerName } from '../../lib/codec/index.js';
import { SerializerError } from '../../lib/errors/index.js';
import { failure, stored } from './stored.js';
import { jsonValues, reordered, storableValues } from './values.js';

/** Small values of all kinds, often equal or nearly equal. */
function similarValues(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom<unknown[]>(
        0,
        -0,
        1,
        NaN,
        '',
        '0',
        '1',
        'a',
        'b',
        '\ud83d',
        '\ud83c',
        '\ufeff',
        null,
        undefined,
        true,
        1n,
      ),
      fc.constantFrom<unknown[]>(Buffer.of(1), Uint8Array.of(1), new Date(0), new Date(1), /a/, /a/g),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b', '1', '__proto__'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 2 }).map((entries) => new Map(entries)),
      fc.array(tie('value'), { maxLength: 2 }).map((members) => new Set(members)),
    ),
  })).value;
}

const topLevel = similarValues().filter((value) => value !== undefined);

describe.each<SerializerName>(['msgpack', 'json', 'v8'])('a member encoded by %s', (serializer) => {
  const codec = createCodec({ serializer });
  const values = serializer === 'json' ? jsonValues() : storableValues();
  const bytes = (value: unknown): Buffer => stored(codec.encodeCanonical(value));

  it('has the same bytes whatever the order of its keys and entries', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(bytes(reordered(value))).toStrictEqual(bytes(value));
      }),
      { numRuns: 500 },
    );
  });

  it('has the same bytes whatever was encoded before, with and without a compressor', () => {
    const compressing = createCodec({ serializer, compressor: ['zlib', 'lz4'] });
    fc.assert(
      fc.property(values, fc.array(values, { maxLength: 5 }), (value, others) => {
        const before = bytes(value);
        for (const other of others) {
          codec.encodeCanonical(other);
          void codec.encode(other);
        }
        expect(bytes(value)).toStrictEqual(before);
        expect(stored(compressing.encodeCanonical(value))).toStrictEqual(before);
        expect(stored(createCodec({ serializer }).encodeCanonical(value))).toStrictEqual(before);
      }),
    );
  });

  it('has the same bytes whether or not parts of it are the same object', () => {
    const part = { tags: ['a', 'b'] };
    expect(bytes([part, part, { part }])).toStrictEqual(bytes([{ tags: ['a', 'b'] }, part, { part: { ...part } }]));
  });

  it('has the same bytes whatever the engine’s representation of its text and numbers', () => {
    const wide = 'abc☃'.slice(0, 3);
    const numbers = [1.5, 2].slice(1);
    expect(bytes({ [wide]: [wide, numbers] })).toStrictEqual(bytes({ abc: ['abc', [2]] }));
  });
});

describe.each<SerializerName>(['msgpack', 'v8'])('two members encoded by %s', (serializer) => {
  const codec = createCodec({ serializer });
  const bytes = (value: unknown): Buffer => stored(codec.encodeCanonical(value));

  it('have the same bytes exactly if they are deeply equal', () => {
    fc.assert(
      fc.property(topLevel, topLevel, (a, b) => {
        expect(bytes(a).equals(bytes(b))).toBe(isDeepStrictEqual(a, b));
      }),
      {
        numRuns: 5_000,
        examples: [
          [[0], [-0]],
          [new Set(['\ud83d', '\ud83c']), new Set(['\ud83c', '\ud83d'])],
        ],
      },
    );
  });

  it('have the same bytes if they differ only in the order of nearly equal parts', () => {
    const long = 'x'.repeat(100);
    const [one, other] = [`${long}\ud83c`, `${long}\ud83d`];
    expect(bytes(new Set([one, other]))).toStrictEqual(bytes(new Set([other, one])));
    expect(bytes(new Set([one]))).not.toStrictEqual(bytes(new Set([other])));
  });

  it('have the same bytes for every NaN', () => {
    const [other] = new Float64Array(BigUint64Array.of(0x7ff8_0000_0000_0001n).buffer);
    expect(bytes([other])).toStrictEqual(bytes([NaN]));
    expect(bytes(other)).toStrictEqual(bytes(NaN));
  });
});

it('members of v8 and msgpack have the same bytes', () => {
  fc.assert(
    fc.property(storableValues(), (value) => {
      expect(createCodec({ serializer: 'v8' }).encodeCanonical(value)).toStrictEqual(
        createCodec().encodeCanonical(value),
      );
    }),
  );
});

describe('a serializer of the user', () => {
  const text: Serializer = {
    serialize: (value) => Buffer.from(JSON.stringify(value)),
    deserialize: (data) => JSON.parse(data.toString()),
  };

  it('gets a copy with sorted keys', () => {
    const codec = createCodec({ serializer: text });
    const value = { b: 1, a: [{ d: 1, c: new Date(0) }], __proto__: null };
    expect(codec.encodeCanonical(value).toString()).toBe('{"a":[{"c":"1970-01-01T00:00:00.000Z","d":1}],"b":1}');
    expect(Object.keys(value)).toStrictEqual(['b', 'a']);
  });

  it('gets instances of classes unchanged', () => {
    class Point {
      set x(_: number) {
        throw new Error('the setter was run');
      }
    }
    const point = Object.defineProperty(new Point(), 'x', { value: 1, enumerable: true });
    const seen: unknown[] = [];
    const codec = createCodec({
      serializer: { ...text, serialize: (value) => (seen.push(value), Buffer.from('"p"')) },
    });
    codec.encodeCanonical(point);
    expect(seen.at(-1)).toBeInstanceOf(Point);
    expect(Object.entries(seen.at(-1) as object)).toStrictEqual([['x', 1]]);
  });

  it('may have a canonical form of its own', () => {
    const codec = createCodec({ serializer: { ...text, serializeCanonical: () => Buffer.from('"canonical"') } });
    expect(codec.encodeCanonical({ b: 1 })).toStrictEqual(Buffer.from('"canonical"'));
  });
});

describe('a value with many shared references', () => {
  let plain: unknown = { a: 1 };
  let rich: unknown = new Map([['a', 1]]);
  for (let level = 0; level < 60; level++) [plain, rich] = [[plain, plain], { a: rich, b: [rich] }];

  it.each([
    ['plain', plain],
    ['of Maps', rich],
    ['of bigints', [5n, plain]],
  ])('has an end: %s', async (_, value) => {
    for (const serializer of ['msgpack', 'v8', 'json'] as const) {
      const error = await failure(() => createCodec({ serializer }).encodeCanonical(value));
      expect(error).toBeInstanceOf(SerializerError);
    }
  });

  it('is refused by JSON, and kept by the others', async () => {
    expect(await failure(() => createCodec({ serializer: 'json' }).encode(plain))).toBeInstanceOf(SerializerError);
    for (const serializer of ['msgpack', 'v8'] as const) {
      const codec = createCodec({ serializer });
      expect(codec.decode(codec.encode(plain) as Buffer)).toHaveLength(2);
    }
  });
});
