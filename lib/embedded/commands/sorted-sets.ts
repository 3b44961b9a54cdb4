import { double, pairs, randomCount } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { formatDouble } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import { type ScoredMember, SortedSet } from '../values/sorted-set.js';
import { pickRandom } from './random.js';
import { scanCollection } from './scan.js';

const knownFlags = ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'] as const;
export type AddFlag = (typeof knownFlags)[number];

function flagOf(word: Bytes | undefined): AddFlag | undefined {
  const name = word?.toUpperCase();
  return knownFlags.find((flag) => flag === name);
}

function readAdd(words: readonly Bytes[]): { flags: Set<AddFlag>; entries: ScoredMember[] } {
  const flags = new Set<AddFlag>();
  let position = 0;
  for (let flag = flagOf(words[0]); flag; flag = flagOf(words[++position])) flags.add(flag);
  const rest = words.slice(position);
  if (rest.length === 0 || rest.length % 2 === 1) throw syntaxError();
  checkFlags(flags, rest.length / 2);
  return { flags, entries: Array.from(pairs(rest), ([score, member]) => ({ member, score: double(score) })) };
}

function checkFlags(flags: ReadonlySet<AddFlag>, count: number): void {
  const isComparing = flags.has('GT') || flags.has('LT');
  if (flags.has('NX') && flags.has('XX')) {
    throw new ReplyError('ERR XX and NX options at the same time are not compatible');
  }
  if ((flags.has('GT') && flags.has('LT')) || (flags.has('NX') && isComparing)) {
    throw new ReplyError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (flags.has('INCR') && count > 1) {
    throw new ReplyError('ERR INCR option supports a single increment-element pair');
  }
}

/** The outcome for one member; `score` is missing if the flags left it unchanged. */
interface Added {
  readonly score?: number;
  readonly isNew?: boolean;
  readonly isUpdated?: boolean;
}

function addMember(sortedSet: SortedSet, { member, score }: ScoredMember, flags: ReadonlySet<AddFlag>): Added {
  const current = sortedSet.score(member);
  if (current === undefined) {
    if (flags.has('XX')) return {};
    sortedSet.set(member, score);
    return { score, isNew: true };
  }
  if (flags.has('NX')) return {};
  const next = flags.has('INCR') ? current + score : score;
  if (Number.isNaN(next)) throw new ReplyError('ERR resulting score is not a number (NaN)');
  if ((flags.has('LT') && next >= current) || (flags.has('GT') && next <= current)) return {};
  sortedSet.set(member, next);
  return { score: next, isUpdated: next !== current };
}

export function addScored(
  { db }: Client,
  key: Bytes,
  entries: readonly ScoredMember[],
  flags: ReadonlySet<AddFlag>,
): Answer {
  const isIncrement = flags.has('INCR');
  if (!db.read(key, SortedSet) && flags.has('XX')) return isIncrement ? null : 0;
  const sortedSet = db.readOrCreate(key, SortedSet);
  const added = entries.map((entry) => addMember(sortedSet, entry, flags));
  const newCount = added.filter(({ isNew }) => isNew).length;
  const updatedCount = added.filter(({ isUpdated }) => isUpdated).length;
  if (newCount + updatedCount > 0) db.changed(key);
  if (!isIncrement) return flags.has('CH') ? newCount + updatedCount : newCount;
  const score = added[0]?.score;
  return score === undefined ? null : formatDouble(score);
}

function add(client: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const { flags, entries } = readAdd(words);
  return addScored(client, key, entries, flags);
}

function incrementBy(client: Client, [key = '', increment = '', member = '']: readonly Bytes[]): Answer {
  return addScored(client, key, [{ member, score: double(increment) }], new Set<AddFlag>(['INCR']));
}

function remove({ db }: Client, [key = '', ...members]: readonly Bytes[]): number {
  const sortedSet = db.read(key, SortedSet);
  if (!sortedSet) return 0;
  const removed = members.filter((member) => sortedSet.delete(member)).length;
  if (removed > 0) db.changedOrEmpty(key, sortedSet.size);
  return removed;
}

function size({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.read(key, SortedSet)?.size ?? 0;
}

function scores({ db }: Client, [key = '', ...members]: readonly Bytes[]): Answer[] {
  const sortedSet = db.read(key, SortedSet);
  return members.map((member) => {
    const score = sortedSet?.score(member);
    return score === undefined ? null : formatDouble(score);
  });
}

function rank(isReverse: boolean): Run {
  return ({ db }, [key = '', member = '']) => {
    const sortedSet = db.read(key, SortedSet);
    const found = sortedSet?.rank(member);
    if (!sortedSet || found === undefined) return null;
    return isReverse ? sortedSet.size - 1 - found : found;
  };
}

/** Member, score, member, score, … */
export function flatten(entries: readonly ScoredMember[]): Bytes[] {
  return entries.flatMap(({ member, score }) => [member, formatDouble(score)]);
}

function randomMembers({ db }: Client, [key = '', argument, ...words]: readonly Bytes[]): Answer {
  const count = argument === undefined ? undefined : randomCount(argument);
  const hasScores = words.length > 0;
  if (words.length > 1 || (hasScores && words[0]?.toUpperCase() !== 'WITHSCORES')) throw syntaxError();
  if (hasScores && Math.abs(count ?? 0) > 2 ** 62) throw new ReplyError('ERR value is out of range');
  const sortedSet = db.read(key, SortedSet);
  if (count === undefined) return sortedSet?.randomKey() ?? null;
  const members = sortedSet ? pickRandom(sortedSet, count) : [];
  return hasScores ? flatten(members.map((member) => ({ member, score: sortedSet?.score(member) ?? 0 }))) : members;
}

/** ZSCAN prints whole numbers in full, as Redis does for its compact encoding. */
function scanScore(score: number): Bytes {
  return Number.isInteger(score) && Math.abs(score) < 2 ** 62 ? String(BigInt(score)) : formatDouble(score);
}

export const sortedSetCommands: CommandTable = {
  ZADD: { arity: -4, isWrite: true, run: add },
  ZINCRBY: { arity: 4, isWrite: true, run: incrementBy },
  ZREM: { arity: -3, isWrite: true, run: remove },
  ZCARD: { arity: 2, run: size },
  ZSCORE: { arity: 3, run: (client, args) => scores(client, args)[0] ?? null },
  ZMSCORE: { arity: -3, run: scores },
  ZRANK: { arity: 3, run: rank(false) },
  ZREVRANK: { arity: 3, run: rank(true) },
  ZRANDMEMBER: { arity: -2, run: randomMembers },
  ZSCAN: {
    arity: -3,
    run: scanCollection(
      (db, key) => db.read(key, SortedSet),
      (member, score) => [member, scanScore(score)],
    ),
  },
};
