import { ConflictException } from '@nestjs/common';
import { isObject } from '../../options/option-rules.js';
import { quoted } from '../../errors/quoted.js';
import { StrictCache } from '../../views/strict-cache.js';
import type { ClaimDto, ReplayDto } from '../dto/streams.dto.js';
import type { OpenCache } from '../entries/raw-key.js';

/** How many were moved; what became of the others is why. */
export interface Moved {
  readonly moved: number;
  readonly asked: number;
}

/**
 * Gives pending entries to another consumer, where they still are those of the consumer that was shown, and were not
 * delivered since. They stay as old as they were, so that they are due at once, and no delivery is counted.
 *
 * @throws ConflictException where none of them is
 */
export async function claimEntries({ cache }: OpenCache, { key, group, consumer, entries }: ClaimDto): Promise<Moved> {
  const strict = StrictCache.of(cache);
  let moved = 0;
  for (const { id, owner, idleMs } of entries) {
    const [now] = await strict.xpending(key, group, { start: id, end: id, count: 1 });
    if (now?.consumer !== owner || now.idle < idleMs) continue;
    // Whoever it is delivered to meanwhile keeps it: it is not idle then.
    const options = { idle: now.idle / 1000, justid: true } as const;
    moved += (await strict.xclaim(key, group, consumer, idleMs / 1000, [id], options)).length;
  }
  if (moved === 0) {
    throw new ConflictException('Nothing was claimed: they were acknowledged, delivered again or claimed meanwhile');
  }
  return { moved, asked: entries.length };
}

/**
 * Puts dead letters back into the streams that they come from, for all groups there, and takes them out of their own. One
 * after the other, and first there, then no longer here: each is in both rather than in none.
 *
 * @throws ConflictException where none of them is there any more
 */
export async function replayLetters({ cache }: OpenCache, { key, ids }: ReplayDto): Promise<Moved> {
  const strict = StrictCache.of(cache);
  // Two administrators must not put the same letter back twice.
  return strict.lock(`replay of ${key}`, { blockingTimeout: '5s' }).using(async ({ signal }) => {
    let moved = 0;
    for (const id of ids) {
      signal.throwIfAborted();
      const [entry] = await strict.xrange(key, id, id);
      if (!entry) continue;
      const { stream, fields } = letterIn(entry.fields, id);
      if ((await strict.xadd(stream, fields, { nomkstream: true })) === undefined) {
        throw new ConflictException(`${moved} were put back; ${id} is of ${quoted(stream)}, which no longer exists`);
      }
      await strict.xdel(key, id);
      moved++;
    }
    if (moved === 0) throw new ConflictException('None of them is there any more: reload to see');
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
