/* oxlint-disable typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of an entry */
import type { ReplyShape } from '../command-model/command.js';
import { shape } from '../command-model/replies.js';
import { readEach, whenRead } from '../waiting/all-of.js';
import { everySecond, integerIn, listIn, listOf, misfit, textIn } from '../wire/reply-parts.js';
import { entriesOf, entryOf, type StreamEntry, type StreamFields } from './stream-replies.js';

/** The reply of XINFO STREAM. @publicApi */
export interface StreamInfo<T = StreamFields> {
  /** The number of entries. */
  readonly length: number;
  /** Keys of the tree in which the server keeps the stream. */
  readonly radixTreeKeys: number;
  /** Nodes of the tree in which the server keeps the stream. */
  readonly radixTreeNodes: number;
  /** The ID of the last entry that was added, even if it was deleted since. */
  readonly lastGeneratedId: string;
  /** The number of groups. */
  readonly groups: number;
  /** The oldest entry; `undefined` if the stream is empty. */
  readonly firstEntry: StreamEntry<T> | undefined;
  /** The newest entry; `undefined` if the stream is empty. */
  readonly lastEntry: StreamEntry<T> | undefined;
  /** The highest ID that was deleted; `'0-0'` if none was. */
  readonly maxDeletedEntryId?: string;
  /** How many entries were ever added. */
  readonly entriesAdded?: number;
  /** The ID of the oldest entry that is still there. */
  readonly recordedFirstEntryId?: string;
}

/** The reply of XINFO GROUPS for a group. @publicApi */
export interface StreamGroupInfo {
  /** The name of the group. */
  readonly name: string;
  /** The number of consumers. */
  readonly consumers: number;
  /** How many entries are delivered and not acknowledged. */
  readonly pending: number;
  /** The ID of the last entry that was delivered to a consumer. */
  readonly lastDeliveredId: string;
  /** How many entries the group has read, if the server knows. */
  readonly entriesRead?: number;
  /** How many entries are not delivered yet; `undefined` if the server does not know. */
  readonly lag?: number;
}

/** The reply of XINFO CONSUMERS for a consumer; times in milliseconds. @publicApi */
export interface StreamConsumerInfo {
  /** The name of the consumer. */
  readonly name: string;
  /** How many entries it has got and not acknowledged. */
  readonly pending: number;
  /** Since it last tried to read or claim. */
  readonly idle: number;
  /** Since it last got an entry; from Redis 7.2 and Valkey on. */
  readonly inactive?: number;
}

/** An entry that is delivered and not acknowledged, in XINFO STREAM FULL. @publicApi */
export interface DeliveredEntry {
  /** The ID of the entry. */
  readonly id: string;
  /** The consumer that has got it. */
  readonly consumer: string;
  /** When it was last delivered: a Unix time in milliseconds. */
  readonly deliveredAt: number;
  /** How often it was delivered. */
  readonly deliveries: number;
}

/** A consumer in XINFO STREAM FULL; times are Unix times in milliseconds. @publicApi */
export interface FullStreamConsumer {
  /** The name of the consumer. */
  readonly name: string;
  /** When it last tried to read or claim. */
  readonly seenTime: number;
  /** When it last got an entry, `-1` if it never did; from Redis 7.2 and Valkey on. */
  readonly activeTime?: number;
  /** How many entries it has got and not acknowledged. */
  readonly pending: number;
  /** Those entries, as many as requested. */
  readonly pendingEntries: readonly Omit<DeliveredEntry, 'consumer'>[];
}

/** A group in XINFO STREAM FULL. @publicApi */
export interface FullStreamGroup extends Omit<StreamGroupInfo, 'consumers'> {
  /** Pending entries, as many as requested. */
  readonly pendingEntries: readonly DeliveredEntry[];
  /** Its consumers. */
  readonly consumers: readonly FullStreamConsumer[];
}

/** The reply of XINFO STREAM FULL. @publicApi */
export interface FullStreamInfo<T = StreamFields> extends Omit<StreamInfo<T>, 'groups' | 'firstEntry' | 'lastEntry'> {
  /** As many as requested, the oldest first. */
  readonly entries: readonly StreamEntry<T>[];
  /** Its groups. */
  readonly groups: readonly FullStreamGroup[];
}

/** What every server tells, whosever it is, and the type of each fact. */
type Told = Readonly<Record<string, 'number' | 'string' | 'object'>>;

const ofStream: Told = {
  length: 'number',
  lastGeneratedId: 'string',
};
const ofConsumer: Told = { name: 'string', pelCount: 'number', pending: 'object' };
const ofGroup: Told = { ...ofConsumer, lastDeliveredId: 'string', consumers: 'object' };

