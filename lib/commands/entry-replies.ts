import { type Found, look, ttlOf } from '../caching/found.js';
import { isDue } from '../caching/xfetch.js';
import type { ResolvedStampede } from '../options/stampede.options.js';
import { type Access, type Command, type Key, read } from './command.js';
import { together } from './replies.js';
import type { ReplyContext, ReplyShape } from './reply-shape.js';

/** How values of keys are read, envelopes and early recomputation included. */
class EntryReply implements ReplyShape<unknown> {
  constructor(
    private readonly key: Key,
    private readonly fallback: unknown,
    private readonly stampede?: ResolvedStampede,
  ) {}

  decode(raw: unknown, context: ReplyContext): unknown {
    const [ttlMs, data] = Array.isArray(raw) ? (raw as [number, Buffer | null]) : [undefined, raw as Buffer | null];
    const found = look(this.key, data, ttlMs, context);
    return found instanceof Promise
      ? found.then((known) => this.valueOf(known, context))
      : this.valueOf(found, context);
  }

  missing(): unknown {
    return this.fallback;
  }

  private valueOf(found: Found | undefined, context: ReplyContext): unknown {
    return found && counts(found, this.stampede) ? context.decode(found.data) : this.fallback;
  }
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
  return { name, access, args, reply: new EntryReply(key, undefined), ahead: [ttlOf(key, access)] };
}

/** Reads the values of many keys: one slot each. */
export function getManyCommand<T>(
  keys: readonly Key[],
  stampede: ResolvedStampede | undefined,
): Command<(T | undefined)[]> {
  const entries = keys.map((key) => new EntryReply(key, undefined, stampede));
  const reply: ReplyShape<unknown[]> = {
    decode: (raw, context) => {
      const replies = raw as unknown[];
      const values = stampede ? (replies.at(-1) as unknown[]) : replies;
      return together(
        entries.map((entry, index) =>
          entry.decode(stampede ? [replies[index], values[index]] : values[index], context),
        ),
      );
    },
    missing: () => keys.map(() => undefined),
  };
  return {
    ...read('MGET', keys, reply as ReplyShape<(T | undefined)[]>),
    ahead: stampede && keys.map((key) => ttlOf(key)),
  };
}
