import { describe } from './arguments.js';

/**
 * Keys or members of type `K` with a value each: pairs (a `Map`, an array of pairs, …), or an object with the values as
 * properties. The object may be of an interface or a class, which `Record` does not accept.
 *
 * @publicApi
 */
export type MappingOf<M, K, V> =
  | Iterable<readonly [K, V]>
  | (M extends NoMapping ? Readonly<Record<string, V>> : M & { readonly [Name in keyof M]: V });

/** Objects whose properties are not their content. */
type NoMapping = Iterable<unknown> | PromiseLike<unknown> | Date | ((...args: never[]) => unknown);

/** Pairs of a mapping, in its order. */
export function pairsOf<K, V>(mapping: object): [K, V][] {
  if (typeof mapping !== 'object' || mapping === null) throw notAMapping(mapping);
  if (Symbol.iterator in mapping) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `Array.from` throws if the method returns no iterator
    return Array.from(mapping as Iterable<unknown>, (pair) => {
      if (!Array.isArray(pair) || pair.length !== 2)
        throw new TypeError('A mapping given as an array must hold pairs: [[key, value], …]');
      return [pair[0], pair[1]];
    });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller has declared K and V through MappingOf
  const pairs = Object.entries(mapping) as [K, V][];
  if (pairs.length === 0 && !isPlain(mapping)) throw notAMapping(mapping);
  return pairs;
}

/** A `Promise` that was not awaited, a `Date`, … has no entries, and was not meant to be empty. */
const notAMapping = (value: unknown): TypeError =>
  new TypeError(`A mapping must be a Map, an array of pairs or an object, not ${describe(value)}`);

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of another realm have another prototype, which itself has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
