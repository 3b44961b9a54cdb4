import { bytesOrNil, integerIn, listIn } from '../wire/reply-parts.js';
import { judge, keptUntilOf, lifeOf, ttlOf } from './found.js';
import { type EnvelopeHead, openEnvelope } from '../codec/envelope.js';
import {
  type Argument,
  type Command,
  type Key,
  read,
  run,
  write,
  type ReplyContext,
} from '../command-model/command.js';
import { valueIn } from './entry-replies.js';
import { bytes, always, boolean } from '../command-model/replies.js';
import { putBackScript } from './scripts/put-back.script.js';

/** `SET` with options that depend on the existing entry. */
interface Overwriting {
  readonly key: Key;
  readonly stored: Argument;
  /** `null` is never. */
  readonly ms: number | null;
  /** Only if there is an entry. */
  readonly xx: boolean;
  /** Return the value of the old entry. */
  readonly get: boolean;
  /** The new entry takes over its time to live. */
  readonly keepTtl: boolean;
}

/** How long the server would have kept the old entry. */
interface Life {
  readonly endMs: number;
  readonly ttlMs: number;
}

/**
 * Whether it was written, or the old value. An entry with an envelope is corrected in a second step, because only the
 * reply shows it: the time it was kept beyond its end does not apply to the new entry, and an entry that no longer
 * counts is missing.
 */
export function overwriteCommand(overwriting: Overwriting): Command<unknown> {
  const { key, stored, ms, xx, get, keepTtl } = overwriting;
  const args: Argument[] = [key, stored];
  if (xx) args.push('XX');
  if (get) args.push('GET');
  if (keepTtl) args.push('KEEPTTL');
  if (ms !== null) args.push('PX', ms);
  const ahead: Command<unknown>[] = [keptUntilOf(key), ttlOf(key, 'write')];
  if (!get) ahead.push({ ...read('GET', [key], bytes), access: 'write' });
  return {
    ...write<unknown>('SET', args, {
      decode: (raw, context) => {
        const [end, left, before, done = before] = listIn(raw);
        const [endMs, ttlMs] = [integerIn(end), integerIn(left)];
        const data = Buffer.isBuffer(before) ? before : null;
        const isWritten = bytesOrNil(done) !== null;
        const answer = get ? valueIn(data, ttlMs, key, context) : isWritten;
        const correcting =
          data && isWritten && (xx || keepTtl) ? correct(overwriting, data, { endMs, ttlMs }, context) : true;
        if (correcting === true) return answer;
        // Both may ask for the tags: if that fails, both do.
        return Promise.all([answer, correcting]).then(([known, isCounted]) => (isCounted || get ? known : false));
      },
      missing: () => (get ? undefined : false),
    }),
    ahead,
  };
}

/** Whether there was an entry that counted, if that is the condition. */
function correct(
  overwriting: Overwriting,
  data: Buffer,
  { endMs, ttlMs }: Life,
  context: ReplyContext,
): true | Promise<boolean> {
  const envelope = openEnvelope(data);
  return envelope ? correctEnveloped(overwriting, data, envelope.head, { endMs, ttlMs }, context) : true;
}

async function correctEnveloped(
  { key, stored, xx, keepTtl }: Overwriting,
  data: Buffer,
  head: EnvelopeHead,
  { endMs, ttlMs }: Life,
  context: ReplyContext,
): Promise<boolean> {
  const { isFresh } = await judge(head, lifeOf(ttlMs), context);
  if (!isFresh && xx) {
    await context.ask([run(putBackScript, [key], [stored, data, ttlMs], boolean)]);
    return false;
  }
  const { grace = 0 } = head;
  if (keepTtl && endMs >= 0 && !(isFresh && grace === 0)) {
    const [nowMs] = await context.ask([keptUntilOf(key)]);
    const right = isFresh ? write('PEXPIREAT', [key, endMs - grace], always) : write('PERSIST', [key], always);
    // KEEPTTL has left it unchanged. If not, another write has come in between, even one of a later pipeline.
    if (nowMs === endMs) await context.ask([right]);
  }
  return true;
}
