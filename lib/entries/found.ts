/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what the command above it is documented to give */
import type { Access } from '../wire/connection-pool.js';
import { type EnvelopeHead, isReservation, openEnvelope, type Stamp } from '../codec/envelope.js';
import { type Command, type Key, read, write, type ReplyContext } from '../command-model/command.js';
import { bytes, timeToLive } from '../command-model/replies.js';

/** What is stored at a key. */
export interface Found {
  /** The value's own bytes. */
  readonly data: Buffer;
  /** Its timeout is not over, and none of its tags is invalidated. */
  readonly isFresh: boolean;
  /** Milliseconds until its timeout; `Infinity` if it has none, or it was not asked for. */
  readonly leftMs: number;
  readonly tags: readonly Stamp[];
}

const untagged: readonly Stamp[] = [];

/** The time to live, sent ahead of the command that reads the value: a new one must not be combined with old bytes. */
export const ttlOf = (key: Key, access: Access = 'read'): Command<number> => ({
  ...read('PTTL', [key], timeToLive),
  access,
});

/** When the server ends the entry, by its own clock, to the millisecond: any other write of the key changes it. */
export const keptUntilOf = (key: Key): Command<number> => write('PEXPIRETIME', [key], timeToLive);

/** Opens the envelope. `ttlMs` in the format of PTTL, if it was asked for; a promise if more has to be asked. */
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

/** Whether an entry counts, by its head and its remaining time on the server. */
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

/** A negative time belongs to a key without expiry, or to one that did not exist yet. */
export function lifeOf(ttlMs: number | undefined): number {
  return ttlMs === undefined || ttlMs < 0 ? Infinity : ttlMs;
}

async function lookAgain(key: Key, context: ReplyContext): Promise<Found | undefined> {
  const [ttlMs, stored] = await context.ask<unknown>([ttlOf(key), read('GET', [key], bytes)]);
  return look(key, stored as Buffer | null, ttlMs as number, context);
}
