import { ConflictException } from '@nestjs/common';
import { isObject } from '../../options/option-rules.js';
import { quoted } from '../../errors/quoted.js';
import { StrictCache } from '../../views/strict-cache.js';
import type { ClaimDto, ReplayDto } from '../dto/streams.dto.js';
import type { OpenCache } from '../entries/raw-key.js';

/** Number of moved entries, and the reason for the others. */
export interface Moved {
  readonly moved: number;
  readonly asked: number;
}

/**
 * Gives pending entries to another consumer, if the consumer that the page showed still has them and they were not
 * delivered again. They keep their idle time, so that they are due at once. The delivery count does not change.
 *
 * @throws ConflictException if no entry qualifies
 */
export async function claimEntries({ cache }: OpenCache, { key, group, consumer, entries }: ClaimDto): Promise<Moved> {
  const strict = StrictCache.of(cache);
  let moved = 0;
  for (const { id, owner, idleMs } of entries) {
    const [now] = await strict.xpending(key, group, { start: id, end: id, count: 1 });
    if (now?.consumer !== owner || now.idle < idleMs) continue;
    // An entry that is delivered meanwhile is no longer idle, so its consumer keeps it.
    const options = { idle: now.idle / 1000, justid: true } as const;
    moved += (await strict.xclaim(key, group, consumer, idleMs / 1000, [id], options)).length;
  }
  if (moved === 0) {
    throw new ConflictException(
      'Nothing was claimed: the entries were acknowledged, delivered again or claimed meanwhile',
    );
  }
  return { moved, asked: entries.length };
}

/**
 * Puts dead letters back into their streams, for all groups, and removes them from the dead letter stream. Handles one
 * letter at a time, and adds before it removes: a failure may duplicate a letter, but never loses it.
 *
 * @throws ConflictException if no letter exists any more
 */
export async function replayLetters({ cache }: OpenCache, { key, ids }: ReplayDto): Promise<Moved> {
  const strict = StrictCache.of(cache);
  // Two administrators must not replay the same letter.
  return strict.lock(`replay of ${key}`, { blockingTimeout: '5s' }).using(async ({ signal }) => {
    let moved = 0;
    for (const id of ids) {
      signal.throwIfAborted();
      const [entry] = await strict.xrange(key, id, id);
      if (!entry) continue;
      const { stream, fields } = letterIn(entry.fields, id);
      if ((await strict.xadd(stream, fields, { nomkstream: true })) === undefined) {
        throw new ConflictException(`${moved} were put back; the stream ${quoted(stream)} of ${id} no longer exists`);
      }
      await strict.xdel(key, id);
      moved++;
    }
    if (moved === 0) throw new ConflictException('These dead letters no longer exist: reload the list');
    return { moved, asked: ids.length };
  });
}

function letterIn(fields: unknown, id: string): { stream: string; fields: Record<string, unknown> } {
  const letter = isObject(fields) ? fields : {};
  const { stream, fields: its } = letter;
  if (typeof stream !== 'string' || !isObject(its)) {
    throw new ConflictException(`${id} is no dead letter: it has no field stream, or no fields`);
  }
  if (Object.keys(its).length === 0) {
    throw new ConflictException(`${id} has lost its fields: nobody could read them when it was set aside`);
  }
  return { stream, fields: its };
}