/** `last-generated-id` and its value becomes `lastGeneratedId`; texts are names or IDs. */
function facts(raw: unknown, told: Told): object {
  const names = everySecond(raw, 0).map((name) =>
    textIn(name).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  const values = everySecond(raw, 1).map((value) =>
    value === null ? undefined : Buffer.isBuffer(value) ? textIn(value) : value,
  );
  const found = new Map(names.map((name, index) => [name, values[index]]));
  if (Object.entries(told).some(([name, type]) => typeof found.get(name) !== type)) throw misfit();
  return Object.fromEntries(found);
}

interface RawInfo<T> extends Omit<StreamInfo<T>, 'firstEntry' | 'lastEntry'> {
  readonly firstEntry: unknown;
  readonly lastEntry: unknown;
}

export const streamInfo = <T>(): ReplyShape<StreamInfo<T>> =>
  shape<StreamInfo<T>>(
    (raw, context) => {
      const found = facts(raw, { ...ofStream, groups: 'number' }) as RawInfo<T>;
      const ends = [found.firstEntry, found.lastEntry];
      return whenRead(
        readEach(ends, (end) => (end === undefined ? end : entryOf<T>(end, context))),
        ([firstEntry, lastEntry]) => ({ ...found, firstEntry, lastEntry }) as StreamInfo<T>,
      );
    },
    () => ({
      length: 0,
      radixTreeKeys: 0,
      radixTreeNodes: 0,
      lastGeneratedId: '0-0',
      groups: 0,
      firstEntry: undefined,
      lastEntry: undefined,
    }),
  );

const listOfFacts = <T>(told: Told): ReplyShape<T[]> =>
  shape(
    (raw) => listIn(raw).map((each) => facts(each, told) as T),
    () => [],
  );

export const groupInfos = listOfFacts<StreamGroupInfo>({
  name: 'string',
  consumers: 'number',
  pending: 'number',
  lastDeliveredId: 'string',
});
export const consumerInfos = listOfFacts<StreamConsumerInfo>({ name: 'string', pending: 'number', idle: 'number' });

interface RawFullInfo<T> extends Omit<FullStreamInfo<T>, 'entries' | 'groups'> {
  readonly entries: unknown;
  readonly groups: readonly unknown[];
}

/** The number of pending entries, and the entries under the server's own name for the list. */
interface RawPending {
  readonly pelCount: number;
  readonly pending: readonly unknown[];
}

type RawGroup = Omit<FullStreamGroup, 'pending' | 'pendingEntries' | 'consumers'> &
  RawPending & {
    readonly consumers: readonly unknown[];
  };

type RawConsumer = Omit<FullStreamConsumer, 'pending' | 'pendingEntries'> & RawPending;

export const fullStreamInfo = <T>(): ReplyShape<FullStreamInfo<T>> =>
  shape<FullStreamInfo<T>>(
    (raw, context) => {
      const told = { ...ofStream, entries: 'object', groups: 'object' } as const;
      const { entries, groups, ...found } = facts(raw, told) as RawFullInfo<T>;
      const build = (decoded: StreamEntry<T>[]): FullStreamInfo<T> => ({
        ...found,
        entries: decoded,
        groups: groups.map(fullGroup),
      });
      return whenRead(entriesOf<T>(entries, context), build);
    },
    () => ({ length: 0, radixTreeKeys: 0, radixTreeNodes: 0, lastGeneratedId: '0-0', entries: [], groups: [] }),
  );

function fullGroup(raw: unknown): FullStreamGroup {
  const { pelCount, pending, consumers, ...found } = facts(raw, ofGroup) as RawGroup;
  const pendingEntries = pending.map((entry) => {
    const [id, consumer, deliveredAt, deliveries] = listOf(4, entry);
    return {
      id: textIn(id),
      consumer: textIn(consumer),
      deliveredAt: integerIn(deliveredAt),
      deliveries: integerIn(deliveries),
    };
  });
  return { ...found, pending: pelCount, pendingEntries, consumers: consumers.map(fullConsumer) };
}

function fullConsumer(raw: unknown): FullStreamConsumer {
  const { pelCount, pending, ...found } = facts(raw, ofConsumer) as RawConsumer;
  const pendingEntries = pending.map((entry) => {
    const [id, deliveredAt, deliveries] = listOf(3, entry);
    return { id: textIn(id), deliveredAt: integerIn(deliveredAt), deliveries: integerIn(deliveries) };
  });
  return { ...found, pending: pelCount, pendingEntries };
}
