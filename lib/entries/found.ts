/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what its command is documented to return */
import type { Access } from '../wire/connection-pool.js';
import { type EnvelopeHead, isReservation, openEnvelope, type Stamp } from '../codec/envelope.js';
import { type Command, type Key, read, write, type ReplyContext } from '../command-model/command.js';
import type { StampsAsked } from '../command-model/tag-questions.js';
import { bytes, timeToLive } from '../command-model/replies.js';

/** What is stored at a key. */
export class Found {
  constructor(
    /** The value's own bytes. */
    readonly data: Buffer,
    /** Its timeout is not over, and none of its tags is invalidated. */
    readonly isFresh: boolean,
    /** Milliseconds until its timeout; `Infinity` if it has none, or it was not asked for. */
    readonly leftMs: number,
    readonly tags: readonly Stamp[],
  ) {}
}

/** Whether an entry counts. */
type Verdict = Pick<Found, 'isFresh' | 'leftMs'>;

const untagged: readonly Stamp[] = [];

/** The time to live, sent ahead of the command that reads the value: a new one must not be combined with old bytes. */
export const ttlOf = (key: Key, access: Access = 'read'): Command<number> =>
  access === 'read' ? read('PTTL', [key], timeToLive) : write('PTTL', [key], timeToLive);

/** When the server ends the entry, by its own clock, to the millisecond: any other write of the key changes it. */
export const keptUntilOf = (key: Key): Command<number> => write('PEXPIRETIME', [key], timeToLive);

/** Opens the envelope. `ttlMs` in the format of PTTL, if it was asked for; a promise if more has to be asked. */
export function look(
  key: Key,
  stored: Buffer | null,
  ttlMs: number | undefined,
  context: ReplyContext,
  asked?: StampsAsked,
): Found | undefined | Promise<Found | undefined> {
  if (stored === null) return undefined;
  const envelope = openEnvelope(stored);
  if (envelope && isReservation(stored)) return undefined;
  if (!envelope) return new Found(stored, true, lifeOf(ttlMs), untagged);
  const { head, data } = envelope;
  if (head.grace && ttlMs === undefined) return lookAgain(key, context, asked);
  const verdict = judge(head, lifeOf(ttlMs), context, asked);
  const { tags = untagged } = head;
  return verdict instanceof Promise
    ? verdict.then(({ isFresh, leftMs }) => new Found(data, isFresh, leftMs, tags))
    : new Found(data, verdict.isFresh, verdict.leftMs, tags);
}

/** Whether an entry counts, by its head and its remaining time on the server; a promise if it has tags to ask for. */
export function judge(
  { grace = 0, tags = untagged, endless }: EnvelopeHead,
  keptMs: number,
  { tags: known }: Pick<ReplyContext, 'tags'>,
  asked?: StampsAsked,
): Verdict | Promise<Verdict> {
  const leftMs = keptMs - grace;
  if (leftMs <= 0 || tags.length === 0) return { leftMs, isFresh: leftMs > 0 };
  return known.areCurrent(tags, asked).then((isFresh) => {
    if (isFresh && endless) known.renew(tags);
    return { leftMs, isFresh };
  });
}

/** A negative time belongs to a key without expiry, or to one that did not exist yet. */
export function lifeOf(ttlMs: number | undefined): number {
  return ttlMs === undefined || ttlMs < 0 ? Infinity : ttlMs;
}

async function lookAgain(key: Key, context: ReplyContext, asked: StampsAsked | undefined): Promise<Found | undefined> {
  const [ttlMs, stored] = await context.ask<unknown>([ttlOf(key), read('GET', [key], bytes)]);
  return look(key, stored as Buffer | null, ttlMs as number, context, asked);
}
