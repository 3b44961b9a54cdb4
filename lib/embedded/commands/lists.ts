import { integer, Options, positive, resolveRange } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import type { Database } from '../database/database.js';
import { type Answer, noSuchKey, ok, ReplyError, syntaxError, wrongArity } from '../protocol/reply.js';
import { List } from '../values/list.js';
import { type MultiPop, readMultiPop } from './multi-pop.js';

export type End = 'LEFT' | 'RIGHT';

export function readEnd(word: Bytes): End {
  const end = word.toUpperCase();
  if (end !== 'LEFT' && end !== 'RIGHT') throw syntaxError();
  return end;
}

function add(list: List, end: End, element: Bytes): void {
  if (end === 'LEFT') list.unshift(element);
  else list.push(element);
}

/** Removes up to `count` elements from one end, and the key with the last one. */
export function take(db: Database, key: Bytes, list: List, end: End, count = 1): Bytes[] {
  const elements: Bytes[] = [];
  while (elements.length < count && list.length > 0) {
    elements.push((end === 'LEFT' ? list.shift() : list.pop()) ?? '');
  }
  db.changedOrEmpty(key, list.length);
  return elements;
}

/** Moves one element from an end of a non-empty list to an end of another. */
export function moveElement(db: Database, source: Bytes, target: Bytes, from: End, to: End): Answer {
  const list = db.read(source, List);
  if (!list) return null;
  db.read(target, List);
  const [element = ''] = take(db, source, list, from);
  add(db.readOrCreate(target, List), to, element);
  db.changed(target);
  return element;
}

function push(end: End, mustExist: boolean): Run {
  return ({ db }, [key = '', ...elements]) => {
    if (mustExist && !db.read(key, List)) return 0;
    const list = db.readOrCreate(key, List);
    for (const element of elements) add(list, end, element);
    db.changed(key);
    return list.length;
  };
}

function pop(command: string, end: End): Run {
  return ({ db }, [key = '', argument, ...rest]) => {
    if (rest.length > 0) throw wrongArity(command);
    const count = argument === undefined ? undefined : positive(argument);
    const list = db.read(key, List);
    if (!list) return null;
    if (count === undefined) return take(db, key, list, end)[0] ?? null;
    return count === 0 ? [] : take(db, key, list, end, count);
  };
}

/** Pops up to `count` elements from the first non-empty list. */
export function popFirst(db: Database, { keys, end, count }: MultiPop<End>): Answer | undefined {
  for (const key of keys) {
    const list = db.read(key, List);
    if (list) return [key, take(db, key, list, end, count)];
  }
  return undefined;
}

function popMany({ db }: Client, words: readonly Bytes[]): Answer {
  return popFirst(db, readMultiPop(words, readEnd)) ?? null;
}

function size({ db }: Client, [key = '']: readonly Bytes[]): number {
  return db.read(key, List)?.length ?? 0;
}

function elementAt({ db }: Client, [key = '', index = '']: readonly Bytes[]): Answer {
  return db.read(key, List)?.at(integer(index)) ?? null;
}

function replace({ db }: Client, [key = '', index = '', element = '']: readonly Bytes[]): Answer {
  const list = db.read(key, List);
  if (!list) throw noSuchKey();
  if (!list.replace(integer(index), element)) throw new ReplyError('ERR index out of range');
  db.changed(key);
  return ok;
}

function range({ db }: Client, [key = '', from = '', to = '']: readonly Bytes[]): Answer {
  resolveRange(from, to, 0);
  const list = db.read(key, List);
  if (!list) return [];
  const { start, end } = resolveRange(from, to, list.length);
  return list.slice(start, end);
}

function trim({ db }: Client, [key = '', from = '', to = '']: readonly Bytes[]): Answer {
  resolveRange(from, to, 0);
  const list = db.read(key, List);
  if (!list) return ok;
  const { start, end } = resolveRange(from, to, list.length);
  list.assign(list.slice(start, end));
  db.changedOrEmpty(key, list.length);
  return ok;
}

