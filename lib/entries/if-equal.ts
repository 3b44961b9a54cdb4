/* oxlint-disable typescript/no-unsafe-type-assertion -- a reply is what its command is documented to return */
import {
  type Argument,
  type Command,
  type Key,
  read,
  type ReplyContext,
  run,
  Sealed,
  write,
} from '../command-model/command.js';
import type { ReplyShape } from '../command-model/command.js';
import { bytes as bytesOrNull } from '../command-model/replies.js';
import { bytesOrNil, integerIn, listIn, misfit } from '../wire/reply-parts.js';
import { look, ttlOf } from './found.js';
import { deleteIfEqualScript } from './scripts/delete-if-equal.script.js';
import { setIfEqualScript } from './scripts/set-if-equal.script.js';

/** What to do if the value is the expected one. `bytes` is what the server compares. */
type Act = <T>(bytes: Argument, reply: ReplyShape<T>, leftMs?: number) => Command<T>;

/** `OK` or nothing; a number from a script or a deletion. */
function isDone(raw: unknown): boolean {
  if (raw !== null && typeof raw !== 'number' && !Buffer.isBuffer(raw)) throw misfit();
  return raw !== null && raw !== 0;
}

/** Whether a conditional command was executed. */
export const done: ReplyShape<boolean> = { decode: isDone, missing: () => false };

interface Storing {
  readonly key: Key;
  readonly stored: Argument;
  /** `null` is never. */
  readonly ms: number | null;
  /** The new value takes over the time to live of the old one. */
  readonly keepTtl: boolean;
}

/** Stores a value if the key has the expected one; whether it did. */
export function setIfEqualCommand({ key, stored: value, ms, keepTtl }: Storing, expected: unknown): Command<boolean> {
  return ifEqual(key, expected, (bytes, reply, leftMs) => {
    // If the server keeps an entry beyond its end, it keeps the new value until that end.
    const lifeMs = keepTtl ? leftMs : ms;
    const isKept = keepTtl && leftMs === undefined;
    const life: Argument[] = isKept ? ['KEEPTTL'] : lifeMs === null || lifeMs === undefined ? [] : ['PX', lifeMs];
    return setWhere(key, bytes, [value, ...life], reply);
  });
}

const setsIfEqual = { redis: '8.4', valkey: '8.1' };

/** Stores a value, with or without a time to live, if the key has these bytes. */
export function setWhere<T>(
  key: Key,
  bytes: Argument,
  [value, ...life]: readonly [value: Argument, ...life: Argument[]],
  reply: ReplyShape<T>,
): Command<T> {
  return {
    name: 'SET',
    access: 'write',
    args: [key, value, 'IFEQ', bytes, ...life],
    reply,
    since: setsIfEqual,
    otherwise: run(setIfEqualScript, [key], [bytes, value, ...life], reply),
  };
}

/** Deletes a key if it has these bytes. */
export function deleteWhere<T>(key: Key, bytes: Argument, reply: ReplyShape<T>): Command<T> {
  return {
    ...write('DELEX', [key, 'IFEQ', bytes], reply),
    since: { redis: '8.4' },
    otherwise: {
      ...write('DELIFEQ', [key, bytes], reply),
      since: { valkey: '9.0' },
      otherwise: run(deleteIfEqualScript, [key], [bytes], reply),
    },
  };
}

/** Deletes a key if it has the expected value; whether it did. */
export function deleteIfEqualCommand(key: Key, expected: unknown): Command<boolean> {
  return ifEqual(key, expected, (bytes, reply) => deleteWhere(key, bytes, reply));
}

/**
 * The server compares bytes, and equal values may differ in bytes: other key order, tags, compression. So the stored
 * value is read ahead. If it is equal, the server is asked once more, with the stored bytes. Encryption makes all bytes
 * differ, so only a number, which is not encrypted, can be equal at once.
 */
function ifEqual(key: Key, expected: unknown, act: Act): Command<boolean> {
  const ahead = [ttlOf(key, 'write'), { ...read('GET', [key], bytesOrNull), access: 'write' }] as const;
  const reply: ReplyShape<boolean> = {
    decode: (raw, context) => {
      const [left, stored, own] = listIn(raw);
      if (isDone(own)) return true;
      const [ttlMs, data] = [integerIn(left), bytesOrNil(stored)];
      return data === null ? false : byBytes(key, expected, act, { ttlMs, data }, context);
    },
    missing: () => false,
  };
  return withAhead(act(new Sealed(expected), reply), ahead);
}

/** The arguments that all forms of the command share. */
function withAhead<T>(command: Command<T>, ahead: readonly Command<unknown>[]): Command<T> {
  return { ...command, ahead, otherwise: command.otherwise && withAhead(command.otherwise, ahead) };
}

interface There {
  readonly ttlMs: number;
  readonly data: Buffer;
}

async function byBytes(
  key: Key,
  expected: unknown,
  act: Act,
  { ttlMs, data }: There,
  context: ReplyContext,
): Promise<boolean> {
  const found = await look(key, data, ttlMs, context);
  if (!found?.isFresh || !context.areEqual(await context.decodeAt(key, found.data), expected)) return false;
  // Bytes with an envelope, which may say how long the entry is kept beyond its end.
  const leftMs = found.data === data || found.leftMs === Infinity ? undefined : found.leftMs;
  const [isActed] = await context.ask([act(data, done, leftMs)]);
  if (isActed) return true;
  const [nowMs, now] = (await context.ask<unknown>([
    ttlOf(key, 'write'),
    { ...read('GET', [key], bytesOrNull), access: 'write' },
  ])) as [number, Buffer | null];
  // The same bytes may have been others in between.
  return now === null || now.equals(data) ? false : byBytes(key, expected, act, { ttlMs: nowMs, data: now }, context);
}
