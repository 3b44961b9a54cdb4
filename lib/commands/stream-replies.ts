/* oxlint-disable typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of an entry */
import type { ReplyContext, ReplyShape } from '../command-model/command.js';
import type { Place } from '../arguments/scope.js';
import { nameOf } from '../arguments/names.js';
import { decodeAll, shape, userKeyIn } from '../command-model/replies.js';
import { readEach, whenRead } from '../waiting/all-of.js';
import {
  bytesIn,
  everySecond,
  integerIn,
  listIn,
  listOf,
  listOrNone,
  textIn,
  textOrNone,
} from '../wire/reply-parts.js';

/** The default type of an entry's fields. @publicApi */
export type StreamFields = Readonly<Record<string, unknown>>;

/** One entry of a stream. @publicApi */
export interface StreamEntry<T = StreamFields> {
  /**
   * `1700000000000-0`: the millisecond when it was added, and a number to distinguish it from others of that
   * millisecond.
   */
  readonly id: string;
  /** Fields and their decoded values. */
  readonly fields: T;
}

/** All entries that are delivered and not acknowledged. @publicApi */
export interface PendingSummary {
  /** How many entries are pending. */
  readonly pending: number;
  /** The lowest of their IDs; `undefined` if nothing is pending. */
  readonly min: string | undefined;
  /** The highest of their IDs; `undefined` if nothing is pending. */
  readonly max: string | undefined;
  /** How many are pending for each consumer that has any. */
  readonly consumers: Map<string, number>;
}

/** An entry that is delivered and not acknowledged. @publicApi */
export interface PendingEntry {
  /** The ID of the entry. */
  readonly id: string;
  /** The consumer that has got it. */
  readonly consumer: string;
  /** Milliseconds since it was last delivered. */
  readonly idle: number;
  /** How often it was delivered. */
  readonly deliveries: number;
}

/** The result of `xautoclaim`. @publicApi */
export interface Autoclaimed<T = StreamFields> {
  /** The next cursor; `'0-0'` when all were looked at. */
  readonly cursor: string;
  /** The entries claimed. */
  readonly entries: StreamEntry<T>[];
  /** Pending entries that were deleted from the stream. */
  readonly deleted: string[];
}

/** The result of `xautoclaim` with `justid`. @publicApi */
export interface AutoclaimedIds {
  /** The next cursor; `'0-0'` when all were looked at. */
  readonly cursor: string;
  /** The IDs of the entries claimed. */
  readonly ids: string[];
  /** Pending entries that were deleted from the stream. */
  readonly deleted: string[];
}

/** One that was deleted while it was pending has no fields. */
export function entryOf<T>(raw: unknown, context: ReplyContext): StreamEntry<T> | Promise<StreamEntry<T>> {
  const [first, flat] = listOf(2, raw);
  const id = textIn(first);
  const fields = listOrNone(flat);
  const names = everySecond(fields, 0).map((name) => nameOf(bytesIn(name)));
  return whenRead(decodeAll(everySecond(fields, 1), context), (decoded) => ({
    id,
    fields: Object.fromEntries(names.map((name, index) => [name, decoded[index]])) as T,
  }));
}

export const entriesOf = <T>(raw: unknown, context: ReplyContext): StreamEntry<T>[] | Promise<StreamEntry<T>[]> =>
  readEach(listOrNone(raw), (entry) => entryOf<T>(entry, context));

const idsOf = (raw: unknown): string[] => listIn(raw).map(textIn);

export const optionalText = shape<string | undefined>(textOrNone, () => undefined);

export const entries = <T>(): ReplyShape<StreamEntry<T>[]> =>
  shape(
    (raw, context) => entriesOf<T>(raw, context),
    () => [],
  );

export const ids = shape<string[]>(idsOf, () => []);

/** Streams of that version and their entries; empty if there are none. */
export const streams = <T>(version: Place): ReplyShape<Map<string, StreamEntry<T>[]>> =>
  shape(
    (raw, context) => {
      const found = listOrNone(raw).map((stream) => listOf(2, stream));
      const keys = found.map(([key]) => userKeyIn(key, version, context));
      return whenRead(
        readEach(found, ([, data]) => entriesOf<T>(data, context)),
        (decoded) => new Map(keys.map((key, index) => [key, decoded[index]!])),
      );
    },
    () => new Map(),
  );

export const autoclaimed = <T>(): ReplyShape<Autoclaimed<T>> =>
  shape(
    (raw, context) => {
      const [position, data, gone] = listIn(raw);
      const [cursor, deleted] = [textIn(position), idsOf(gone)];
      return whenRead(entriesOf<T>(data, context), (entries) => ({ cursor, entries, deleted }));
    },
    () => ({ cursor: '0-0', entries: [], deleted: [] }),
  );

export const autoclaimedIds = shape<AutoclaimedIds>(
  (raw) => {
    const [cursor, claimed, deleted] = listIn(raw);
    return { cursor: textIn(cursor), ids: idsOf(claimed), deleted: idsOf(deleted) };
  },
  () => ({ cursor: '0-0', ids: [], deleted: [] }),
);

export const pendingSummary = shape<PendingSummary>(
  (raw) => {
    const [pending, min, max, consumers] = listIn(raw);
    return {
      pending: integerIn(pending),
      min: textOrNone(min),
      max: textOrNone(max),
      consumers: new Map(
        listOrNone(consumers).map((consumer) => {
          const [name, count] = listIn(consumer);
          return [textIn(name), integerIn(count)];
        }),
      ),
    };
  },
  () => ({ pending: 0, min: undefined, max: undefined, consumers: new Map() }),
);

export const pendingEntries = shape<PendingEntry[]>(
  (raw) =>
    listIn(raw).map((entry) => {
      const [id, consumer, idle, deliveries] = listIn(entry);
      return {
        id: textIn(id),
        consumer: textIn(consumer),
        idle: integerIn(idle),
        deliveries: integerIn(deliveries),
      };
    }),
  () => [],
);
