import { VIEW_TYPES } from '../../codec/values/foreign.js';

/**
 * The notation of values that JSON has no words for: an object whose only property is the name of the type after a `$`, as
 * in `{"$Date": "2026-01-31T12:00:00.000Z"}`. An object that really has such a property alone stands in `{"$object": …}`.
 */

/** Whether an object with these properties says a type. */
export const isTag = (names: readonly string[]): boolean => names.length === 1 && names[0]!.startsWith('$');

/** What shows bytes as numbers, told by its name; the bytes stand in base64. */
export const viewTypes: typeof VIEW_TYPES = new Map(Array.from(VIEW_TYPES, ([name, type]) => [`$${name}`, type]));

/** Numbers that JSON has no words for, told by their text. */
export const oddNumbers: ReadonlyMap<unknown, number> = new Map(
  [NaN, Infinity, -Infinity, -0].map((number) => [textOf(number), number]),
);

/** `-0` with its sign. */
export function textOf(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}

/** Digits are found one after another. */
export const longestBigint = 20_000;
