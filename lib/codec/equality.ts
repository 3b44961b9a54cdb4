import type { Codec } from './codec.types.js';

/** Whether values have the same canonical bytes. The order of an object's keys does not matter. */
export function areEqual(codec: Pick<Codec, 'encodeCanonical'>, one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) => codec.encodeCanonical(value));
  return typeof a === 'string' || typeof b === 'string' ? a === b : a!.equals(b!);
}
