import type { Access } from '../wire/connection-pool.js';
import type { Stamp } from '../codec/envelope.js';
import type { Command, Key, Lookups, ReplyContext } from '../command-model/command.js';
import { matching, unmatched } from '../command-model/matching.js';
import type { StandardSchema } from '../codec/schema.js';
import { counts, type Entry, type EntryAnswer, entryCommand } from '../entries/entry-replies.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';

/** A value to return only if none can be made. */
export interface Spare {
  readonly value: unknown;
  /** Its timeout is over, or one of its tags is invalidated: it is not merely early. */
  readonly isStale: boolean;
  readonly tags: readonly Stamp[];
  /** What it was read from, without the envelope. */
  readonly data: Buffer;
}

/** What a caller of getOrSet finds. */
export interface Reading {
  /** `stored` is the value before a schema transformed it. */
  readonly hit?: { readonly value: unknown; readonly stored: unknown };
  readonly spare?: Spare;
  /** The bytes at the key if there is no hit: an entry that does not count, or a reservation. */
  readonly seen?: Buffer;
  /** It carries a tag that the surrounding transaction will invalidate. */
  readonly isDoomed?: boolean;
  /** The entry is unknown, because the server is away and that is ignored. */
  readonly isUnanswered?: boolean;
}

/** Sends commands about keys: one by one, or combined for many keys. */
export interface Commands {
  execute<T>(command: Command<T>): Promise<T>;
}

type ReadingOptions = Pick<ResolvedGetOrSet, 'stampede' | 'graceMs' | 'schema'>;

export const nothing: Reading = {};
export const unanswered: Reading = { isUnanswered: true };

/** Whether the time to live of an entry matters for its value. */
export const isTimed = ({ stampede, graceMs }: ReadingOptions): boolean => stampede !== undefined || graceMs > 0;

/** What a key holds, as far as it counts under these options. */
export async function readEntry(
  executor: CommandExecutor,
  commands: Commands,
  key: Key,
  options: ReadingOptions,
  access: Access,
): Promise<Reading> {
  return readingOf(executor, key, await commands.execute(entryCommand(key, access, isTimed(options))), options);
}

/** The reading for a reply; a promise with a schema. `lookups` learns whether it counts. */
export function readingOf(
  { context, evictions }: CommandExecutor,
  key: Key,
  entry: EntryAnswer,
  options: ReadingOptions,
  lookups?: Lookups,
): Reading | Promise<Reading> {
  if (entry === undefined) return unanswered;
  if (evictions.isOn && entry.found && evictions.doomsStamped(entry.found.tags)) return { isDoomed: true };
  const reading = unchecked(entry, options);
  const { schema } = options;
  if (schema && (reading.hit ?? reading.spare)) {
    return checked(key, reading, schema, entry, context).then((known) => told(key, known, lookups));
  }
  return told(key, reading, lookups);
}

function told(key: Key, reading: Reading, lookups: Lookups | undefined): Reading {
  lookups?.lookedUp(key, reading.hit !== undefined);
  return reading;
}

function unchecked({ value, found, bytes: seen }: Entry, { stampede, graceMs }: ReadingOptions): Reading {
  if (!seen) return nothing;
  if (!found) return { seen };
  if (counts(found, stampede)) return { hit: { value, stored: value } };
  const { isFresh, tags, data } = found;
  return !isFresh && graceMs === 0 ? { seen } : { seen, spare: { value, isStale: !isFresh, tags, data } };
}

/** The reading with the schema's output for its value; if it does not match, there is no value. */
async function checked(
  key: Key,
  reading: Reading,
  schema: StandardSchema,
  { bytes }: Entry,
  context: ReplyContext,
): Promise<Reading> {
  const { hit, spare } = reading;
  const value = await matching(key, (hit ?? spare)!.value, schema, context);
  if (value === unmatched) return { seen: bytes };
  return spare ? { ...reading, spare: { ...spare, value } } : { hit: { value, stored: hit!.value } };
}
