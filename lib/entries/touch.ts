/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what its command is documented to return */
import { integerIn, listIn } from '../wire/reply-parts.js';
import { judge, keptUntilOf, lifeOf, ttlOf } from './found.js';
import type { EnvelopeHead } from '../codec/envelope.js';
import { type Command, type Key, write, type ReplyContext, type ReplyShape } from '../command-model/command.js';
import { beginningOf, headIn } from './envelope-head.js';
import { absent, endless } from './presence.js';
import { integer } from '../command-model/replies.js';

/** When a key is to expire. */
export type Expiry =
  | { readonly name: 'PEXPIRE' | 'PEXPIREAT'; readonly ms: number }
  | { readonly name: 'PERSIST'; readonly ms: null };

const never: Expiry = { name: 'PERSIST', ms: null };

/** `null` is never. */
export function expiryIn(ms: number | null): Expiry {
  return ms === null ? never : { name: 'PEXPIRE', ms };
}

/**
 * Gives a key another end; whether it exists. An entry with an envelope is corrected in a second step, because only the
 * reply shows it: the time it is kept beyond its end stays the same, and an entry that no longer counts stays as it
 * was.
 */
export function expireCommand(key: Key, expiry: Expiry): Command<boolean> {
  return changeOf(key, expiry, (done) => expiry.ms === null || done > 0);
}

/** Removes the end of a key; whether it had one. */
export function persistCommand(key: Key): Command<boolean> {
  return changeOf(key, never, (done) => done > 0);
}

function changeOf(key: Key, expiry: Expiry, answer: (done: number) => boolean): Command<boolean> {
  const { name, args } = bare(key, expiry);
  return {
    ...write<boolean>(name, args, {
      decode: (raw, context) => {
        const [beginning, ...numbers] = listIn(raw);
        const [ttlMs = absent, done = 0, endMs = expiry.ms ?? endless] = numbers.map(integerIn);
        if (ttlMs === absent || !answer(done)) return false;
        const head = headIn(beginning, key, context);
        return head ? changeEnveloped({ key, expiry, ttlMs, endMs, beginning }, head, context) : true;
      },
      missing: () => false,
    }),
    ahead: [beginningOf(key, 'write'), ttlOf(key, 'write')],
    // The other ends are known.
    behind: name === 'PEXPIRE' ? [keptUntilOf(key)] : undefined,
  };
}

const whatIsThere: ReplyShape<readonly [beginning: unknown, endMs: number]> = {
  decode: (raw) => {
    const [beginning, endMs] = listIn(raw);
    return [beginning, integerIn(endMs)];
  },
  missing: () => [null, absent],
};

function bare(key: Key, { name, ms }: Expiry, graceMs = 0): Command<number> {
  return write(name, ms === null ? [key] : [key, ms + graceMs], integer);
}

export interface Change {
  readonly key: Key;
  readonly expiry: Expiry;
  /** The end before the change. */
  readonly ttlMs: number;
  /** The end on the server after the change. */
  readonly endMs: number;
  readonly beginning: unknown;
}

/** Continues if the reply shows that the entry has an envelope; whether it counts. */
export async function changeEnveloped(
  change: Change,
  found: EnvelopeHead | Promise<EnvelopeHead | undefined>,
  context: ReplyContext,
): Promise<boolean> {
  const { key, expiry, ttlMs } = change;
  const head = await found;
  if (!head) return true;
  const { grace = 0, tags = [] } = head;
  const leftMs = untilEnd(expiry);
  const { isFresh } = await judge(head, lifeOf(ttlMs), context);
  if (leftMs !== null && leftMs <= 0) return isFresh;
  if (!isFresh) {
    if (ttlMs >= 0) await correct(change, bare(key, expiryIn(ttlMs)), context);
    return false;
  }
  if (leftMs === null) await context.tags.pin(tags);
  else await context.tags.extend(tags, leftMs + grace);
  if (grace > 0 && leftMs !== null) await correct(change, bare(key, expiry, grace), context);
  return true;
}

/** Only if nobody has written since, not even a later pipeline: the same value written again has another end. */
async function correct(change: Change, command: Command<number>, context: ReplyContext): Promise<void> {
  const { key, endMs, beginning } = change;
  const asked = { ...write('PEXPIRETIME', [key], whatIsThere), ahead: [beginningOf(key, 'write')] };
  const [[now, nowEndMs]] = (await context.ask([asked])) as [readonly [unknown, number]];
  const isSame = Buffer.isBuffer(now) && Buffer.isBuffer(beginning) && now.equals(beginning);
  if (isSame && nowEndMs === endMs) await context.ask([command]);
}

/** By the clock of this process if it is an instant. */
function untilEnd({ name, ms }: Expiry): number | null {
  return name === 'PEXPIREAT' ? ms - Date.now() : ms;
}
