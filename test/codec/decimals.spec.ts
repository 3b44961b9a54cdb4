import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec, type Serializer, type SerializerName } from '../../lib/codec/index.js';
import { ConfigError } from '../../lib/errors/index.js';
import { roundTrip } from './stored.js';

const codec = createCodec({
  compressor: { minLength: 0, compress: () => Buffer.of(1), decompress: () => Buffer.of() },
});

describe('numbers are decimal text', () => {
  it.each([
    [0, '0'],
    [-7, '-7'],
    [1.5, '1.5'],
    [1e-7, '1e-7'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2n ** 53n, '9007199254740992'],
    [-(2n ** 70n), '-1180591620717411303424'],
  ])('%s', (value, text) => {
    expect(codec.encode(value)).toBe(text);
    expect(codec.encodeCanonical(value)).toBe(text);
  });

  it('of any finite number and any bigint past the safe range', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    const decimal = numbers.filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value));
    const large = fc.bigInt().map((value) => value + (value < 0n ? -(2n ** 53n) : 2n ** 53n));
    fc.assert(
      fc.property(fc.oneof(decimal, fc.maxSafeInteger(), large), (value) => {
        expect(codec.encode(value)).toBe(String(value));
        expect(codec.decode(Buffer.from(String(value)))).toBe(value);
      }),
    );
  });
});

describe.each<SerializerName>(['msgpack', 'json', 'v8'])('%s keeps', (serializer) => {
  const plain = createCodec({ serializer });

  it.each([-0, 2 ** 53, -(2 ** 60), 1e21, 1.7976931348623157e308])('the number %s', async (value) => {
    expect(plain.encode(value)).toBeInstanceOf(Buffer);
    expect(await roundTrip(plain, value)).toBe(value);
  });

  it.each(['', '0', '12345', '-7', '1.5', '1e-7', '007', '1,5', '0x10', 'NaN', 'true', 'null'])(
    'the string %j a string',
    async (value) => {
      expect(await roundTrip(plain, value)).toBe(value);
    },
  );
});

describe.each<SerializerName>(['msgpack', 'v8'])('%s keeps', (serializer) => {
  it.each([NaN, Infinity, -Infinity, 5n, -5n, 0n, 10n ** 6_000n])('%s', async (value) => {
    expect(await roundTrip(createCodec({ serializer }), value)).toBe(value);
  });
});

describe('decimal text of other programs is a number if it is strict', () => {
  it.each([
    ['3.1000000000000001', 3.1],
    ['-5.0e3', -5000],
    ['1E5', 100_000],
    ['10.50', 10.5],
    ['-0', -0],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['-123456789012345678901234567890', -123_456_789_012_345_678_901_234_567_890n],
    [`1${'0'.repeat(300)}`, 10n ** 300n],
    ['123456789012345678901234567890.5', 1.2345678901234568e29],
  ])('%s', (text, value) => {
    expect(codec.decode(Buffer.from(text))).toBe(value);
  });

  it.each([
    '',
    '-',
    '+1',
    '007',
    '-01',
    '.5',
    '5.',
    '1e',
    '1e+',
    '0x10',
    '1 ',
    ' 1',
    '1\n',
    '1_000',
    '--1',
    '1.2.3',
    '١',
  ])('and not where it is %j', (text) => {
    expect(() => codec.decode(Buffer.from(text))).toThrow('cannot be read');
  });
});

it('is not a number if it is longer than Redis writes them', () => {
  expect(codec.decode(Buffer.from('1'.repeat(5_120)))).toBe(BigInt('1'.repeat(5_120)));
  expect(() => codec.decode(Buffer.from('1'.repeat(5_121)))).toThrow('cannot be read');
});

it('is bare text in JSON too, if that means the same', () => {
  const json = createCodec({ serializer: 'json' });
  expect(json.encode(-0)).toStrictEqual(Buffer.from('-0'));
  expect(json.encode(2 ** 60)).toStrictEqual(Buffer.from('1.152921504606847e+18'));
});

describe('a serializer of the user', () => {
  const bareText: Serializer = {
    name: 'bare text',
    serialize: (value) => Buffer.from(String(value)),
    deserialize: (data) => data.toString(),
  };

  it.each([
    ['writes strings as bare text', bareText],
    [
      'strips the quotes of numbers',
      { ...bareText, serialize: (v: unknown) => Buffer.from(JSON.stringify(v).replace(/^"(-?[\d.e-]+)"$/, '$1')) },
    ],
    [
      'is only wrong for exponents',
      { ...bareText, serialize: (v: unknown) => Buffer.from(v === '1e-7' ? '1e-7' : JSON.stringify(v)) },
    ],
  ])('is refused at start where it %s', (_, serializer) => {
    for (const chain of [serializer, ['msgpack' as const, serializer]]) {
      expect(() => createCodec({ serializer: chain })).toThrow(ConfigError);
      expect(() => createCodec({ serializer: chain })).toThrow(/^bare text writes the string/);
    }
  });

  it('may write decimal text for another value than that number', async () => {
    const prices = createCodec({
      serializer: {
        serialize: (value) => Buffer.from(typeof value === 'string' ? JSON.stringify(value) : String(value)),
        deserialize: (data) => ({ price: data.toString() }),
      },
    });
    const price = { toString: () => '12.50' };
    expect(await roundTrip(prices, price)).toStrictEqual({ price: '12.50' });
    expect(prices.decode(prices.encodeCanonical(price) as Buffer)).toStrictEqual({ price: '12.50' });
    expect(await roundTrip(prices, 2 ** 60)).toStrictEqual({ price: '1152921504606847000' });
  });

  it('may begin with any byte', async () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (bytes) => {
        const data = Buffer.from(bytes);
        const echo = createCodec({
          serializer: { serialize: (v) => (v === data ? data : Buffer.of(0)), deserialize: (read) => read },
        });
        expect(echo.decode(echo.encode(data) as Buffer)).toStrictEqual(data);
        expect(echo.decode(echo.encodeCanonical(data) as Buffer)).toStrictEqual(data);
      }),
      {
        examples: [[Uint8Array.of(0xc1)], [Uint8Array.of(0xc1, 0)], [Uint8Array.of(0xc1, 0x10)], [Uint8Array.of(0x31)]],
      },
    );
  });
});
