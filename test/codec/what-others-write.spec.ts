import * as fc from 'fast-check';
import { Packr } from 'msgpackr/pack';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../lib/codec/index.js';
import { SerializerError } from '../../lib/errors/index.js';
import { failure, roundTrip } from './stored.js';

const codec = createCodec();
const bytes = (...parts: (string | number | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as string))));
const int64 = (value: bigint): Buffer => {
  const data = Buffer.alloc(9, 0xd3);
  data.writeBigInt64BE(value, 1);
  return data;
};
const uint64 = (value: bigint): Buffer => {
  const data = Buffer.alloc(9, 0xcf);
  data.writeBigUInt64BE(value, 1);
  return data;
};

describe('integers of 64 bits in the MessagePack of other programs', () => {
  const inObject = (integer: Buffer): unknown => (codec.decode(bytes(0x81, 0xa1, 'n', integer)) as { n: unknown }).n;

  it.each([0n, 1n, -1n, 1_795_918_377_434n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 2n ** 53n, -(2n ** 53n)])(
    'are numbers if a number can hold them: %s',
    (value) => {
      expect(inObject(int64(value))).toBe(Number(value));
      expect(codec.decode(bytes(0x91, int64(value)))).toStrictEqual([Number(value)]);
      const unsigned = value < 0n ? -value : value;
      expect(inObject(uint64(unsigned))).toBe(Number(unsigned));
    },
  );

  it.each([2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
    'are exact bigints beyond: %s',
    (value) => {
      expect(inObject(int64(value))).toBe(value);
    },
  );

  it('are numbers by themselves, too', () => {
    expect(codec.decode(int64(5n))).toBe(5);
    expect(codec.decode(uint64(2n ** 64n - 1n))).toBe(2n ** 64n - 1n);
  });
});

describe.each(['msgpack', 'v8'] as const)('a bigint of ours stays one (%s)', (serializer) => {
  const own = createCodec({ serializer });
  const limits = [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n, 2n ** 200n];
  const all = [0n, 5n, ...limits].flatMap((value) => [value, -value]);

  it.each(all)('%s', async (value) => {
    for (const holder of [
      value,
      [value],
      { value },
      new Map([[value, value]]),
      new Set([value]),
      [{ value }, { value }],
    ]) {
      expect(await roundTrip(own, holder)).toStrictEqual(holder);
      expect(own.decode(Buffer.from(own.encodeCanonical(holder)))).toStrictEqual(holder);
    }
  });

  it('beside text that looks like an escaped one', async () => {
    const value = { n: 5n, text: '\0n5', other: '\0t5', minus: -0, n5: '5' };
    expect(await roundTrip(own, value)).toStrictEqual(value);
    expect(await roundTrip(own, '\0n5')).toBe('\0n5');
  });
});

it('an escaped bigint of another program is digits, or nothing', async () => {
  const escaped = (text: string): Buffer => bytes(0xfe, 0xa0 + text.length, text);
  expect(codec.decode(escaped('\0n-5'))).toBe(-5n);
  for (const text of ['\0n', '\0n0x10', '\0n 5', `\0n${'9'.repeat(20)}`]) {
    expect(await failure(() => codec.decode(escaped(text)))).toBeInstanceOf(SerializerError);
  }
});

describe('bytes that other programs declare as text', () => {
  const binary = Buffer.of(0xff, 0x00, 0xc1, 0x80);
  const text = bytes(0xa4, binary);
  const long = Buffer.alloc(70_000, 0xfe);
  const longText = Buffer.concat([bytes(0xdb, 0x00, 0x01, 0x11, 0x70), long]);

  it.each<[string, Buffer, unknown]>([
    ['a value', text, binary],
    ['a long value', longText, long],
    ['in an object', bytes(0x82, 0xa1, 'a', text, 0xa1, 'b', 0xa2, 'ok'), { a: binary, b: 'ok' }],
    ['in a list', bytes(0x93, 0xa2, 'ok', text, 0x05), ['ok', binary, 5]],
    ['deeper', bytes(0x91, 0x81, 0xa1, 'a', 0x92, 0xcd, 0x01, 0x00, text), [{ a: [256, binary] }]],
    ['behind other binary', bytes(0x92, 0xc4, 0x02, 0xa1, 0xff, text), [Buffer.of(0xa1, 0xff), binary]],
    ['behind floats', bytes(0x92, 0xcb, Buffer.alloc(8, 0xa2), text), [Buffer.alloc(8, 0xa2).readDoubleBE(), binary]],
    ['behind a timestamp', bytes(0x92, 0xd6, 0xff, 0, 0, 0, 0xa1, text), [new Date(161_000), binary]],
  ])('come back as bytes: %s', (_, data, value) => {
    expect(codec.decode(data)).toStrictEqual(value);
  });

  it('are an error in a name, for which JavaScript has no bytes', async () => {
    const error = await failure(() => codec.decode(bytes(0x81, 0xa1, 0xff, 0x01)));
    expect(error).toBeInstanceOf(SerializerError);
  });

  it('text stays text, whoever wrote it', () => {
    const foreign = new Packr({ useRecords: false, variableMapSize: true });
    const plain = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean(), fc.constant(null));
    const names = fc.string({ unit: 'grapheme', maxLength: 5 }).filter((name) => name !== '__proto__');
    const value = fc.oneof(
      fc.array(fc.oneof(plain, fc.dictionary(names, plain))),
      fc.dictionary(names, fc.array(plain), { maxKeys: 40 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    );
    fc.assert(
      fc.property(value, (some) => {
        expect(codec.decode(foreign.pack(some))).toEqual(some);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the byte that MessagePack never uses', () => {
  it.each([
    ['alone', Buffer.of(0xc1, 0x00, 0xc1)],
    ['in a list', Buffer.of(0x91, 0xc1)],
    ['in an object', bytes(0x81, 0xa1, 'a', 0xc1)],
  ])('is no value: %s', async (_, data) => {
    expect(await failure(() => codec.decode(data))).toBeInstanceOf(SerializerError);
  });
});

describe('large integers in the JSON of other programs', () => {
  const json = createCodec({ serializer: 'json' });
  const padded = fc.nat(40).map((length) => 'x'.repeat(length));

  it('are an error if a number would round them, wherever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        padded,
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
        fc.boolean(),
        async (pad, value, minus) => {
          const digits = `${minus ? '-' : ''}${value}`;
          const isExact = BigInt(Number(digits)) === BigInt(digits) || String(Number(digits)) === digits;
          const data = Buffer.from(`{"${pad}":[1,${digits},{"a":"9007199254740993"}]}`);
          const outcome: unknown = isExact ? json.decode(data) : await failure(() => json.decode(data));
          expect(outcome instanceof SerializerError).toBe(!isExact);
        },
      ),
    );
  });

  it.each([2 ** 53, 2 ** 60, -(2 ** 63), 1e20, 2 ** 57 + 2 ** 20, 1 / 3, 1e300, 0.1 + 0.2])(
    'our own are read unchanged: %s',
    async (number) => {
      expect(await roundTrip(json, { number })).toStrictEqual({ number });
    },
  );

  it('digits in strings and names are not numbers', async () => {
    const value = { 'id \\"9007199254740993': '9007199254740993', text: 'a "9007199254740993" \\', n: 1 };
    expect(await roundTrip(json, value)).toStrictEqual(value);
  });
});