function remove({ db }: Client, [key = '', argument = '', element = '']: readonly Bytes[]): number {
  const count = integer(argument);
  const list = db.read(key, List);
  if (!list) return 0;
  const elements = list.toArray();
  const positions = positionsOf(elements, element, count < 0);
  const doomed = new Set(count === 0 ? positions : positions.slice(0, Math.abs(count)));
  if (doomed.size === 0) return 0;
  list.assign(elements.filter((_, index) => !doomed.has(index)));
  db.changedOrEmpty(key, list.length);
  return doomed.size;
}

function positionsOf(elements: readonly Bytes[], element: Bytes, isReverse: boolean): number[] {
  const positions = [...elements.keys()].filter((index) => elements[index] === element);
  return isReverse ? positions.toReversed() : positions;
}

function insert({ db }: Client, [key = '', where = '', pivot = '', element = '']: readonly Bytes[]): number {
  const side = where.toUpperCase();
  if (side !== 'BEFORE' && side !== 'AFTER') throw syntaxError();
  const list = db.read(key, List);
  if (!list) return 0;
  const elements = list.toArray();
  const position = elements.indexOf(pivot);
  if (position < 0) return -1;
  list.assign(elements.toSpliced(side === 'BEFORE' ? position : position + 1, 0, element));
  db.changed(key);
  return list.length;
}

interface PositionOptions {
  rank: number;
  count: number | undefined;
  maxLength: number;
}

function readPositionOptions(words: readonly Bytes[]): PositionOptions {
  const found: PositionOptions = { rank: 1, count: undefined, maxLength: 0 };
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'RANK') found.rank = integer(options.value());
    else if (option === 'COUNT') found.count = positive(options.value(), "ERR COUNT can't be negative");
    else if (option === 'MAXLEN') found.maxLength = positive(options.value(), "ERR MAXLEN can't be negative");
    else throw syntaxError();
    if (found.rank === 0) {
      throw new ReplyError(
        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
      );
    }
  }
  return found;
}

function findPosition({ db }: Client, [key = '', element = '', ...words]: readonly Bytes[]): Answer {
  const { rank, count, maxLength } = readPositionOptions(words);
  const elements = db.read(key, List)?.toArray() ?? [];
  const isReverse = rank < 0;
  const isCompared = (index: number) =>
    maxLength === 0 || (isReverse ? elements.length - index : index + 1) <= maxLength;
  const matches = positionsOf(elements, element, isReverse)
    .filter(isCompared)
    .slice(Math.abs(rank) - 1);
  if (count === undefined) return matches[0] ?? null;
  return count === 0 ? matches : matches.slice(0, count);
}

export const listCommands: CommandTable = {
  LPUSH: { arity: -3, isWrite: true, run: push('LEFT', false) },
  RPUSH: { arity: -3, isWrite: true, run: push('RIGHT', false) },
  LPUSHX: { arity: -3, isWrite: true, run: push('LEFT', true) },
  RPUSHX: { arity: -3, isWrite: true, run: push('RIGHT', true) },
  LPOP: { arity: -2, isWrite: true, run: pop('lpop', 'LEFT') },
  RPOP: { arity: -2, isWrite: true, run: pop('rpop', 'RIGHT') },
  LMPOP: { arity: -4, isWrite: true, run: popMany },
  LLEN: { arity: 2, run: size },
  LINDEX: { arity: 3, run: elementAt },
  LSET: { arity: 4, isWrite: true, run: replace },
  LRANGE: { arity: 4, run: range },
  LTRIM: { arity: 4, isWrite: true, run: trim },
  LREM: { arity: 4, isWrite: true, run: remove },
  LINSERT: { arity: 5, isWrite: true, run: insert },
  LPOS: { arity: -3, run: findPosition },
  LMOVE: {
    arity: 5,
    isWrite: true,
    run: ({ db }, [source = '', target = '', from = '', to = '']) =>
      moveElement(db, source, target, readEnd(from), readEnd(to)),
  },
  RPOPLPUSH: {
    arity: 3,
    isWrite: true,
    run: ({ db }, [source = '', target = '']) => moveElement(db, source, target, 'RIGHT', 'LEFT'),
  },
};
