/* oxlint-disable typescript/no-unsafe-type-assertion -- the caller declares the type of the value */
import type { Access } from '../wire/connection-pool.js';
import { bytesOrNil, integerIn, listIn, listOf, textIn } from '../wire/reply-parts.js';
import { type Found, look, ttlOf } from './found.js';
import { isDue } from './early-recomputation.js';
import { isEnvelope } from '../codec/envelope.js';
import type { StandardSchema } from '../codec/schema.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Command, type Key, read, type ReplyContext, type ReplyShape, write } from '../command-model/command.js';
import { matchingOrMissing } from '../command-model/matching.js';
import { shape } from '../command-model/replies.js';
import { allOf, readEach } from '../waiting/all-of.js';
import type { StampsAsked } from '../command-model/tag-questions.js';

/** How values of keys are read, including envelopes and early recomputation. */
class EntryReply implements ReplyShape<unknown> {
  constructor(
    private readonly key: Key,
    private readonly fallback: unknown,
    private readonly stampede?: ResolvedStampede,
    private readonly isRaw?: boolean,
    private readonly schema?: StandardSchema,
  ) {}

  decode(raw: unknown, context: ReplyContext): unknown {
    const value = valueIn(dataIn(raw), ttlIn(raw), this.key, context, this.stampede, this.isRaw);
    const { key, schema } = this;
    return counted(key, schema ? matchingOrMissing(key, value, schema, context) : value, context, this.fallback);
  }

  missing(): unknown {
    return this.fallback;
  }
}

/** The value that was found, or the fallback for a missing one. */
export function counted(key: Key, value: unknown, context: ReplyContext, fallback?: unknown): unknown {
  if (value instanceof Promise) return value.then((known: unknown) => counted(key, known, context, fallback));
  context.lookups.lookedUp(key, value !== undefined);
  return value === undefined ? fallback : value;
}

/** `undefined` if no value counts. */
export function valueIn(
  data: Buffer | null,
  ttlMs: number | undefined,
  key: Key,
  context: ReplyContext,
  stampede?: ResolvedStampede,
  isRaw?: boolean,
): unknown {
  if (data === null) return undefined;
  if (!stampede && !isEnvelope(data)) return isRaw ? textIn(data) : context.decodeAt(key, data);
  const found = look(key, data, ttlMs, context);
  const value = (known: Found | undefined): unknown =>
    known && counts(known, stampede) ? (isRaw ? textIn(known.data) : context.decodeAt(key, known.data)) : undefined;
  return found instanceof Promise ? found.then(value) : value(found);
}

/** Whether the value exists for this caller, who may be the one to recompute it early. */
export const counts = ({ isFresh, leftMs }: Found, stampede: ResolvedStampede | undefined): boolean =>
  isFresh && !(stampede && isDue(leftMs, stampede));

/** Reads the value of a key, with its time to live only if that matters. */
export function getCommand<T>(
  key: Key,
  fallback: T,
  stampede: ResolvedStampede | undefined,
  isRaw?: boolean,
  schema?: StandardSchema,
): Command<T> {
  const reply = new EntryReply(key, fallback, stampede, isRaw, schema) as ReplyShape<T>;
  return withTtl(read('GET', [key], reply), stampede !== undefined);
}

/** What a key holds: a value, whether it counts or not; neither if the key is missing. */
export interface Entry {
  readonly value?: unknown;
  readonly found?: Found;
  /** The stored bytes; those of a reservation are not a value. */
  readonly bytes?: Buffer;
}

/** `undefined` if it is unknown, as the server is away. */
export type EntryAnswer = Entry | undefined;

const missing: Entry = {};

/** The stored value: the caller decides whether it counts, and no look-up is recorded. */
class StoredReply implements ReplyShape<EntryAnswer> {
  constructor(
    private readonly key: Key,
    private readonly asked: StampsAsked | undefined,
  ) {}

  decode(raw: unknown, context: ReplyContext): Entry | Promise<Entry> {
    return entryIn(this.key, dataIn(raw), ttlIn(raw), context, this.asked);
  }

  missing(): undefined {
    return undefined;
  }
}

function entryIn(
  key: Key,
  bytes: Buffer | null,
  ttlMs: number | undefined,
  context: ReplyContext,
  asked: StampsAsked | undefined,
): Entry | Promise<Entry> {
  if (bytes === null) return missing;
  const found = look(key, bytes, ttlMs, context, asked);
  return found instanceof Promise
    ? found.then((known) => salvage(key, known, bytes, context))
    : salvage(key, found, bytes, context);
}

