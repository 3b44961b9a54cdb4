import type { Bytes } from '../protocol/bytes.js';

/** Milliseconds in the upper 64 bits, the sequence number in the lower, so IDs compare as numbers. */
export type StreamId = bigint;

const halfBits = 64n;
const maxHalf = 2n ** halfBits - 1n;
export const smallestId: StreamId = 0n;
export const largestId: StreamId = 2n ** 128n - 1n;

export function makeId(milliseconds: bigint | number, sequence: bigint): StreamId {
  return (BigInt(milliseconds) << halfBits) | sequence;
}

export function millisecondsOf(id: StreamId): bigint {
  return id >> halfBits;
}

export function formatId(id: StreamId): Bytes {
  return `${id >> halfBits}-${id & maxHalf}`;
}

/** An unsigned 64-bit number as C's strtoull reads it. */
export function parseHalf(text: Bytes): bigint | undefined {
  const [, digits] = /^[ \t-\r]*\+?(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value > maxHalf ? undefined : value;
}

/** Reads `ms-seq`, or `ms` with `missingSequence`; `undefined` for an invalid ID. */
export function parseId(text: Bytes, missingSequence: bigint): StreamId | undefined {
  const dash = text.indexOf('-');
  const milliseconds = parseHalf(dash < 0 ? text : text.slice(0, dash));
  const sequence = dash < 0 ? missingSequence : parseHalf(text.slice(dash + 1));
  return milliseconds === undefined || sequence === undefined ? undefined : makeId(milliseconds, sequence);
}

/** The sequence number that stands for the last one of its millisecond. */
export const lastOfMillisecond = maxHalf;
