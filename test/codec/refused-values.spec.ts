import { describe, expect, it } from 'vitest';
import { createCodec, type SerializerName } from '../../lib/codec/index.js';
import { SerializerError } from '../../lib/errors/index.js';
import { failure } from './stored.js';

function cyclic(): object {
  const value: Record<string, unknown> = { name: 'Ada' };
  value['self'] = value;
  return value;
}

function nested(levels: number, core: unknown = 'core'): unknown {
  let value = core;
  for (let level = 0; level < levels; level++) value = { inner: value };
  return value;
}

class Coded extends Error {
  readonly status = 404;
}

const symbol = Symbol('secret');
const everywhere: [what: string, value: unknown, message: RegExp][] = [
  ['undefined', undefined, /undefined/],
  ['a function', (): string => 'secret', /function/],
  ['a symbol', symbol, /symbol/],
  [
    'a nested function',
    { user: { roles: [1, { 'the key': (): void => {} }] } },
    /\(at \.user\.roles\[1\]\["the key"\]\)/,
  ],
  ['a nested symbol', [[symbol]], /a symbol \(at \[0\]\[0\]\)/],
  ['a nested Promise', { a: Promise.resolve('secret') }, /a Promise, which has to be awaited first \(at \.a\)/],
  ['a WeakMap', new WeakMap(), /a WeakMap/],
  ['a boxed number', [new Number(5)], /a Number object \(at \[0\]\)/],
  ['an iterator', { ids: new Set(['secret']).values() }, /\(at \.ids\)/],
  ['URLSearchParams', new URLSearchParams('secret=1'), /URLSearchParams/],
  ['a SharedArrayBuffer', new SharedArrayBuffer(1), /SharedArrayBuffer/],
  ['an object whose toJSON() gives undefined', { toJSON: (): void => {} }, /undefined|function/],
  ['what is nested too deeply', nested(1_000), /nested more than 400 levels/],
  ['an Error with a name that is none', Object.assign(new Error('secret'), { name: 'valueOf' }), /Error/],
  ['an AggregateError', new AggregateError([new Error('secret')], 'secret'), /Error/],
  ['an Error that is its own cause', cyclicError(), /Error|contain itself/],
  ['an Error with a property of its own', new Coded('secret'), /Error/],
];

function cyclicError(): Error {
  const error = new Error('secret');
  error.cause = { error };
  return error;
}

describe.each<SerializerName>(['msgpack', 'json', 'v8'])('%s refuses', (serializer) => {
  const codec = createCodec({ serializer });

  it.each(everywhere)('%s', async (_, value, message) => {
    for (const error of [await failure(() => codec.encode(value)), await failure(() => codec.encodeCanonical(value))]) {
      expect(error).toBeInstanceOf(SerializerError);
      expect(error.message).toMatch(message);
      expect(allText(error)).not.toContain('secret');
    }
  });

  it('holes in arrays, without counting to a billion', async () => {
    const sparse: number[] = [];
    sparse[1_000_000_000] = 1;
    expect(await failure(() => codec.encodeCanonical(sparse))).toBeInstanceOf(SerializerError);
    if (serializer === 'v8') return;
    expect((await failure(() => codec.encode({ sparse }))).message).toMatch(/an array with holes \(at \.sparse\)/);
  });
});

describe.each<SerializerName>(['msgpack', 'json', 'v8'])('%s leaves behind', (serializer) => {
  const codec = createCodec({ serializer });
  const load = (): Promise<never> => Promise.reject(new Error('no database'));

  it('no rejection of a Promise that it refuses', async () => {
    const seen: unknown[] = [];
    const hear = (reason: unknown): void => void seen.push(reason);
    process.on('unhandledRejection', hear);
    try {
      for (const value of [load(), { a: 1, b: load(), c: load() }, [load(), load()], { deep: { at: [load()] } }]) {
        expect((await failure(() => codec.encode(value))).message).toContain('has to be awaited first');
      }
      expect((await failure(() => codec.encodeCanonical({ b: load() }))).message).toContain('has to be awaited first');
      // They are told of after the microtasks of a turn.
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', hear);
    }
    expect(seen).toEqual([]);
  });
});