/** An unreadable value is a miss: its bytes must not block other values. */
function salvage(key: Key, found: Found | undefined, bytes: Buffer, context: ReplyContext): Entry | Promise<Entry> {
  if (!found) return { bytes };
  const value = context.salvageAt(key, found.data);
  const withValue = (known: unknown): Entry => (known === undefined ? { bytes } : { value: known, found, bytes });
  return value instanceof Promise ? value.then(withValue) : withValue(value);
}

/** Reads an entry: as a write if a replica may not know it yet. `asked` are the stamps of tags that it may have. */
export function entryCommand(key: Key, access: Access, isTimed: boolean, asked?: StampsAsked): Command<EntryAnswer> {
  const command = access === 'read' ? read : write;
  return withTtl(command('GET', [key], new StoredReply(key, asked)), isTimed);
}

/** What many keys of one slot hold; an error takes the place of its key. */
export function entriesCommand(
  keys: readonly Key[],
  isTimed: boolean,
  asked?: StampsAsked,
): Command<readonly (EntryAnswer | Error)[]> {
  const reply: ReplyShape<(EntryAnswer | Error)[]> = {
    decode: (raw, context) => {
      const replies = listIn(raw);
      const stored = listOf(keys.length, isTimed ? replies.at(-1) : replies);
      return allOf(
        stored.map((data, index) => {
          try {
            const ttlMs = isTimed ? integerIn(replies[index]) : undefined;
            const entry = entryIn(keys[index]!, bytesOrNil(data), ttlMs, context, asked);
            return entry instanceof Promise ? entry.catch((error) => error as Error) : entry;
          } catch (error) {
            return error as Error;
          }
        }),
      );
    },
    missing: () => keys.map(() => undefined),
  };
  return { ...read('MGET', keys, reply), ahead: isTimed ? keys.map((key) => ttlOf(key)) : undefined };
}

/** The reply to GET, with or without PTTL ahead. */
const ttlIn = (raw: unknown): number | undefined => (Array.isArray(raw) ? integerIn(raw[0]) : undefined);
const dataIn = (raw: unknown): Buffer | null => bytesOrNil(Array.isArray(raw) ? raw[1] : raw);

/** A class for the same reason as that of simple commands. */
class TimedRead<T> implements Command<T> {
  readonly name: string;
  readonly access: Access;
  readonly args: Command<T>['args'];
  readonly reply: ReplyShape<T>;
  readonly ahead: readonly Command<unknown>[];

  constructor({ name, access, args, reply }: Command<T>) {
    this.name = name;
    this.access = access;
    this.args = args;
    this.reply = reply;
    this.ahead = [ttlOf(args[0] as Key, access)];
  }
}

function withTtl<T>(get: Command<T>, isTimed: boolean): Command<T> {
  return isTimed ? new TimedRead(get) : get;
}

/** A command that returns the previous value of a key: its time to live is lost with it, so it is asked for ahead. */
export function previousOf(
  name: string,
  access: Access,
  args: Command<unknown>['args'] & readonly [Key, ...unknown[]],
): Command<unknown> {
  const [key] = args;
  const reply = shape<unknown>(
    (raw, context) => {
      return valueIn(dataIn(raw), ttlIn(raw), key, context);
    },
    () => undefined,
  );
  return { name, access, args, reply, ahead: [ttlOf(key, access)] };
}

/** Takes the value out of a key, as a look-up. */
export function takeCommand<T>(key: Key, fallback: T): Command<T> {
  const { name, access, args, ahead, reply } = previousOf('GETDEL', 'write', [key]);
  const looked: ReplyShape<T> = {
    // The caller decides the type of the value.
    decode: (raw, context) => counted(key, reply.decode(raw, context), context, fallback) as T | Promise<T>,
    missing: () => fallback,
  };
  return { name, access, args, ahead, reply: looked };
}

/** Reads the values of many keys of one slot. */
export function getManyCommand<T>(
  keys: readonly Key[],
  stampede: ResolvedStampede | undefined,
  schema?: StandardSchema,
): Command<(T | undefined)[]> {
  const reply: ReplyShape<unknown[]> = {
    decode: (raw, context) => {
      const replies = listIn(raw);
      const values = listOf(keys.length, stampede ? replies.at(-1) : replies);
      return readEach(values, (data, index) => {
        const ttlMs = stampede && integerIn(replies[index]);
        const key = keys[index]!;
        const value = valueIn(bytesOrNil(data), ttlMs, key, context, stampede);
        return counted(key, schema ? matchingOrMissing(key, value, schema, context) : value, context);
      });
    },
    missing: () => keys.map(() => undefined),
  };
  return {
    ...read('MGET', keys, reply as ReplyShape<(T | undefined)[]>),
    ahead: stampede && keys.map((key) => ttlOf(key)),
  };
}
