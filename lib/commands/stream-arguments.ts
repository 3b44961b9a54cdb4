import { printable } from '../errors/quoted.js';
import { countArgument, describe, fieldArgument, listArgument, textArgument } from '../arguments/arguments.js';
import { type Argument, type Key, Payload } from '../command-model/command.js';
import { pairsOf } from '../arguments/mapping.js';

/** Which entries to remove from a stream: all but the newest, or those before an ID. @publicApi */
export interface StreamTrim {
  /** Keep this many of the newest entries. */
  readonly maxlen?: number;
  /** Keep the entries from this ID on. */
  readonly minid?: string;
  /** Let the server keep a few more, if that is less work; `false` by default. */
  readonly approximate?: boolean;
  /** With `approximate`: remove at most this many (0: any number). */
  readonly limit?: number;
}

/** Names and where to start: a plain object, a `Map` or pairs. @publicApi */
export type StreamPositions = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

const half = String.raw`\d{1,20}`;
const full = `${half}(-${half})?`;

/** A check of IDs. */
const idOf = (pattern: string, expected: string) => {
  const whole = new RegExp(`^(?:${pattern})$`);
  return (id: string, what = 'An entry ID'): string => {
    if (typeof id === 'string' && whole.test(id)) return id;
    throw new TypeError(
      `${what} must be ${expected}, not ${typeof id === 'string' ? `'${printable(id.slice(0, 50))}'` : describe(id)}`,
    );
  };
};

/** An entry, or the first of a millisecond. */
export const entryId = idOf(full, "like '1700000000000-0'");
export const newId = idOf(String.raw`${full}|${half}-\*|\*`, "'*', or like '1700000000000-*' or '1700000000000-0'");
export const rangeId = idOf(String.raw`\(?${full}|[-+]`, "'-', '+', or like '1700000000000-0' or '(1700000000000-0'");
/** Where a group, or a reader without one, starts. */
export const startId = idOf(String.raw`${full}|\$`, "'$' (entries added from now on), or like '1700000000000-0'");
/** Which entries a consumer of a group reads. */
export const groupReadId = idOf(
  `${full}|>`,
  "'>' (entries that no consumer has received yet), or like '1700000000000-0'",
);
/** Where XAUTOCLAIM starts. */
export const claimCursor = idOf(String.raw`\(?${full}|-`, "'-', or like '1700000000000-0'");

/** Names of groups and consumers. */
export function nameArgument(name: string, what: string): string {
  if (textArgument(name, what) === '') throw new TypeError(`${what} must not be empty`);
  return name;
}

/** `MAXLEN` or `MINID`; empty without either. */
export function trimArguments({ maxlen, minid, approximate, limit }: StreamTrim): Argument[] {
  if (maxlen !== undefined && minid !== undefined) throw new TypeError('Trim by maxlen or by minid, not by both');
  if (maxlen === undefined && minid === undefined) {
    if (limit !== undefined) throw new TypeError('limit needs maxlen or minid');
    return [];
  }
  if (limit !== undefined && !approximate) throw new TypeError('limit needs approximate: true');
  const [name, value]: [string, string | number] =
    maxlen === undefined ? ['MINID', entryId(minid!, 'minid')] : ['MAXLEN', countArgument(maxlen, 'maxlen')];
  return [
    name,
    approximate ? '~' : '=',
    value,
    ...(limit === undefined ? [] : ['LIMIT', countArgument(limit, 'limit')]),
  ];
}

/** Fields and values of one entry. */
export function entryArguments(fields: object): Argument[] {
  const pairs = pairsOf<string, unknown>(fields);
  if (pairs.length === 0) throw new TypeError('An entry needs at least one field');
  return pairs.flatMap(([field, value]) => [fieldArgument(field), new Payload(value)]);
}

/** `STREAMS`, the keys, and an ID for each. */
export function streamsArguments(
  streams: StreamPositions,
  keyOf: (name: string) => Key,
  check: (id: string, what: string) => string,
): Argument[] {
  const pairs = pairsOf<string, string>(streams);
  const ids = pairs.map(([, id]) => check(id, 'Where to read from'));
  return ['STREAMS', ...pairs.map(([name]) => keyOf(name)), ...ids];
}

export function idsArguments(ids: readonly string[]): string[] {
  return listArgument(ids, 'IDs').map((id) => entryId(id));
}

export function countOption(count: number | undefined): Argument[] {
  return count === undefined ? [] : ['COUNT', countArgument(count, 'count', 1)];
}

/** A stream and a group of it. */
export function groupOf(key: Key, group: string): [Key, string] {
  return [key, nameArgument(group, 'A group')];
}
