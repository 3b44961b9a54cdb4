/* oxlint-disable typescript/no-unsafe-type-assertion -- the type of the loader says what its result holds */
import { describe } from '../arguments/arguments.js';
import { quoted } from '../errors/quoted.js';

/**
 * The result of a loader of many keys: a `Map` or an object by key, or an array with a value for each key in their
 * order. A key without a value is left out, or `undefined`; a key whose value is an `Error` fails alone.
 *
 * @publicApi
 */
export type Loaded<T> =
  | ReadonlyMap<string, T | Error | undefined>
  | Readonly<Record<string, T | Error | undefined>>
  | readonly (T | Error | undefined)[];

/**
 * The values in the order of the keys. `given`: the list that the loader got, as it has left it.
 *
 * @throws TypeError if the values cannot be assigned to keys
 */
export function valuesOf<T>(
  loaded: unknown,
  keys: readonly unknown[],
  given: readonly unknown[],
  who: string,
): (T | Error | undefined)[] {
  if (Array.isArray(loaded)) return aligned(loaded, keys, given, who) as T[];
  const pairs = pairsIn(loaded);
  if (!pairs) {
    throw new TypeError(
      `${who} returned ${describe(loaded)}: it must return a Map, an object, or an array with a value for each key, in their order`,
    );
  }
  const values = new Map(pairs);
  const asked = new Set<unknown>(keys);
  for (const key of values.keys()) {
    if (asked.has(key)) continue;
    const shown = typeof key === 'string' ? quoted(key) : describe(key);
    throw new TypeError(`${who} returned a value for ${shown}, which was not requested`);
  }
  return keys.map((key) => values.get(key) as T | undefined);
}

function aligned(
  loaded: readonly unknown[],
  keys: readonly unknown[],
  given: readonly unknown[],
  who: string,
): readonly unknown[] {
  if (loaded.length !== keys.length) {
    throw new TypeError(
      `${who} returned an array of ${loaded.length} for ${keys.length} keys: it must hold one value for each key, in their ` +
        'order, and undefined for a missing one; or return a Map',
    );
  }
  if (given.length === keys.length && given.some((key, index) => key !== keys[index])) {
    throw new TypeError(
      `${who} changed the list of keys that it was given, so its values cannot be assigned to keys: sort a copy, or ` +
        'return a Map',
    );
  }
  return loaded;
}

function pairsIn(loaded: unknown): Iterable<readonly [unknown, unknown]> | undefined {
  if (typeof loaded !== 'object' || loaded === null) return undefined;
  // Includes those of another realm.
  if (Object.prototype.toString.call(loaded) === '[object Map]') return loaded as Map<unknown, unknown>;
  const prototype: unknown = Object.getPrototypeOf(loaded);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain ? Object.entries(loaded) : undefined;
}
