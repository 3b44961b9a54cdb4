import { randomBytes } from 'node:crypto';
import { type Command, type Key, write, type ReplyShape } from '../command-model/command.js';
import { partsOf } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import { hashSlot } from '../wire/hash-slot.js';
import { everySecond, listIn, textIn } from '../wire/reply-parts.js';

/** Shows whether a tag was invalidated since: a stamp per field. */
export type Generation = ReadonlyMap<string, string>;

/** Longer than any factory runs. */
const lifeMs = 86_400_000;

/** Tags share this many fields: invalidating one tag counts for all that share its field. */
const fieldCount = 64;

const base = 'base';
const fieldOf = (tag: string): string => String(hashSlot(tag) % fieldCount);

const fields: ReplyShape<Generation> = {
  decode: (raw) => {
    const stamps = everySecond(raw, 1).map(textIn);
    return new Map(everySecond(raw, 0).map((field, index) => [textIn(field), stamps[index]!]));
  },
  missing: () => new Map(),
};

/** Of one stamp. */
const stampBytes = 9;
/** As many are drawn at a time: the call takes longer than all else that a stamp needs. */
const stampsAtOnce = 256;

let drawn = Buffer.alloc(0);
let used = 0;

export function randomStamp(): string {
  if (used === drawn.length) {
    drawn = randomBytes(stampBytes * stampsAtOnce);
    used = 0;
  }
  const start = used;
  used += stampBytes;
  return drawn.toString('base64url', start, used);
}

/** Reads the current generation. The base shows whether the hash was lost in between, and its stamps with it. */
export function readGeneration(key: Key): Command<Generation> {
  return strict<Generation>({
    ...write('HGETALL', [key], fields),
    reply: { decode: (raw, context) => fields.decode(listIn(raw).at(-1), context), missing: () => new Map() },
    ahead: [
      write('HSETNX', [key, base, randomStamp()], replies.boolean),
      write('PEXPIRE', [key, lifeMs], replies.boolean),
    ],
  });
}

/** Makes every later generation differ from those read before, in the fields of these tags. */
export function bumpGeneration(key: Key, tags: readonly string[]): Command<boolean> {
  const changed = [...new Set(tags.map(fieldOf))].flatMap((field) => [field, randomStamp()]);
  return {
    ...write('PEXPIRE', [key, lifeMs], replies.always),
    ahead: partsOf(changed, (part) => write('HSET', [key, ...part], replies.integer), 2),
  };
}

/** Whether none of the tags was invalidated between two generations; `false` if that is unknown. */
export function isUnchanged(before: Generation, after: Generation, tags: readonly string[]): boolean {
  if (!before.has(base)) return false;
  return [base, ...tags.map(fieldOf)].every((field) => before.get(field) === after.get(field));
}
