import { positive, timeoutInSeconds } from '../arguments.js';
import { Blocked } from '../blocking.js';
import type { Bytes } from '../bytes.js';
import type { Client } from '../client.js';
import type { CommandTable, Run } from '../command.js';
import type { Database } from '../database.js';
import { formatDouble } from '../numbers.js';
import { type Answer, syntaxError } from '../reply.js';
import { type ScoredMember, SortedSet } from '../values/sorted-set.js';
import { atLeastOne, readPopCount } from './lists.js';
import { flatten } from './sorted-sets.js';

type Side = 'MIN' | 'MAX';

function take(db: Database, key: Bytes, sortedSet: SortedSet, side: Side, count: number): ScoredMember[] {
  const entries = side === 'MIN' ? sortedSet.slice(0, count) : sortedSet.slice(sortedSet.size - 1, count, true);
  for (const { member } of entries) sortedSet.delete(member);
  db.changedOrEmpty(key, sortedSet.size);
  return entries;
}

function pop(side: Side): Run {
  return ({ db }, [key = '', argument, ...rest]) => {
    if (rest.length > 0) throw syntaxError();
    const count = argument === undefined ? 1 : positive(argument);
    const sortedSet = db.read(key, SortedSet);
    return sortedSet && count > 0 ? flatten(take(db, key, sortedSet, side, count)) : [];
  };
}

type FirstPop = (db: Database, keys: readonly Bytes[]) => Answer | undefined;

/** The first sorted set that is there, as `render` wants what was taken from it. */
function popFirst(side: Side, count: number, render: (key: Bytes, entries: ScoredMember[]) => Answer): FirstPop {
  return (db, keys) => {
    for (const key of keys) {
      const sortedSet = db.read(key, SortedSet);
      if (sortedSet) return render(key, take(db, key, sortedSet, side, count));
    }
    return undefined;
  };
}

/** A waiting command is not disturbed by a key that becomes something other than a sorted set. */
function popOrBlock(db: Database, keys: readonly Bytes[], timeout: number, attempt: FirstPop): Answer | Blocked {
  const serve = (key: Bytes) => (db.get(key) instanceof SortedSet ? attempt(db, [key]) : undefined);
  return attempt(db, keys) ?? new Blocked(keys, timeout, serve);
}

function blockingPop(side: Side): Run {
  const attempt = popFirst(side, 1, (key, entries) => [key, ...flatten(entries)]);
  return ({ db }, words) => popOrBlock(db, words.slice(0, -1), timeoutInSeconds(words.at(-1) ?? ''), attempt);
}

function readMultiPop([numkeys = '', ...words]: readonly Bytes[]): { keys: Bytes[]; attempt: FirstPop } {
  const keyCount = atLeastOne(numkeys, 'ERR numkeys should be greater than 0');
  const [keys, [where, ...rest]] = [words.slice(0, keyCount), words.slice(keyCount)];
  const side = where?.toUpperCase();
  if (side !== 'MIN' && side !== 'MAX') throw syntaxError();
  const render = (key: Bytes, entries: ScoredMember[]) => [
    key,
    entries.map(({ member, score }) => [member, formatDouble(score)]),
  ];
  return { keys, attempt: popFirst(side, readPopCount(rest), render) };
}

function popMany({ db }: Client, words: readonly Bytes[]): Answer {
  const { keys, attempt } = readMultiPop(words);
  return attempt(db, keys) ?? null;
}

function blockingPopMany({ db }: Client, [argument = '', ...words]: readonly Bytes[]): Answer | Blocked {
  const { keys, attempt } = readMultiPop(words);
  const timeout = timeoutInSeconds(argument);
  return popOrBlock(db, keys, timeout, attempt);
}

export const sortedSetPopCommands: CommandTable = {
  ZPOPMIN: { arity: -2, isWrite: true, run: pop('MIN') },
  ZPOPMAX: { arity: -2, isWrite: true, run: pop('MAX') },
  ZMPOP: { arity: -4, isWrite: true, run: popMany },
  BZPOPMIN: { arity: -3, isWrite: true, noScript: true, run: blockingPop('MIN') },
  BZPOPMAX: { arity: -3, isWrite: true, noScript: true, run: blockingPop('MAX') },
  BZMPOP: { arity: -5, isWrite: true, noScript: true, run: blockingPopMany },
};
