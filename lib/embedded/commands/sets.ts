import { atLeastOne, Options, positive, randomCount } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import { SetValue } from '../values/set.js';
import { pickRandom } from './random.js';
import { scanCollection } from './scan.js';

function add({ db }: Client, [key = '', ...members]: readonly Bytes[]): number {
  const set = db.readOrCreate(key, SetValue);
  const added = members.filter((member) => set.set(member, true)).length;
  if (added > 0) db.changed(key);
  return added;
}

function remove({ db }: Client, [key = '', ...members]: readonly Bytes[]): number {
  const set = db.read(key, SetValue);
  if (!set) return 0;
  const removed = members.filter((member) => set.delete(member)).length;
  if (removed > 0) db.changedOrEmpty(key, set.size);
  return removed;
}

function listMembers({ db }: Client, [key = '']: readonly Bytes[]): Answer {
  return [...(db.read(key, SetValue)?.keys() ?? [])];
}

function isMember({ db }: Client, [key = '', ...members]: readonly Bytes[]): number[] {
  const set = db.read(key, SetValue);
  return members.map((member) => Number(set?.has(member) ?? false));
}

function size({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.read(key, SetValue)?.size ?? 0;
}

function move({ db }: Client, [source = '', target = '', member = '']: readonly Bytes[]): number {
  const from = db.read(source, SetValue);
  if (!from) return 0;
  db.read(target, SetValue);
  if (source === target) return Number(from.has(member));
  if (!from.delete(member)) return 0;
  db.changedOrEmpty(source, from.size);
  db.readOrCreate(target, SetValue).set(member, true);
  db.changed(target);
  return 1;
}

function pop({ db }: Client, [key = '', argument, ...rest]: readonly Bytes[]): Answer {
  if (rest.length > 0) throw syntaxError();
  const count = argument === undefined ? 1 : positive(argument);
  const set = db.read(key, SetValue);
  const members = set ? pickRandom(set, count) : [];
  for (const member of members) set?.delete(member);
  if (set && members.length > 0) db.changedOrEmpty(key, set.size);
  return argument === undefined ? (members[0] ?? null) : members;
}

function randomMembers({ db }: Client, [key = '', argument, ...rest]: readonly Bytes[]): Answer {
  if (rest.length > 0) throw syntaxError();
  const count = argument === undefined ? undefined : randomCount(argument);
  const set = db.read(key, SetValue);
  if (count === undefined) return set?.randomKey() ?? null;
  return set ? pickRandom(set, count) : [];
}

type SetOperation = (sets: readonly (SetValue | undefined)[]) => Set<Bytes>;

function union(sets: readonly (SetValue | undefined)[]): Set<Bytes> {
  return new Set(sets.flatMap((set) => [...(set?.keys() ?? [])]));
}

function intersection(sets: readonly (SetValue | undefined)[], limit = Infinity): Set<Bytes> {
  const members = new Set<Bytes>();
  const [smallest, ...others] = sets.toSorted((a, b) => (a?.size ?? 0) - (b?.size ?? 0));
  for (const member of smallest?.keys() ?? []) {
    if (members.size >= limit) break;
    if (others.every((set) => set?.has(member))) members.add(member);
  }
  return members;
}

function difference([first, ...others]: readonly (SetValue | undefined)[]): Set<Bytes> {
  const members = [...(first?.keys() ?? [])];
  return new Set(members.filter((member) => !others.some((set) => set?.has(member))));
}

function readSets({ db }: Client, keys: readonly Bytes[]): (SetValue | undefined)[] {
  return keys.map((key) => db.read(key, SetValue));
}

const combine =
  (operation: SetOperation): Run =>
  (client, keys) => [...operation(readSets(client, keys))];

function combineAndStore(operation: SetOperation): Run {
  return (client, [target = '', ...keys]) => {
    const result = new SetValue();
    for (const member of operation(readSets(client, keys))) result.set(member, true);
    client.db.putOrRemove(target, result, result.size);
    return result.size;
  };
}

function intersectionSize(client: Client, [numkeys = '', ...words]: readonly Bytes[]): number {
  const keyCount = atLeastOne(numkeys, 'ERR numkeys should be greater than 0');
  if (keyCount > words.length) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  let limit = Infinity;
  const options = new Options(words, keyCount);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option !== 'LIMIT') throw syntaxError();
    limit = readLimit(options.value());
  }
  return intersection(readSets(client, words.slice(0, keyCount)), limit).size;
}

/** The argument of LIMIT; 0 is none. */
export function readLimit(argument: Bytes): number {
  return positive(argument, "ERR LIMIT can't be negative") || Infinity;
}

export const setCommands: CommandTable = {
  SADD: { arity: -3, isWrite: true, run: add },
  SREM: { arity: -3, isWrite: true, run: remove },
  SMEMBERS: { arity: 2, run: listMembers },
  SISMEMBER: { arity: 3, run: (client, args) => isMember(client, args)[0] ?? 0 },
  SMISMEMBER: { arity: -3, run: isMember },
  SCARD: { arity: 2, run: size },
  SMOVE: { arity: 4, isWrite: true, run: move },
  SPOP: { arity: -2, isWrite: true, run: pop },
  SRANDMEMBER: { arity: -2, run: randomMembers },
  SUNION: { arity: -2, run: combine(union) },
  SINTER: { arity: -2, run: combine(intersection) },
  SDIFF: { arity: -2, run: combine(difference) },
  SUNIONSTORE: { arity: -3, isWrite: true, run: combineAndStore(union) },
  SINTERSTORE: { arity: -3, isWrite: true, run: combineAndStore(intersection) },
  SDIFFSTORE: { arity: -3, isWrite: true, run: combineAndStore(difference) },
  SINTERCARD: { arity: -3, run: intersectionSize },
  SSCAN: {
    arity: -3,
    run: scanCollection(
      (db, key) => db.read(key, SetValue),
      (member) => [member],
    ),
  },
};
