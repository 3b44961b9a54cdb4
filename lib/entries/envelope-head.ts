import type { Access } from '../wire/connection-pool.js';
import { type EnvelopeHead, isEnvelope, MAX_HEAD_LENGTH, openEnvelope } from '../codec/envelope.js';
import { type Command, type Key, read, type ReplyContext } from '../command-model/command.js';
import { bytes } from '../command-model/replies.js';

/** Long enough for the heads of nearly all envelopes. */
const headLength = 256;

/**
 * Reads the first bytes of an entry, ahead of commands whose replies do not show its value; an error if it is not a
 * value.
 */
export function beginningOf(key: Key, access: Access): Command<unknown> {
  return { ...read('GETRANGE', [key, 0, headLength - 1], bytes), access };
}

/** The reply to `beginningOf`. */
export const beginningIn = (data: Buffer): Buffer => data.subarray(0, headLength);

/**
 * `undefined` if the entry has no envelope; a promise if the head is long and has to be asked for: as a write, since a
 * replica may not have what was just written.
 */
export function headIn(
  beginning: unknown,
  key: Key,
  { ask }: Pick<ReplyContext, 'ask'>,
): EnvelopeHead | undefined | Promise<EnvelopeHead | undefined> {
  if (!Buffer.isBuffer(beginning) || !isEnvelope(beginning)) return undefined;
  const opened = openEnvelope(beginning);
  if (opened || beginning.length < headLength) return opened?.head;
  const whole = { ...read('GETRANGE', [key, 0, MAX_HEAD_LENGTH - 1], bytes), access: 'write' } as const;
  return ask([whole]).then(([data]) => (data ? openEnvelope(data)?.head : undefined));
}
