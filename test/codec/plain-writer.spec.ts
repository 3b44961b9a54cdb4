import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../../lib/codec/serializers/canonical.js';
import { GraphInspector } from '../../lib/codec/serializers/graph.inspector.js';
import { packGraph, packMaps, packTree } from '../../lib/codec/serializers/packr.js';
import { PlainWriter } from '../../lib/codec/serializers/plain-writer.js';

const writer = new PlainWriter();

/** The bytes of msgpackr, with the settings that an inspection of the value suggests. */
function packed(value: object): Buffer {
  const found = new GraphInspector('msgpack', false);
  found.inspect(value);
  return found.isSimple ? packMaps(value) : packGraph(value);
}

const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ minLength: 60, maxLength: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, undefined),
);
const date = fc.date({ min: new Date(0), max: new Date('2106-01-01'), noInvalidDate: true });
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'small' }, leaf, date, tie('list'), tie('object'), tie('row')),
  list: fc.array(tie('tree'), { maxLength: 20 }),
  object: fc.dictionary(fc.string({ unit: 'binary' }), tie('tree')),
  // Of few shapes, so that records are reused.
  row: fc.record({ id: fc.nat(), name: leaf, of: tie('tree'), at: date }, { requiredKeys: ['id', 'name'] }),
}));
const value = fc.oneof(fc.array(tree), fc.dictionary(fc.string(), tree)) as fc.Arbitrary<object>;

const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `row ${id}`, tags: ['a', 'b'] }));

describe('the writer of plain values', () => {
  it('writes the same bytes as msgpackr, or leaves the value to it', () => {
    let written = 0;
    fc.assert(
      fc.property(value, (some) => {
        const bytes = writer.write(some);
        if (bytes) written++;
        return !bytes || bytes.equals(packed(some));
      }),
      { numRuns: 700 },
    );
    expect(written).toBeGreaterThan(300);
  });

  it.each<[string, object]>([
    ['an empty object', {}],
    ['an empty list', []],
    ['no prototype', Object.assign(Object.create(null), { a: 1 })],
    ['numbers at every limit', [0x1f, 0x3f, 0x40, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 2 ** 32, 2 ** 53, 0.1]],
    ['the same in records', [{}, [0x3f, 0x40, 0x7f], {}]],
    ['negative numbers', [-1, -0x20, -0x21, -0x80, -0x81, -0x8000, -0x8001, -(2 ** 31), -(2 ** 31) - 1]],
    ['text at every limit', [31, 32, 63, 64, 255, 256, 4096, 65_535, 65_536].map((length) => 'x'.repeat(length))],
    ['the same with more bytes than units', [10, 11, 31, 85, 86, 5000, 22_000].map((length) => '€'.repeat(length))],
    ['Dates', [new Date(0), new Date(1), new Date(1e12), new Date('2105-12-31T23:59:59.999Z')]],
    ['lists at every limit', [15, 16, 65_535, 65_536].map((length) => new Array<number>(length).fill(1))],
    ['eight objects', { a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: [] }],
    ['nine objects', { a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: [], h: {} }],
    ['more than a chunk', rows(3000)],
    ['many shapes, by turns', Array.from({ length: 200 }, (_, n) => ({ [`key ${n % 32}`]: n, n }))],
    ['many keys', Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`key ${n}`, n]))],
  ])('gives the bytes of msgpackr for %s', (_, some) => {
    expect(writer.write(some)?.equals(packed(some))).toBe(true);
  });

  const shared = { id: 1 };
  const cycle: unknown[] = [];
  cycle.push(cycle);

  it.each<[string, object]>([
    ['an object that is there twice', [shared, shared]],
    ['one among many', [...rows(20), shared, shared]],
    ['a cycle', cycle],
    ['half an emoji', { text: '\ud83d' }],
    ['half an emoji in a long text', { text: '€'.repeat(90) + '\ude00' }],
    ['a byte order mark', ['\ufefftext']],
    ['negative zero', [-0]],
    ['a hole', [1, , 2]], // eslint-disable-line no-sparse-arrays
    ['a key of msgpackr', { __keys__: 1 }],
    ['a prototype as a key', JSON.parse('{"__proto__": 1}') as object],
    ['toJSON', { toJSON: () => 1 }],
    ['a bigint', { a: 1n }],
    ['a Map', { a: new Map() }],
    ['an instance', new (class User {})()],
    ['a list of a class', new (class List extends Array<number> {})()],
    ['a Buffer', { a: Buffer.alloc(3) }],
    ['a Date before 1970', [new Date(-1)]],
    ['a Date that is none', [new Date(NaN)]],
    ['more than 32 shapes', Array.from({ length: 33 }, (_, n) => ({ [`key ${n}`]: n }))],
  ])('leaves %s to msgpackr, and nothing behind', (_, some) => {
    expect(writer.write(some)).toBeUndefined();
    expect(writer.write(shared)?.equals(packed(shared))).toBe(true);
  });

  it('writes the same canonical bytes as msgpackr, too', () => {
    const canonical = new PlainWriter(true);
    let written = 0;
    fc.assert(
      fc.property(value, (some) => {
        const bytes = canonical.write(some);
        if (bytes) written++;
        return !bytes || bytes.equals(packTree(canonicalize(some)));
      }),
      { numRuns: 700 },
    );
    expect(written).toBeGreaterThan(300);
    expect(canonical.write({ b: shared, a: shared })).toEqual(packTree({ a: shared, b: shared }));
    expect(canonical.write(cycle)).toBeUndefined();
  });

  it('refuses values that are nested too deeply', () => {
    let deep: object = {};
    for (let depth = 0; depth < 10_000; depth++) deep = { deep };
    expect(writer.write(deep)).toBeUndefined();
  });

  it('continues after a getter that throws, or writes itself', () => {
    const throwing = { a: 1, get b(): never { throw new Error('no') } }; // prettier-ignore
    expect(() => writer.write(throwing)).toThrow('no');
    let inner: Buffer | undefined = Buffer.of(0);
    const writing = { a: 1, get b() { inner = writer.write({ c: 2 }); return 3; } }; // prettier-ignore
    expect(writer.write(writing)).toEqual(packMaps({ a: 1, b: 3 }));
    expect(inner).toBeUndefined();
  });

  it('never overwrites bytes that it has returned', () => {
    const values = Array.from({ length: 2000 }, (_, id) => ({ id, rows: rows(id % 40) }));
    const bytes = values.map((some) => writer.write(some)!);
    expect(bytes.every((each, index) => each.equals(packed(values[index]!)))).toBe(true);
  });
});
