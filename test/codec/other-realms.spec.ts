import { runInNewContext, runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../lib/codec/index.js';
import { pairsOf } from '../../lib/arguments/mapping.js';
import { toInstant } from '../../lib/arguments/timeout.js';
import { failure } from './stored.js';

/** Values of a realm with other built-in types, as in a test file under Jest. */
const elsewhere = (source: string): unknown => runInNewContext(`(${source})`) as unknown;

const here = (source: string): unknown => runInThisContext(`(${source})`) as unknown;

/** The result of the code, there and here. */
const sources = [
  'new Date(5)',
  '/a+/gi',
  'new Map([["a", new Map([[{ b: 1 }, new Set([1, "c"])]])]])',
  'new Set([1, new Date(3)])',
  'new Error("broken")',
  'new RangeError("too far", { cause: new TypeError("why") })',
  'Object.assign(new Error("broken"), { name: "Mine" })',
  'new ArrayBuffer(3)',
  'new DataView(new Uint8Array([1, 2, 3]).buffer, 1)',
  'new Uint8Array([1, 2])',
  'new Uint8ClampedArray([1, 300])',
  'new Int8Array([-1])',
  'new Int16Array([-1, 2])',
  'new Uint16Array([1, 2])',
  'new Int32Array([-1])',
  'new Uint32Array([1])',
  'new Float32Array([1.5])',
  'new Float64Array([0, 1.5]).subarray(1)',
  'new BigInt64Array([-1n])',
  'new BigUint64Array([1n])',
  '{ a: [1, { b: null, at: new Date(0) }], c: undefined, d: -0, e: "\\ud800", __keys__: 1n }',
  '[[1, [2]], [], {}]',
  'Array.from({ length: 40 }, (_, id) => ({ id, tags: new Set([id]), at: new Date(id) }))',
  'new (class Point { x = 1; y = new Map() })()',
  'Object.assign(Object.create(null), { a: new Float64Array(1) })',
];

describe.each(['msgpack', 'v8'] as const)('values of another realm, by %s', (serializer) => {
  const codec = createCodec({ serializer });
  const bytes = async (value: unknown): Promise<Buffer> => (await codec.encode(value)) as Buffer;

  it.each(sources)('comes back as a value of this realm: %s', async (source) => {
    const own = await codec.decode(await bytes(here(source)));
    const back = await codec.decode(await bytes(elsewhere(source)));
    expect(back).toStrictEqual(own);
    expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(own));
  });

  it.each(sources)('is the same member of a set: %s', (source) => {
    const own = here(source) as unknown;
    expect(codec.encodeCanonical(elsewhere(source))).toEqual(codec.encodeCanonical(own));
  });

  it('keeps shared references, and cycles', async () => {
    const value = elsewhere('(() => { const m = new Map(); const o = { m, n: m }; m.set("o", o); return o; })()');
    const back = (await codec.decode(await bytes(value))) as { m: Map<string, unknown>; n: unknown };
    expect(back.m).toBe(back.n);
    expect(back.m.get('o')).toBe(back);
  });

  it.each([
    ['new (class Bytes extends Uint8Array {})(2)', 'a subclass of Uint8Array'],
    ['new (class View extends DataView {})(new ArrayBuffer(1))', 'a subclass of DataView'],
    ['new AggregateError([])', 'an AggregateError'],
    ['new RegExp("\\ud800")', 'a RegExp that is not Unicode'],
    ['Object.assign(new Error(), { code: 1 })', 'an Error with a property of its own'],
    ['new Map([[1, () => 1]])', 'a function'],
    ['Promise.resolve()', 'a Promise'],
    ['new WeakMap()', 'a WeakMap object'],
  ])('refuses %s', async (source, offence) => {
    expect(String(await failure(() => codec.encode(elsewhere(source))))).toContain(offence);
  });
});

describe('values of another realm, as JSON', () => {
  const codec = createCodec({ serializer: 'json' });

  it('equal those of this realm', () => {
    expect(codec.decode(codec.encode(elsewhere('{ at: new Date(0) }')) as Buffer)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it.each(['new Map()', 'new Date(NaN)', '{ toJSON: () => new Date(0) }'])('are refused alike: %s', async (source) => {
    const own = await failure(() => codec.encode(here(source)));
    expect(await failure(() => codec.encode(elsewhere(source)))).toEqual(own);
  });
});

describe('arguments of another realm', () => {
  it('are accepted: an instant, a mapping without entries', () => {
    expect(toInstant(elsewhere('new Date(7)') as Date, 'seconds')).toBe(7);
    expect(pairsOf(elsewhere('{}') as object)).toEqual([]);
    expect(() => pairsOf(elsewhere('Promise.resolve()') as object)).toThrow(TypeError);
  });
});
