/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what its command is documented to return */
import { lifeOf, ttlOf } from './found.js';
import { isEnvelope, openEnvelope } from '../codec/envelope.js';
import {
  type Argument,
  type Command,
  type Key,
  read,
  run,
  write,
  type ReplyContext,
} from '../command-model/command.js';
import { bytesOrNil, listIn } from '../wire/reply-parts.js';
import { previousOf } from './entry-replies.js';
import { beginningOf } from './envelope-head.js';
import { bytes, boolean } from '../command-model/replies.js';
import { replaceStaleScript } from './scripts/replace-stale.script.js';

export interface Addition {
  readonly key: Key;
  readonly stored: Argument;
  /** `null` is never. */
  readonly ms: number | null;
}

/**
 * `SET … NX`; whether it was written. An entry whose timeout is over, or that has an invalidated tag, counts as
 * missing: it is replaced in a second step, because only its envelope shows it.
 */
export function addCommand(addition: Addition): Command<boolean> {
  const { key, stored, ms } = addition;
  return {
    ...write<boolean>('SET', [key, stored, 'NX', ...life(ms)], {
      decode: (raw, context) => {
        const [beginning, done] = listIn(raw);
        if (bytesOrNil(done) !== null) return true;
        return Buffer.isBuffer(beginning) && isEnvelope(beginning) ? replaceStale(addition, context) : false;
      },
      missing: () => false,
    }),
    ahead: [beginningOf(key, 'write')],
  };
}

/**
 * `SET … NX GET`: the existing value, `undefined` if the new one was written; an entry that no longer counts is
 * replaced as above.
 */
export function addOrGetCommand(addition: Addition): Command<unknown> {
  const { key, stored, ms } = addition;
  const command = previousOf('SET', 'write', [key, stored, 'NX', 'GET', ...life(ms)]);
  return {
    ...command,
    reply: {
      decode: async (raw, context) => {
        const value = await command.reply.decode(raw, context);
        const data = bytesOrNil(listIn(raw)[1]);
        if (value !== undefined || data === null || !isEnvelope(data)) return value;
        if (await replaceStale(addition, context)) return undefined;
        const [current] = await context.ask([previousOf('GET', 'write', [key])]);
        return current;
      },
      missing: () => undefined,
    },
  };
}

const life = (ms: number | null): Argument[] => (ms === null ? [] : ['PX', ms]);

/** If another client replaces it meanwhile, that client wins. */
export async function replaceStale({ key, stored, ms }: Addition, context: ReplyContext): Promise<boolean> {
  const [ttlMs, seen] = (await context.ask<unknown>([
    ttlOf(key, 'write'),
    { ...read('GET', [key], bytes), access: 'write' },
  ])) as [number, Buffer | null];
  const envelope = seen && openEnvelope(seen);
  if (seen && !envelope) return false;
  let [beginning, staleMs] = ['', -1] as [string | Buffer, number];
  if (envelope) {
    const { grace = 0, tags = [] } = envelope.head;
    const isLate = lifeOf(ttlMs) <= grace;
    if (!isLate && !(await context.tags.areInvalidated(tags))) return false;
    beginning = seen.subarray(0, seen.length - envelope.data.length);
    if (isLate) staleMs = grace;
  }
  const [done] = await context.ask([run(replaceStaleScript, [key], [beginning, staleMs, stored, ms ?? -1], boolean)]);
  return done!;
}
