import * as fc from 'fast-check';

/** Property names that parsers and serializers stumble over. */
const oddKeys = fc.constantFrom(
  '',
  '0',
  '10',
  '01',
  '-1',
  '__proto__',
  '__keys__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toJSON',
  'toString',
  'valueOf',
  'length',
  'with space',
  'ключ',
  '💶',
  '\u2028',
);

/** Any text: half emojis, byte order marks, and text that looks like something else. */
function texts(): fc.Arbitrary<string> {
  const text = fc.string({ unit: 'binary' });
  const utf16 = fc.array(fc.nat(0xffff), { maxLength: 100 }).map((units) => String.fromCharCode(...units));
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
    text,
    utf16,
    fc.constantFrom('12345', '1.5', '-7', '1e-7', 'null', 'true', '\0', '\0-', '\0tAAAA', '\ufeff', '\ud83d'),
    text.map((rest) => `\ufeff${rest}`),
    fc.string({ unit: 'binary', minLength: 60, maxLength: 300 }),
  );
}

function keys(): fc.Arbitrary<string> {
  return fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 8 }) }, oddKeys, texts());
}

function objects(value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  // `toStrictEqual` compares constructors by identity, so two equal objects with this property would differ.
  return fc
    .dictionary(keys(), value, { maxKeys: 8, noNullPrototype: true })
    .map((object) => (Object.hasOwn(object, 'constructor') ? { ...object, constructor: 'text' } : object));
}

/** Errors of the standard classes, or with a name of their own. */
function errors(cause: fc.Arbitrary<unknown>): fc.Arbitrary<Error> {
  const standard = fc.constantFrom(Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError);
  const names = texts().filter((name) => !(name in Object.prototype));
  const options = fc.oneof(
    fc.constant({}),
    cause.filter((value) => value !== undefined).map((value) => ({ cause: value })),
  );
  return fc.oneof(
    fc.tuple(standard, texts(), options).map(([Type, message, inner]) => new Type(message, inner)),
    fc
      .tuple(names, texts(), options)
      .map(([name, message, inner]) => Object.assign(new Error(message, inner), { name })),
  );
}

function bytes(): fc.Arbitrary<unknown> {
  const max = { maxLength: 20 };
  return fc.oneof(
    fc.uint8Array(max).map((array) => Buffer.from(array)),
    fc.uint8Array(max),
    fc.uint8ClampedArray(max),
    fc.int8Array(max),
    fc.int16Array(max),
    fc.uint16Array(max),
    fc.int32Array(max),
    fc.uint32Array(max),
    fc.float32Array(max),
    fc.float64Array(max),
    fc.bigInt64Array(max),
    fc.bigUint64Array(max),
    fc.uint8Array(max).map((array) => Uint8Array.from(array).buffer),
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((array) => new DataView(Uint8Array.from(array).buffer, 1)),
  );
}

const regExps = fc.constantFrom(/a/, /^[a-z]+\/$/giu, /(?<year>\d{4})/dms, /é💶/y);

/**
 * Values that `msgpack` and `v8` return unchanged. The value itself is never `undefined`; nested ones may be.
 * Cycles and shared references are not among them.
 */
export function storableValues(): fc.Arbitrary<unknown> {
  return nestedValues().filter((value) => value !== undefined);
}

function nestedValues(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts(),
      fc.integer(),
      fc.double(),
      fc.constantFrom(-0, NaN, Infinity, 2 ** 53, -(2 ** 60), 1e300, undefined, null, true, false),
      fc.bigInt(),
      fc.bigInt({ min: -(2n ** 700n), max: 2n ** 700n }),
      fc.date({ noInvalidDate: false }),
      regExps,
      bytes(),
      errors(tie('value')),
      fc.array(tie('value'), { maxLength: 8 }),
      objects(tie('value')),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
      fc.array(tie('value'), { maxLength: 5 }).map((members) => new Set(members)),
    ),
  })).value;
}

/** Values that `json` returns unchanged: no nested `-0`, and no `undefined`. */
export function jsonValues(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      texts(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.constantFrom(2 ** 53, -(2 ** 60), 1e300, null, true, false),
      fc.array(tie('value'), { maxLength: 8 }),
      objects(tie('value')),
    ),
  })).value;
}

/** The same value, with its properties and the entries of Maps and Sets in reverse order, and nothing shared. */
export function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (value instanceof Map) {
    return new Map([...value].map(([key, entry]) => [reordered(key), reordered(entry)] as const).toReversed());
  }
  if (value instanceof Set) return new Set([...value].map(reordered).toReversed());
  if (value instanceof Error) {
    if (value.cause !== undefined) value.cause = reordered(value.cause);
    return value;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy = {};
  for (const [key, property] of Object.entries(value).toReversed()) {
    Object.defineProperty(copy, key, {
      value: reordered(property),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}
