/* oxlint-disable typescript/no-unsafe-type-assertion -- refusals are errors */
import {
  type Argument,
  type Command,
  type Key,
  moving,
  read,
  type ReplyShape,
  write,
} from '../command-model/command.js';
import { readEach } from '../waiting/all-of.js';
import { bytesOrNil, integerIn, listIn } from '../wire/reply-parts.js';
import { beginningOf, headIn } from './envelope-head.js';
import { keptUntilOf, ttlOf } from './found.js';
import { absent, endless, presence } from './presence.js';
import { changeEnveloped, expiryIn } from './touch.js';

/** How many of the keys exist, each counted as often as it is named; in one round trip, on a cluster too. */
export function countCommand(keys: readonly Key[]): Command<number> {
  const parts = keys.map((key) => presence(key, isThere));
  const asked = keys.flatMap((key) => [beginningOf(key, 'read'), ttlOf(key)]);
  const reply: ReplyShape<number> = {
    decode: async (raw, context) => {
      const replies = listIn(raw);
      const found = readEach(parts, (part, index) =>
        part.reply.decode(replies.slice(2 * index, 2 * index + 2), context),
      );
      return (await found).filter(Boolean).length;
    },
    missing: () => 0,
  };
  return { ...read('PTTL', [keys.at(-1)!], reply), ahead: asked.slice(0, -1) };
}

/**
 * Copies what is stored: an entry keeps its tags, its grace and its end, so that a copy counts for as long as the
 * original. Returns whether there was an entry that counted, and the destination was free, or is to be replaced.
 */
export function copyCommand(source: Key, destination: Key, replace: boolean): Command<boolean> {
  const args: Argument[] = [source, destination];
  if (replace) args.push('REPLACE');
  const there = presence(source, isThere);
  const command = write<boolean>('COPY', args, {
    decode: (raw, context) => {
      const [beginning, ttlMs, done] = listIn(raw);
      return integerIn(done) === 1 && there.reply.decode([beginning, ttlMs], context);
    },
    missing: () => false,
  });
  const ahead = [beginningOf(source, 'write'), ttlOf(source, 'write')];
  // Otherwise it would overwrite what is at the destination, or stand in the way there.
  const provided = { ...there, access: 'write' as const, ahead: ahead.slice(0, 1) };
  return { ...moving(command), ahead, provided };
}

/** The arguments of `restoreCommand`; `undefined` if the key is missing, or its entry no longer counts. */
export function dumpCommand(key: Key): Command<Buffer | undefined> {
  const there = presence(key, isThere);
  const command = read<Buffer | undefined>('DUMP', [key], {
    decode: async (raw, context) => {
      const [beginning, ttlMs, dumped] = listIn(raw);
      const data = bytesOrNil(dumped) ?? undefined;
      return (await there.reply.decode([beginning, ttlMs], context)) ? data : undefined;
    },
    missing: () => undefined,
  });
  return { ...command, ahead: [beginningOf(key, 'read'), ttlOf(key)] };
}

/**
 * Creates a key from the result of `dumpCommand`; whether it was free. An entry that is kept beyond its end stays so
 * long beyond the new end, and its tags live as long; if one was invalidated since, the entry does not count.
 */
export function restoreCommand(key: Key, data: Buffer, ms: number | null, replace: boolean): Command<boolean> {
  const args: Argument[] = [key, ms ?? 0, data];
  if (replace) args.push('REPLACE');
  const expiry = expiryIn(ms);
  const command = write<boolean>('RESTORE', args, {
    decode: async (_raw, context) => {
      const asked = [beginningOf(key, 'write'), keptUntilOf(key)];
      // A key that holds no value has no head, and nothing beside it.
      const [beginning, endMs] = (await context.ask<unknown>(asked).catch(() => [null, absent])) as [unknown, number];
      const head = await headIn(beginning, key, context);
      // The time to live comes from the call; the tags decide whether it counts.
      if (head) await changeEnveloped({ key, expiry, ttlMs: endless, endMs, beginning }, head, context);
      return true;
    },
    rescue: (error) => (/^BUSYKEY\b/.test((error as Error).message) ? Promise.resolve(false) : undefined),
    missing: () => false,
  });
  return command;
}

const isThere = (ttlMs: number): boolean => ttlMs !== absent;
