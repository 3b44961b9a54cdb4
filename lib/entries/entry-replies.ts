import type { Access } from '../wire/connection-pool.js';
import { type Found, look, ttlOf } from './found.js';
import { isDue } from './early-recomputation.js';
import { isEnvelope } from '../codec/envelope.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Command, type Key, read, type ReplyContext, type ReplyShape } from '../command-model/command.js';
import { shape, allOf } from '../command-model/replies.js';

/** How values of keys are read, envelopes and early recomputation included. */
class EntryReply implements ReplyShape<unknown> {
  constructor(
    private readonly key: Key,
    private readonly fallback: unknown,
    private readonly stampede?: ResolvedStampede,
  ) {}

  decode(raw: unknown, context: ReplyContext): unknown {
    const [ttlMs, data] = Array.isArray(raw) ? (raw as [number, Buffer | null]) : [undefined, raw as Buffer | null];
    return counted(valueIn(data, ttlMs, this.key, context, this.stampede), context, this.fallback);
  }

  missing(): unknown {
    return this.fallback;
  }
}

/** What was looked for, or what is to be given where it was not found. */
function counted(value: unknown, context: ReplyContext, fallback?: unknown): unknown {
  if (value instanceof Promise) return value.then((known: unknown) => counted(known, context, fallback));
  context.lookups.lookedUp(value !== undefined);
  return value === undefined ? fallback : value;
}

/** `undefined` where there is none that counts. */
export function valueIn(
  data: Buffer | null,
  ttlMs: number | undefined,
  key: Key,
  context: ReplyContext,
  stampede?: ResolvedStampede,
): unknown {
  if (data === null) return undefined;
  if (!stampede && !isEnvelope(data)) return context.decode(data);
  const found = look(key, data, ttlMs, context);
  const value = (known: Found | undefined): unknown =>
    known && counts(known, stampede) ? context.decode(known.data) : undefined;
  return found instanceof Promise ? found.then(value) : value(found);
}

const counts = ({ isFresh, leftMs }: Found, stampede: ResolvedStampede | undefined): boolean =>
  isFresh && !(stampede && isDue(leftMs, stampede));

/** Reads the value of a key: with its time to live only where that counts. */
export function getCommand<T>(key: Key, fallback: T, stampede: ResolvedStampede | undefined): Command<T> {
  const get = read('GET', [key], new EntryReply(key, fallback, stampede) as ReplyShape<T>);
  return stampede ? { ...get, ahead: [ttlOf(key)] } : get;
}

/** A command that answers with the value that a key had: its time to live is gone with it, so it is asked for ahead. */
export function previousOf(
  name: string,
  access: Access,
  args: Command<unknown>['args'] & readonly [Key, ...unknown[]],
): Command<unknown> {
  const [key] = args;
  const reply = shape<unknown>(
    (raw, context) => {
      const [ttlMs, data] = raw as [number, Buffer | null];
      return valueIn(data, ttlMs, key, context);
    },
    () => undefined,
  );
  return { name, access, args, reply, ahead: [ttlOf(key, access)] };
}

/** Takes the value out of a key: it was looked for. */
export function takeCommand<T>(key: Key): Command<T | undefined> {
  const command = previousOf('GETDEL', 'write', [key]) as Command<T | undefined>;
  const reply: ReplyShape<T | undefined> = {
    decode: (raw, context) => counted(command.reply.decode(raw, context), context) as T | undefined,
    missing: () => undefined,
  };
  return { ...command, reply };
}

/** Reads the values of many keys: one slot each. */
export function getManyCommand<T>(
  keys: readonly Key[],
  stampede: ResolvedStampede | undefined,
): Command<(T | undefined)[]> {
  const reply: ReplyShape<unknown[]> = {
    decode: (raw, context) => {
      const replies = raw as unknown[];
      const values = (stampede ? replies.at(-1) : replies) as (Buffer | null)[];
      return allOf(
        values.map((data, index) => {
          const ttlMs = stampede && (replies[index] as number);
          return counted(valueIn(data, ttlMs, keys[index]!, context, stampede), context);
        }),
      );
    },
    missing: () => keys.map(() => undefined),
  };
  return {
    ...read('MGET', keys, reply as ReplyShape<(T | undefined)[]>),
    ahead: stampede && keys.map((key) => ttlOf(key)),
  };
}
