import type { Bytes } from '../protocol/bytes.js';
import { parseInt64 } from '../protocol/numbers.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { HashValue } from '../values/hash.js';
import { List } from '../values/list.js';
import { SetValue } from '../values/set.js';
import { SortedSet } from '../values/sorted-set.js';
import type { Value } from '../values/value.js';

/** Redis' defaults: sizes up to which it keeps a value in a compact encoding. */
const maxEmbedded = 44;
const maxListBytes = 8192;
const maxElementBytes = 64;
const maxHashFields = 512;
const maxMembers = 128;
const maxIntegers = 512;

const adjusts =
  'Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.';

const isShort = (text: Bytes) => text.length <= maxElementBytes;

/** The encoding that Redis gives a value of this content when it is first written. */
function encodingOf(value: Value): string {
  if (typeof value === 'string') {
    if (parseInt64(value) !== undefined) return 'int';
    return value.length <= maxEmbedded ? 'embstr' : 'raw';
  }
  if (value instanceof List) return value.bytes <= maxListBytes ? 'listpack' : 'quicklist';
  if (value instanceof HashValue) return encodingOfHash(value);
  if (value instanceof SetValue) return encodingOfSet(value);
  if (value instanceof SortedSet) return isCompact(value, maxMembers) ? 'listpack' : 'skiplist';
  return 'stream';
}

function isCompact(value: { readonly size: number; keys(): Iterable<Bytes> }, max: number): boolean {
  return value.size <= max && [...value.keys()].every(isShort);
}

function encodingOfHash(hash: HashValue): string {
  if (!isCompact(hash, maxHashFields)) return 'hashtable';
  if (![...hash.entries()].every(([, value]) => isShort(value))) return 'hashtable';
  return hash.due === Infinity ? 'listpack' : 'listpackex';
}

function encodingOfSet(set: SetValue): string {
  const isIntegers = set.size <= maxIntegers && [...set.keys()].every((member) => parseInt64(member) !== undefined);
  if (isIntegers) return 'intset';
  return isCompact(set, maxMembers) ? 'listpack' : 'hashtable';
}

function encoding({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  const entry = db.inspect(key);
  return entry ? encodingOf(entry.value) : null;
}

function idleTime({ db, engine }: Client, [key = '']: readonly Bytes[]): Answer {
  const entry = db.inspect(key);
  if (!entry) return null;
  if (isFrequencyTracked(engine)) {
    throw new ReplyError(`ERR An LFU maxmemory policy is selected, idle time not tracked. ${adjusts}`);
  }
  return Math.floor((engine.now - entry.usedAt) / 1000);
}

function frequency({ db, engine }: Client, [key = '']: readonly Bytes[]): Answer {
  const entry = db.inspect(key);
  if (!entry) return null;
  if (!isFrequencyTracked(engine)) {
    throw new ReplyError(`ERR An LFU maxmemory policy is not selected, access frequency not tracked. ${adjusts}`);
  }
  return entry.frequency;
}

function isFrequencyTracked({ eviction }: Client['engine']): boolean {
  const { policy, isLimited } = eviction.limits;
  return isLimited && policy === 'lfu';
}

/** No value is shared between keys. */
function referenceCount({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  return db.inspect(key) ? 1 : null;
}

export const objectCommands: CommandTable = {
  OBJECT: {
    subcommands: {
      ENCODING: { arity: 3, run: encoding },
      FREQ: { arity: 3, run: frequency },
      IDLETIME: { arity: 3, run: idleTime },
      REFCOUNT: { arity: 3, run: referenceCount },
    },
  },
};
