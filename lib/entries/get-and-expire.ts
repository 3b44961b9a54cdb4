/* oxlint-disable typescript/no-unsafe-type-assertion -- the caller declares the type of the value */
import { bytesOrNil, integerIn, listIn } from '../wire/reply-parts.js';
import { openEnvelope } from '../codec/envelope.js';
import { type Argument, type Command, type Key, write } from '../command-model/command.js';
import { counted, takeCommand, valueIn } from './entry-replies.js';
import { beginningIn } from './envelope-head.js';
import { keptUntilOf, ttlOf } from './found.js';
import { endless } from './presence.js';
import { changeEnveloped, expiryIn } from './touch.js';

/**
 * Returns the value of a key, and gives the key another end (`null` is never, 0 at once). The second step is as in
 * `expireCommand`: an entry that no longer counts stays as it was, and there is no value.
 */
export function getAndExpireCommand<T>(key: Key, ms: number | null, fallback: T): Command<T> {
  if (ms === 0) return takeCommand<T>(key, fallback);
  const expiry = expiryIn(ms);
  const life: Argument[] = ms === null ? ['PERSIST'] : ['PX', ms];
  return {
    ...write<T>('GETEX', [key, ...life], {
      decode: (raw, context) => {
        const [left, stored, end = endless] = listIn(raw);
        const [ttlMs, data, endMs] = [integerIn(left), bytesOrNil(stored), integerIn(end)];
        const value = counted(key, valueIn(data, ttlMs, key, context), context, fallback) as T | Promise<T>;
        const head = data === null ? undefined : openEnvelope(data)?.head;
        if (data === null || !head) return value;
        const change = { key, expiry, ttlMs, endMs, beginning: beginningIn(data) };
        // Both ask for the tags: if that fails, both do.
        return Promise.all([value, changeEnveloped(change, head, context)]).then(([known]) => known);
      },
      missing: () => fallback,
    }),
    ahead: [ttlOf(key, 'write')],
    behind: ms === null ? undefined : [keptUntilOf(key)],
  };
}
