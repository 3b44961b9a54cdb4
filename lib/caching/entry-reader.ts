import type { Access } from '../wire/connection-pool.js';
import type { Stamp } from '../codec/envelope.js';
import type { Key, Lookups } from '../command-model/command.js';
import { matching, unmatched } from '../command-model/matching.js';
import type { StandardSchema } from '../codec/schema.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { counts, type Entry, entryCommand } from '../entries/entry-replies.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';

/** A value to be given only where none can be made. */
export interface Spare {
  readonly value: unknown;
  /** Its timeout is over, or one of its tags invalidated: it is no longer only early. */
  readonly isStale: boolean;
  readonly tags: readonly Stamp[];
}

/** What a caller of getOrSet finds. */
export interface Reading {
  /** `stored` is what it was before a schema made another of it. */
  readonly hit?: { readonly value: unknown; readonly stored: unknown };
  readonly spare?: Spare;
  /** The bytes at the key where there is no hit: an entry that does not count, or a reservation. */
  readonly seen?: Buffer;
  /** It carries a tag that the caller's surroundings will invalidate. */
  readonly isDoomed?: boolean;
  /** Nobody has said what there is, as the server is away and that is to be ignored. */
  readonly isUnanswered?: boolean;
}

export const nothing: Reading = {};
export const unanswered: Reading = { isUnanswered: true };

/** What is stored under a key, as far as it counts under these options; `lookups` are told whether it does. */
export async function readEntry(
  executor: CommandExecutor,
  key: Key,
  options: Pick<ResolvedGetOrSet, 'stampede' | 'graceMs' | 'schema'>,
  access: Access,
  lookups?: Lookups,
): Promise<Reading> {
  const isTimed = options.stampede !== undefined || options.graceMs > 0;
  const entry = await executor.execute(entryCommand(key, access, isTimed));
  if (entry === undefined) return unanswered;
  const { evictions } = executor;
  if (evictions.isOn && entry.found && evictions.doomsStamped(entry.found.tags)) return { isDoomed: true };
  const { schema } = options;
  const unchecked = readingOf(entry, options);
  const reading = schema ? await checked(executor, key, unchecked, schema, entry) : unchecked;
  lookups?.lookedUp(reading.hit !== undefined);
  return reading;
}

function readingOf(
  { value, found, bytes: seen }: Entry,
  { stampede, graceMs }: Pick<ResolvedGetOrSet, 'stampede' | 'graceMs'>,
): Reading {
  if (!seen) return nothing;
  if (!found) return { seen };
  if (counts(found, stampede)) return { hit: { value, stored: value } };
  const { isFresh, tags } = found;
  return !isFresh && graceMs === 0 ? { seen } : { seen, spare: { value, isStale: !isFresh, tags } };
}

/** The same with what a schema makes of the value; where that does not match, there is none. */
async function checked(
  { context }: CommandExecutor,
  key: Key,
  reading: Reading,
  schema: StandardSchema,
  { bytes }: Entry,
): Promise<Reading> {
  const { hit, spare } = reading;
  if (!hit && !spare) return reading;
  const value = await matching(key, (hit ?? spare)!.value, schema, context);
  if (value === unmatched) return { seen: bytes };
  return spare ? { ...reading, spare: { ...spare, value } } : { hit: { value, stored: hit!.value } };
}
