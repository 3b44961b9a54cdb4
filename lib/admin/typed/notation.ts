import { VIEW_TYPES } from '../../codec/values/foreign.js';

/**
 * The notation of values that JSON cannot express: an object with a single property, `$` and the name of the type, as in
 * `{"$Date": "2026-01-31T12:00:00.000Z"}`. A real object with such a single property is written in `{"$object": …}`.
 */

/** Whether an object with these properties is in the notation. */
export const isTag = (names: readonly string[]): boolean => names.length === 1 && names[0]!.startsWith('$');

/** Typed arrays and similar views by name; their bytes are written in base64. */
export const viewTypes: typeof VIEW_TYPES = new Map(Array.from(VIEW_TYPES, ([name, type]) => [`$${name}`, type]));

/** Numbers without a JSON form, by their text. */
export const oddNumbers: ReadonlyMap<unknown, number> = new Map(
  [NaN, Infinity, -Infinity, -0].map((number) => [textOf(number), number]),
);

/** Keeps the sign of `-0`. */
export function textOf(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

/** Limits digits, because their conversion takes quadratic time. */
export const longestBigint = 20_000;
