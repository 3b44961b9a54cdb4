/* oxlint-disable typescript/no-unsafe-type-assertion -- a shape describes the server's reply; any other reply is a TypeError, which the executor names */
import type { ReplyContext, ReplyShape } from '../command-model/command.js';
import type { Place } from '../arguments/scope.js';
import { nameOf } from '../arguments/names.js';
import { everySecond, shape, text, whenDecoded } from '../command-model/replies.js';

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

export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[] | null];

/** One that was deleted while it was pending has no fields. */
export function entryOf<T>([id, flat]: RawEntry, context: ReplyContext): StreamEntry<T> | Promise<StreamEntry<T>> {
  const raw = flat ?? [];
  const names = everySecond<Buffer>(raw, 0).map((name) => nameOf(name));
  const values = everySecond<Buffer>(raw, 1).map((data) => context.decode(data));
  return whenDecoded(values, (decoded) => ({
    id: text(id),
    fields: Object.fromEntries(names.map((name, index) => [name, decoded[index]])) as T,
  }));
}

export const entriesOf = <T>(raw: unknown, context: ReplyContext): StreamEntry<T>[] | Promise<StreamEntry<T>[]> =>
  whenDecoded(
    ((raw as RawEntry[] | null) ?? []).map((entry) => entryOf<T>(entry, context)),
    (entries) => entries as StreamEntry<T>[],
  );

const idsOf = (raw: unknown): string[] => (raw as Buffer[]).map(text);

export const optionalText = shape<string | undefined>(
  (raw) => (raw === null ? undefined : text(raw)),
  () => undefined,
);

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
      const found = (raw as [Buffer, unknown][] | null) ?? [];
      return whenDecoded(
        found.map(([, data]) => entriesOf<T>(data, context)),
        (decoded) =>
          new Map(found.map(([key], index) => [context.userKey(key, version)!, decoded[index] as StreamEntry<T>[]])),
      );
    },
    () => new Map(),
  );

export const autoclaimed = <T>(): ReplyShape<Autoclaimed<T>> =>
  shape(
    (raw, context) => {
      const [cursor, data, deleted] = raw as [Buffer, unknown, Buffer[]];
      return whenDecoded([entriesOf<T>(data, context)], ([found]) => ({
        cursor: text(cursor),
        entries: found as StreamEntry<T>[],
        deleted: idsOf(deleted),
      }));
    },
    () => ({ cursor: '0-0', entries: [], deleted: [] }),
  );

export const autoclaimedIds = shape<AutoclaimedIds>(
  (raw) => {
    const [cursor, claimed, deleted] = raw as [Buffer, Buffer[], Buffer[]];
    return { cursor: text(cursor), ids: idsOf(claimed), deleted: idsOf(deleted) };
  },
  () => ({ cursor: '0-0', ids: [], deleted: [] }),
);

export const pendingSummary = shape<PendingSummary>(
  (raw) => {
    const [pending, min, max, consumers] = raw as [number, Buffer | null, Buffer | null, [Buffer, Buffer][] | null];
    return {
      pending,
      min: min ? text(min) : undefined,
      max: max ? text(max) : undefined,
      consumers: new Map((consumers ?? []).map(([name, count]) => [text(name), Number(text(count))])),
    };
  },
  () => ({ pending: 0, min: undefined, max: undefined, consumers: new Map() }),
);

export const pendingEntries = shape<PendingEntry[]>(
  (raw) =>
    (raw as [Buffer, Buffer, number, number][]).map(([id, consumer, idle, deliveries]) => ({
      id: text(id),
      consumer: text(consumer),
      idle,
      deliveries,
    })),
  () => [],
);
