import { judge, lifeOf, ttlOf } from '../caching/found.js';
import type { EnvelopeHead } from '../codec/envelope.js';
import { type Command, type Key, write } from './command.js';
import { beginningOf, headIn } from './envelope-head.js';
import { absent } from './presence.js';
import { boolean } from './replies.js';
import type { ReplyContext } from './reply-shape.js';

/** Gives a key another time to live on the server, `null` none; whether the key is there. */
export function expireCommand(key: Key, ms: number | null): Command<boolean> {
  if (ms !== null) return write('PEXPIRE', [key, ms], boolean);
  // PERSIST says whether the key had an expiry.
  const wasThere = { decode: (raw: unknown) => (raw as number[])[0] !== absent, missing: () => false };
  return { ...write('PERSIST', [key], wasThere), ahead: [ttlOf(key, 'write')] };
}

/**
 * Gives an entry another timeout; whether it is there. One with grace is corrected in a second step, for only the reply
 * tells that it is one.
 */
export function touchCommand(key: Key, ms: number | null): Command<boolean> {
  const { name, args } = expireCommand(key, ms);
  return {
    ...write<boolean>(name, args, {
      decode: (raw, context) => {
        const [beginning, ttlMs, done] = raw as [unknown, number, number];
        if (ttlMs === absent || (ms !== null && done === 0)) return false;
        const head = headIn(beginning, key, context);
        return head ? touchEnveloped({ key, ms, ttlMs }, head, context) : true;
      },
      missing: () => false,
    }),
    ahead: [beginningOf(key, 'write'), ttlOf(key, 'write')],
  };
}

interface Touch {
  readonly key: Key;
  readonly ms: number | null;
  /** As it was before. */
  readonly ttlMs: number;
}

async function touchEnveloped(
  { key, ms, ttlMs }: Touch,
  found: EnvelopeHead | Promise<EnvelopeHead | undefined>,
  context: ReplyContext,
): Promise<boolean> {
  const head = await found;
  if (!head || ms === 0) return true;
  const { grace = 0, tags = [] } = head;
  const { isFresh } = await judge(head, lifeOf(ttlMs), context);
  const keptMs = ms === null ? null : ms + grace;
  if (isFresh) await context.tags.extend(tags, keptMs);
  const correctMs = isFresh ? keptMs : ttlMs;
  if (grace > 0 && correctMs !== null && correctMs >= 0) await context.ask([expireCommand(key, correctMs)]);
  return isFresh;
}
