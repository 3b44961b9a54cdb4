/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what the command above it is documented to give */
import type { Access } from '../wire/connection-pool.js';
import { type EnvelopeHead, isReservation, openEnvelope, type Stamp } from '../codec/envelope.js';
import { type Command, type Key, read, write, type ReplyContext } from '../command-model/command.js';
import { bytes, timeToLive } from '../command-model/replies.js';

/** What is stored under a key. */
export interface Found {
  /** The value's own bytes. */
  readonly data: Buffer;
  /** Its timeout is not over, and none of its tags invalidated. */
  readonly isFresh: boolean;
  /** Milliseconds until its timeout; `Infinity` where it has none, or nobody has asked. */
  readonly leftMs: number;
  readonly tags: readonly Stamp[];
}

const untagged: readonly Stamp[] = [];

/** The time to live, to be sent ahead of what reads the value: a new one must not meet old bytes. */
export const ttlOf = (key: Key, access: Access = 'read'): Command<number> => ({
  ...read('PTTL', [key], timeToLive),
  access,
});

/** When the server ends it, by its own clock, to the millisecond: whoever writes the key meanwhile gives it another. */
export const keptUntilOf = (key: Key): Command<number> => write('PEXPIRETIME', [key], timeToLive);

/** Looks through the envelope. `ttlMs` as PTTL gives it, where it was asked for; a promise where more has to be asked. */
export function look(
  key: Key,
  stored: Buffer | null,
  ttlMs: number | undefined,
  context: ReplyContext,
): Found | undefined | Promise<Found | undefined> {
  if (stored === null) return undefined;
  const envelope = openEnvelope(stored);
  if (envelope && isReservation(stored)) return undefined;
  if (!envelope) return { data: stored, isFresh: true, leftMs: lifeOf(ttlMs), tags: untagged };
  const { head, data } = envelope;
  if (head.grace && ttlMs === undefined) return lookAgain(key, context);
  return judge(head, lifeOf(ttlMs), context).then(({ isFresh, leftMs }) => ({
    data,
    isFresh,
    leftMs,
    tags: head.tags ?? untagged,
  }));
}

/** Whether an entry counts, by its head and the time that the server still keeps it. */
export async function judge(
  { grace = 0, tags = [], endless }: EnvelopeHead,
  keptMs: number,
  { tags: known }: Pick<ReplyContext, 'tags'>,
): Promise<Pick<Found, 'isFresh' | 'leftMs'>> {
  const leftMs = keptMs - grace;
  const isFresh = leftMs > 0 && (await known.areCurrent(tags));
  if (isFresh && endless) known.renew(tags);
  return { leftMs, isFresh };
}

/** A negative one is of a key without expiry, or of one that was not there yet. */
export function lifeOf(ttlMs: number | undefined): number {
  return ttlMs === undefined || ttlMs < 0 ? Infinity : ttlMs;
}

async function lookAgain(key: Key, context: ReplyContext): Promise<Found | undefined> {
  const [ttlMs, stored] = await context.ask<unknown>([ttlOf(key), read('GET', [key], bytes)]);
  return look(key, stored as Buffer | null, ttlMs as number, context);
}
