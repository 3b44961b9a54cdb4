import type { Bytes } from '../protocol/bytes.js';

/** Milliseconds in the upper 64 bits, the sequence number in the lower: so IDs compare as numbers do. */
export type StreamId = bigint;

const HALF = 64n;
const MAX_HALF = 2n ** HALF - 1n;
export const MIN_ID: StreamId = 0n;
export const MAX_ID: StreamId = 2n ** 128n - 1n;

export function makeId(milliseconds: bigint | number, sequence: bigint): StreamId {
  return (BigInt(milliseconds) << HALF) | sequence;
}

export function millisecondsOf(id: StreamId): bigint {
  return id >> HALF;
}

export function formatId(id: StreamId): Bytes {
  return `${id >> HALF}-${id & MAX_HALF}`;
}

/** An unsigned 64-bit number as C's strtoull reads it. */
export function parseHalf(text: Bytes): bigint | undefined {
  const [, digits] = /^[ \t-\r]*\+?(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value > MAX_HALF ? undefined : value;
}

/** `ms-seq` or `ms`, which then has `missingSequence`; `undefined` when it is no ID. */
export function parseId(text: Bytes, missingSequence: bigint): StreamId | undefined {
  const dash = text.indexOf('-');
  const milliseconds = parseHalf(dash < 0 ? text : text.slice(0, dash));
  const sequence = dash < 0 ? missingSequence : parseHalf(text.slice(dash + 1));
  return milliseconds === undefined || sequence === undefined ? undefined : makeId(milliseconds, sequence);
}

/** The sequence number that stands for the last one of its millisecond. */
export const LAST_SEQUENCE = MAX_HALF;
