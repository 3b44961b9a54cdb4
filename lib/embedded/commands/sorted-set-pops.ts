import { positive, timeoutInSeconds } from '../protocol/arguments.js';
import { Blocked } from '../database/blocking.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import type { Database } from '../database/database.js';
import { formatDouble } from '../protocol/numbers.js';
import { type Answer, syntaxError } from '../protocol/reply.js';
import { type ScoredMember, SortedSet } from '../values/sorted-set.js';
import { type MultiPop, readMultiPop } from './multi-pop.js';
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

type Render = (key: Bytes, entries: ScoredMember[]) => Answer;

const renderFlat: Render = (key, entries) => [key, ...flatten(entries)];
const renderPairs: Render = (key, entries) => [key, entries.map(({ member, score }) => [member, formatDouble(score)])];

/** Pops from the first non-empty sorted set and renders the members with `render`. */
function popFirst(db: Database, { keys, end, count }: MultiPop<Side>, render: Render): Answer | undefined {
  for (const key of keys) {
    const sortedSet = db.read(key, SortedSet);
    if (sortedSet) return render(key, take(db, key, sortedSet, end, count));
  }
  return undefined;
}

/** A blocked command keeps waiting if the key becomes something other than a sorted set. */
function popOrBlock(db: Database, pop: MultiPop<Side>, timeout: number, render: Render): Answer | Blocked {
  const serve = (key: Bytes) =>
    db.get(key) instanceof SortedSet ? popFirst(db, { ...pop, keys: [key] }, render) : undefined;
  return popFirst(db, pop, render) ?? new Blocked(pop.keys, timeout, serve);
}

function blockingPop(end: Side): Run {
  return ({ db }, words) => {
    const timeout = timeoutInSeconds(words.at(-1) ?? '');
    return popOrBlock(db, { keys: words.slice(0, -1), end, count: 1 }, timeout, renderFlat);
  };
}

function readSide(word: Bytes): Side {
  const side = word.toUpperCase();
  if (side !== 'MIN' && side !== 'MAX') throw syntaxError();
  return side;
}

function popMany({ db }: Client, words: readonly Bytes[]): Answer {
  return popFirst(db, readMultiPop(words, readSide), renderPairs) ?? null;
}

function blockingPopMany({ db }: Client, [argument = '', ...words]: readonly Bytes[]): Answer | Blocked {
  const multiPop = readMultiPop(words, readSide);
  return popOrBlock(db, multiPop, timeoutInSeconds(argument), renderPairs);
}

export const sortedSetPopCommands: CommandTable = {
  ZPOPMIN: { arity: -2, isWrite: true, run: pop('MIN') },
  ZPOPMAX: { arity: -2, isWrite: true, run: pop('MAX') },
  ZMPOP: { arity: -4, isWrite: true, run: popMany },
  BZPOPMIN: { arity: -3, isWrite: true, noScript: true, run: blockingPop('MIN') },
  BZPOPMAX: { arity: -3, isWrite: true, noScript: true, run: blockingPop('MAX') },
  BZMPOP: { arity: -5, isWrite: true, noScript: true, run: blockingPopMany },
};