describe.each(['msgpack', 'v8'] as const)('%s refuses', (serializer) => {
  const codec = createCodec({ serializer });

  it.each([
    ['in a Map', new Map([['a', new Map([['b', (): void => {}]])]]), '<value in a Map><value in a Map>'],
    ['as a key of a Map', new Map([[{ f: (): void => {} }, 1]]), '<key of a Map>.f'],
    ['in a Set', { set: new Set([[(): void => {}]]) }, '.set<member of a Set>[0]'],
    ['in the cause of an Error', new Error('a', { cause: [(): void => {}] }), '.cause[0]'],
  ])('a function %s', async (_, value, path) => {
    expect((await failure(() => codec.encode(value))).message).toContain(`(at ${path})`);
  });

  it('numbers that only a toJSON() reveals as numbers: they are stored as text', async () => {
    class Cents {
      toJSON(): number {
        return 5;
      }
    }
    expect((await failure(() => codec.encode(new Cents()))).message).toMatch(/toJSON\(\) gives number/);
    expect((await failure(() => codec.encodeCanonical(new Cents()))).message).toMatch(/toJSON\(\) gives number/);
    expect(codec.decode(codec.encode([new Cents()]) as Buffer)).toStrictEqual([5]);
  });

  it('Errors that are their own cause, far down and among many others', async () => {
    const many = Array.from({ length: 2_000 }, () => ({}));
    expect((await failure(() => codec.encode([many, nested(100, cyclicError())]))).message).toMatch(/its own cause/);
  });

  it('undefined from a toJSON()', async () => {
    class Gone {
      toJSON(): void {}
    }
    expect((await failure(() => codec.encode(new Gone()))).message).toMatch(/toJSON\(\) gives undefined/);
    expect((await failure(() => codec.encodeCanonical(new Gone()))).message).toMatch(/toJSON\(\) gives undefined/);
  });

  it('a RegExp of half an emoji', async () => {
    expect((await failure(() => codec.encode([new RegExp('\ud83d')]))).message).toMatch(/a RegExp that is not Unicode/);
  });

  it('subclasses of typed arrays', async () => {
    class Pixels extends Uint8Array {}
    expect((await failure(() => codec.encode({ a: new Pixels(2) }))).message).toMatch(/a subclass of Uint8Array/);
  });

  it('cycles in members of sets and elements of lists, whose bytes would not be unique', async () => {
    expect((await failure(() => codec.encodeCanonical(cyclic()))).message).toMatch(/cannot contain itself/);
  });
});

describe('json refuses values that it would lose', () => {
  const codec = createCodec({ serializer: 'json' });

  it.each([
    ['a Map', new Map([['secret', 1]])],
    ['a Set', new Set(['secret'])],
    ['a bigint', 5n],
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['a Buffer', Buffer.from('secret')],
    ['a Uint8Array', Uint8Array.of(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a RegExp', /secret/],
    ['an Error', new Error('secret')],
    ['an invalid Date', new Date(NaN)],
  ])('%s', async (what, value) => {
    for (const [place, whole] of [
      ['', value],
      [' (at .a[0])', { a: [value] }],
    ] as const) {
      const error = await failure(() => codec.encode(whole));
      expect(error).toBeInstanceOf(SerializerError);
      expect(error.message.replace(' object', '')).toContain(`json cannot store ${what}${place}`);
      expect(await failure(() => codec.encodeCanonical(whole))).toBeInstanceOf(SerializerError);
    }
  });

  it('undefined in arrays, but not in properties', async () => {
    expect((await failure(() => codec.encode({ a: [1, undefined] }))).message).toMatch(/undefined \(at \.a\[1\]\)/);
    expect(codec.encode({ a: undefined, b: 1 })).toStrictEqual(Buffer.from('{"b":1}'));
  });

  it('a Date from a toJSON(), which JSON does not convert again', async () => {
    const value = { toJSON: () => new Date(0) };
    expect((await failure(() => codec.encode([value]))).message).toMatch(/toJSON\(\) gives a Date \(at \[0\]\)/);
  });

  it('cycles', async () => {
    expect((await failure(() => codec.encode(cyclic()))).message).toMatch(/contains itself/);
  });
});

it('names the place, but not all of a very long path', async () => {
  const value = { ['property'.repeat(10)]: { ['property'.repeat(20)]: { f: (): void => {} } } };
  const error = await failure(() => createCodec().encode(value));
  expect(error.message).toMatch(/\(at \.propertyproperty.*…\)\. See /);
  expect(error.message.length).toBeLessThan(250);
});

/** The messages of an error and of all its causes. */
function allText(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${allText(error.cause)}` : '';
}
