import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompressorName,
  createCodec,
  JsonSerializer,
  MsgpackSerializer,
  type SerializerName,
  V8Serializer,
} from '../../lib/codec/index.js';
import { SerializerError } from '../../lib/errors/index.js';
import { roundTrip, stored } from './stored.js';
import { jsonValues, storableValues } from './values.js';

const serializers: SerializerName[] = ['msgpack', 'json', 'v8'];
const compressors: CompressorName[] = ['zlib', 'gzip', 'brotli', 'lz4', 'zstd'];

class Point {
  readonly #secret = 1;

  constructor(
    readonly x: number,
    readonly y: number,
  ) {}

  get sum(): number {
    return this.x + this.y + this.#secret;
  }
}

class Money {
  constructor(private readonly cents: number) {}

  toJSON(): unknown {
    return { amount: this.cents / 100 };
  }
}

describe.each(serializers)('%s', (serializer) => {
  const values = serializer === 'json' ? jsonValues() : storableValues();

  it('restores every storable value', async () => {
    const codec = createCodec({ serializer });
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expect(await roundTrip(codec, value)).toStrictEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(compressors)('restores every storable value, compressed by %s', async (compressor) => {
    const codec = createCodec({ serializer, compressor });
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const long = Array<unknown>(20).fill(value);
        expect(await roundTrip(codec, long)).toStrictEqual(long);
      }),
      { numRuns: 50 },
    );
  });

  it('reads what it wrote long before, whatever was written since', () => {
    const codec = createCodec({ serializer });
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 30 }), (many) => {
        const encoded = many.map((value) => codec.encode(value) as string | Buffer);
        const decoded = encoded.map((data) => createCodec({ serializer }).decode(stored(data)));
        expect(decoded).toStrictEqual(many);
      }),
      { numRuns: 50 },
    );
  });

  it('writes an instance of a class as a plain object of its own properties', async () => {
    expect(await roundTrip(createCodec({ serializer }), { at: new Point(1, 2) })).toStrictEqual({ at: { x: 1, y: 2 } });
  });

  it('writes the result of an object’s toJSON()', async () => {
    const codec = createCodec({ serializer });
    expect(await roundTrip(codec, [new Money(250), new URL('http://example.com/')])).toStrictEqual([
      { amount: 2.5 },
      'http://example.com/',
    ]);
    expect(await roundTrip(codec, new URL('http://example.com/'))).toBe('http://example.com/');
  });

  it('writes an object unchanged if its toJSON() returns it', async () => {
    class Row {
      readonly a = 1;
      toJSON(): this {
        return this;
      }
    }
    const codec = createCodec({ serializer });
    expect(await roundTrip(codec, [new Row()])).toStrictEqual([{ a: 1 }]);
    expect(codec.decode(codec.encodeCanonical([new Row()]) as Buffer)).toStrictEqual([{ a: 1 }]);
  });

  it.each<[what: string, value: unknown]>([
    ['long text that begins with a byte order mark', [`\ufeff${'é'.repeat(100)}`]],
    ['long text that ends with half an emoji', [`${'é'.repeat(100)}\ud83d`]],
    ['such text in keys', { [`${'é'.repeat(100)}\ud83d`]: 1, [`\ufeff${'é'.repeat(100)}`]: 2 }],
    ['the names that msgpackr uses', [{ a: 1, __keys__: 2 }, { a: 1 }, { a: 1, __keys__: 3, length: 4 }, { a: 2 }]],
    [
      'properties that look like methods',
      [
        { constructor: 1, toJSON: 'text' },
        { hasOwnProperty: 1, toString: 2 },
      ],
    ],
    ['text that looks escaped', ['\0-', '\0t', '\0tZQA=', { '\0-': 1 }]],
  ])('keeps %s', async (_, value) => {
    const codec = createCodec({ serializer });
    expect(await roundTrip(codec, value)).toStrictEqual(value);
    expect(codec.decode(codec.encodeCanonical(value) as Buffer)).toStrictEqual(value);
  });

  it('writes an object without prototype as a plain one', async () => {
    const bare = Object.assign(Object.create(null) as object, { a: 1 });
    expect(await roundTrip(createCodec({ serializer }), bare)).toStrictEqual({ a: 1 });
  });

  it('distinguishes objects with the same keys in another order, and hundreds of shapes', async () => {
    const shapes = Array.from({ length: 300 }, (_, index) => ({
      [`a${index % 150}`]: index,
      [`b${index}`]: { [`c${index % 7}`]: index, [`d${index % 5}`]: index },
    }));
    const value = [...shapes, ...shapes.toReversed(), { x: 1, y: 2 }, { y: 1, x: 2 }];
    expect(await roundTrip(createCodec({ serializer }), value)).toStrictEqual(value);
  });

  it('keeps objects with thousands of keys', async () => {
    const value = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key ${index}`, index]));
    expect(await roundTrip(createCodec({ serializer }), [value, { ...value }])).toStrictEqual([value, { ...value }]);
  });

  it('keeps an object with more keys than MessagePack counts in two bytes', async () => {
    const value = Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`key ${index}`, index]));
    expect(await roundTrip(createCodec({ serializer }), value)).toStrictEqual(value);
  });

  it('continues after a value that it refused half-way', async () => {
    const codec = createCodec({ serializer });
    const angry = {
      get a(): never {
        throw new Error('getter');
      },
    };
    expect(() => codec.encode([{ b: 1 }, new Point(1, 2), angry])).toThrow(SerializerError);
    expect(await roundTrip(codec, [{ b: 1 }, { b: 2 }])).toStrictEqual([{ b: 1 }, { b: 2 }]);
  });
});

describe.each(['msgpack', 'v8'] as const)('%s', (serializer) => {
  const codec = createCodec({ serializer });

  it('keeps cycles and shared references', async () => {
    const shared = { tags: new Set(['a']) };
    const value = { first: shared, second: shared, map: new Map<unknown, unknown>(), list: [] as unknown[], self: {} };
    value.map.set(value, value.map);
    value.list.push(value.list, value);
    value.self = value;
    const result = (await roundTrip(codec, value)) as typeof value;
    expect(result.first).toStrictEqual(shared);
    expect(result.second).toBe(result.first);
    expect(result.map.get(result)).toBe(result.map);
    expect(result.list).toStrictEqual([result.list, result]);
    expect(result.self).toBe(result);
  });

  it('keeps the cycles and shared references of a few objects', async () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    const result = (await roundTrip(codec, loop)) as typeof loop;
    expect(result.self).toBe(result);
    expect(result.name).toBe('loop');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);

    const shared = [{ a: 1 }, ['a'], new Date(0), Buffer.from('a')];
    for (const part of shared) {
      const pair = (await roundTrip(codec, { first: part, second: part })) as { first: unknown; second: unknown };
      expect(pair.first).toStrictEqual(part);
      expect(pair.second).toBe(pair.first);
    }
  });

  it('keeps cycles with parts that must be escaped', async () => {
    const value: unknown[] = ['half \ud83d', -0];
    value.push(value);
    const result = (await roundTrip(codec, value)) as unknown[];
    expect(result.slice(0, 2)).toStrictEqual(['half \ud83d', -0]);
    expect(result[2]).toBe(result);
  });

  it('inspects graphs with very many paths in no time', async () => {
    interface Node {
      others: Node[];
    }
    const nodes = Array.from({ length: 200 }, (): Node => ({ others: [] }));
    for (const node of nodes) node.others = nodes;
    const result = (await roundTrip(codec, nodes)) as Node[];
    expect(result[7]!.others).toBe(result[199]!.others);
  });

  it('turns a subclass of Map, Set, Array or Date into the plain built-in', async () => {
    class Dictionary extends Map<string, number> {}
    class Tags extends Set<string> {}
    class Rows extends Array<number> {}
    class Day extends Date {}
    const value = [new Dictionary([['a', 1]]), new Tags(['a']), Rows.from([1]), new Day(0)];
    const plain = [new Map([['a', 1]]), new Set(['a']), [1], new Date(0)];
    expect(await roundTrip(codec, value)).toStrictEqual(plain);
  });

  it('returns bytes that share no memory with the data', async () => {
    const value = { buffer: Buffer.from('secret'), view: Float64Array.of(1, 2) };
    const data = stored(await codec.encode(value));
    const copy = Buffer.from(data);
    const result = codec.decode(data) as typeof value;
    result.buffer.fill(0);
    result.view.fill(0);
    expect(data.equals(copy)).toBe(true);
    expect(Buffer.isBuffer(result.buffer)).toBe(true);
  });
});

describe('msgpack', () => {
  const codec = createCodec();
  const serializer = new MsgpackSerializer();

  it.each([
    ['no bytes', Buffer.of()],
    ['text of somebody else', Buffer.from('hello')],
    ['a single letter', Buffer.from('h')],
    ['JSON', Buffer.from('{"a":1}')],
    ['a quoted string', Buffer.from('"a"')],
    ['small numbers', Buffer.of(0x05)],
    ['negative numbers', Buffer.of(0xe1)],
    ['integers', Buffer.of(0xcd, 1, 1)],
    ['doubles that are stored as text', Buffer.of(0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0)],
    ['bytes left over', Buffer.concat([serializer.serialize({ a: 1 }), Buffer.of(0xc0)])],
    ['cut bytes', serializer.serialize({ a: 'some text' }).subarray(0, -1)],
    ['data of v8', new V8Serializer().serialize({ a: 1 })],
  ])('refuses to read %s', (_, data) => {
    expect(() => codec.decode(data)).toThrow(SerializerError);
  });
});

describe('v8', () => {
  it('keeps holes in arrays', async () => {
    // eslint-disable-next-line no-sparse-arrays
    const value = [1, , 3];
    expect(await roundTrip(createCodec({ serializer: 'v8' }), value)).toStrictEqual(value);
  });
});

describe('msgpack and other libraries', () => {
  const serializer = new MsgpackSerializer();

  it('writes objects as maps, as others do', () => {
    const bytes = [0xde, 0, 2, 0xa1, 0x61, 1, 0xa1, 0x62, 0x92, 0xc3, 0xc0];
    expect([...serializer.serialize({ a: 1, b: [true, null] })]).toEqual(bytes);
  });

  it('reads the maps of others as objects', () => {
    const bytes = Buffer.of(0x82, 0xa1, 0x61, 1, 0xa1, 0x62, 0x81, 0xa1, 0x63, 0xc0);
    expect(serializer.deserialize(bytes)).toStrictEqual({ a: 1, b: { c: null } });
  });
});

describe('json', () => {
  const serializer = new JsonSerializer();

  it('writes JSON that others can read', () => {
    const value = { a: [1, 'two', null, true], at: new Date(0), gone: undefined };
    expect(serializer.serialize(value).toString()).toBe('{"a":[1,"two",null,true],"at":"1970-01-01T00:00:00.000Z"}');
  });

  it('reads JSON that others wrote', () => {
    expect(createCodec({ serializer: 'json' }).decode(Buffer.from(' {"a" : [1.0, -0]}\n'))).toStrictEqual({
      a: [1, -0],
    });
  });

  it('writes -0 inside of a value as 0', () => {
    expect(serializer.serialize([-0]).toString()).toBe('[0]');
  });
});
