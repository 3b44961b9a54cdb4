import { integerIn, listIn } from '../wire/reply-parts.js';
import { judge, lifeOf, ttlOf } from './found.js';
import type { EnvelopeHead } from '../codec/envelope.js';
import { type Command, type Key, read, type ReplyContext } from '../command-model/command.js';
import { beginningOf, headIn } from './envelope-head.js';

/** In the format of PTTL. */
export const absent = -2;
export const endless = -1;

/**
 * Asks whether a key exists, and for how many milliseconds: a number in the format of PTTL. An entry whose timeout is
 * over, or that has an invalidated tag, does not exist.
 */
export function presence<T>(key: Key, answer: (ttlMs: number) => T): Command<T> {
  return {
    ...read<T>('PTTL', [key], {
      decode: (raw, context) => {
        const [beginning, left] = listIn(raw);
        const ttlMs = integerIn(left);
        const head = headIn(beginning, key, context);
        return head ? enveloped(head, ttlMs, context).then(answer) : answer(ttlMs);
      },
      missing: () => answer(absent),
    }),
    ahead: [beginningOf(key, 'read')],
  };
}

/** The Unix time in milliseconds at which an entry ends; otherwise as PTTL. */
export function endOf<T>(key: Key, answer: (endMs: number) => T): Command<T> {
  return {
    ...read<T>('PEXPIRETIME', [key], {
      decode: (raw, context) => {
        const [beginning, ...times] = listIn(raw);
        const [ttlMs, keptUntilMs] = [integerIn(times[0]), integerIn(times[1])];
        const head = headIn(beginning, key, context);
        if (!head) return answer(keptUntilMs);
        return enveloped(head, ttlMs, context).then(async (leftMs) =>
          answer(leftMs < 0 ? leftMs : keptUntilMs - ((await head)?.grace ?? 0)),
        );
      },
      missing: () => answer(absent),
    }),
    ahead: [beginningOf(key, 'read'), ttlOf(key)],
  };
}

async function enveloped(
  found: EnvelopeHead | Promise<EnvelopeHead | undefined>,
  ttlMs: number,
  context: ReplyContext,
): Promise<number> {
  const head = await found;
  if (ttlMs === absent || !head) return ttlMs;
  const { isFresh, leftMs } = await judge(head, lifeOf(ttlMs), context);
  if (!isFresh) return absent;
  return leftMs === Infinity ? endless : leftMs;
}
