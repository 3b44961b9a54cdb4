import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../lib/decorators/operations/default-key.js';

/** Values that collide easily: few of each type, and texts that look like other values. */
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    0,
    -0,
    1,
    NaN,
    Infinity,
    1n,
    0n,
    '',
    '0',
    '1',
    'null',
    '[]',
    '{}',
  ),
  fc.constantFrom<unknown>(new Date(0), new Date(NaN), Buffer.from('a'), new Uint8Array([97]), 'a', ['a'], /a/),
  fc.string(),
  fc.double(),
  fc.bigInt(),
);
const symbols = [Symbol.for('a'), Symbol.for('b'), Symbol.iterator];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'toJSON', 'length'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    fc.tuple(fc.constantFrom(...symbols), tie('value')).map(([symbol, of]) => ({ [symbol]: of })),
    fc.array(fc.tuple(leaf, tie('value')), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    fc.array(leaf, { maxLength: 2 }).map((members) => new Set(members)),
  ),
}));
const argumentList = fc.array(value, { maxLength: 3 });

const digest = (args: readonly unknown[]): string | undefined => {
  try {
    return digestOf(args);
  } catch {
    // Refused: an object whose `toJSON` is not a function.
    return undefined;
  }
};

describe('the digest of a list of arguments', () => {
  it('is 128 bits in hexadecimal digits', () => {
    expect(digestOf(['a', 1])).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is never the same for two different lists', () => {
    fc.assert(
      fc.property(argumentList, argumentList, (one, two) => {
        fc.pre(!isDeepStrictEqual(one, two));
        const [first, second] = [digest(one), digest(two)];
        expect(first === undefined || first !== second).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it('is never the same for two lists that differ in a single value', () => {
    fc.assert(
      fc.property(argumentList, fc.nat(), leaf, leaf, (args, position, one, two) => {
        fc.pre(!isDeepStrictEqual(one, two));
        const at = position % (args.length + 1);
        expect(digest(args.toSpliced(at, 1, { in: [one] }))).not.toBe(digest(args.toSpliced(at, 1, { in: [two] })));
      }),
      { numRuns: 3000 },
    );
  });

  it('is the same for a copy with its keys in another order', () => {
    fc.assert(
      fc.property(argumentList, (args) => {
        expect(digest(reordered(args) as unknown[])).toBe(digest(args));
      }),
      { numRuns: 1000 },
    );
  });
});

function reordered(original: unknown): unknown {
  if (Array.isArray(original)) return original.map(reordered);
  if (original instanceof Map)
    return new Map([...original].map(([key, item]) => [key, reordered(item)] as const).toReversed());
  if (typeof original !== 'object' || original === null || Object.getPrototypeOf(original) !== Object.prototype)
    return original;
  return Object.fromEntries(
    Reflect.ownKeys(original)
      .map((key) => [key, reordered((original as Record<PropertyKey, unknown>)[key])] as const)
      .toReversed(),
  );
}
