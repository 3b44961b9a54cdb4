import { integer, Options, resolveRange } from '../protocol/arguments.js';
import { type Bytes, cString } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { parseBound } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import { type ScoredMember, SortedSet } from '../values/sorted-set.js';
import { flatten } from './sorted-sets.js';

/** A run of ranks: the first, and how many. */
interface Span {
  readonly first: number;
  readonly count: number;
}

type RangeKind = 'RANK' | 'SCORE' | 'LEX';
/** Finds the ranks that two arguments stand for; the arguments are parsed before any key is read. */
type Range = (sortedSet: SortedSet) => Span;
type Precedes = (entry: ScoredMember) => boolean;

const readers: Readonly<Record<RangeKind, (min: Bytes, max: Bytes) => Range>> = {
  RANK: (min, max) => {
    resolveRange(min, max, 0);
    return ({ size }) => {
      const { start, end } = resolveRange(min, max, size);
      return { first: start, count: Math.max(0, end - start + 1) };
    };
  },
  SCORE: (min, max) => between(readScoreBound(min, false), readScoreBound(max, true)),
  LEX: (min, max) => between(readLexBound(min, false), readLexBound(max, true)),
};

function between(isBelow: Precedes, isWithinOrBelow: Precedes): Range {
  return (sortedSet) => {
    const first = sortedSet.countWhile(isBelow);
    return { first, count: Math.max(0, sortedSet.countWhile(isWithinOrBelow) - first) };
  };
}

/** Of a minimum: what lies before the range. Of a maximum: what does not lie behind it. */
function readScoreBound(argument: Bytes, isMax: boolean): Precedes {
  const isExclusive = argument.startsWith('(');
  const bound = parseBound(cString(isExclusive ? argument.slice(1) : argument));
  if (bound === undefined) throw new ReplyError('ERR min or max is not a float');
  const includesEqual = isMax !== isExclusive;
  return ({ score }) => score < bound || (includesEqual && score === bound);
}

function readLexBound(argument: Bytes, isMax: boolean): Precedes {
  if (argument === '-') return () => false;
  if (argument === '+') return () => true;
  const [kind, bound] = [argument[0], argument.slice(1)];
  if (kind !== '(' && kind !== '[') throw new ReplyError('ERR min or max not valid string range item');
  const includesEqual = isMax === (kind === '[');
  return ({ member }) => member < bound || (includesEqual && member === bound);
}

interface RangeQuery {
  readonly range: Range;
  readonly isReverse: boolean;
  readonly hasScores: boolean;
  readonly offset: number;
  /** Negative for no limit. */
  readonly limit: number;
}

/** What the older commands imply by their names and ZRANGE takes as options. */
interface RangeForm {
  readonly kind?: RangeKind;
  readonly isReverse?: boolean;
  readonly isStored?: boolean;
}

function readQuery([min = '', max = '', ...words]: readonly Bytes[], form: RangeForm): RangeQuery {
  let { kind, isReverse } = form;
  let hasScores = false;
  let [offset, limit] = [0, -1];
  const options = new Options(words);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'WITHSCORES' && !form.isStored) hasScores = true;
    else if (option === 'LIMIT' && options.remaining >= 2) {
      [offset, limit] = [integer(options.value()), integer(options.value())];
    } else if (option === 'REV' && isReverse === undefined) isReverse = true;
    else if (option === 'BYLEX' && kind === undefined) kind = 'LEX';
    else if (option === 'BYSCORE' && kind === undefined) kind = 'SCORE';
    else throw syntaxError();
  }
  isReverse ??= false;
  if (hasScores && kind === 'LEX') {
    throw new ReplyError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
  }
  if (kind === 'SCORE' || kind === 'LEX') {
    const range = isReverse ? readers[kind](max, min) : readers[kind](min, max);
    return { range, isReverse, hasScores, offset, limit };
  }
  if (limit !== -1) {
    throw new ReplyError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  const range = readers.RANK(min, max);
  return { range: isReverse ? ranksFromEnd(range) : range, isReverse, hasScores, offset: 0, limit };
}

/** Downwards, ranks count from the highest score. */
function ranksFromEnd(range: Range): Range {
  return (sortedSet) => {
    const { first, count } = range(sortedSet);
    return { first: sortedSet.size - first - count, count };
  };
}

function select(sortedSet: SortedSet | undefined, { range, isReverse, offset, limit }: RangeQuery): ScoredMember[] {
  if (!sortedSet || offset < 0) return [];
  const { first, count } = range(sortedSet);
  const wanted = Math.min(count - offset, limit < 0 ? Infinity : limit);
  if (wanted <= 0) return [];
  const start = isReverse ? first + count - 1 - offset : first + offset;
  return sortedSet.slice(start, wanted, isReverse);
}

function rangeCommand(form: RangeForm): Run {
  return ({ db }, [key = '', ...words]) => {
    const query = readQuery(words, form);
    const entries = select(db.read(key, SortedSet), query);
    return query.hasScores ? flatten(entries) : entries.map(({ member }) => member);
  };
}

function storeRange({ db }: Client, [target = '', source = '', ...words]: readonly Bytes[]): number {
  const query = readQuery(words, { isStored: true });
  const result = new SortedSet();
  for (const { member, score } of select(db.read(source, SortedSet), query)) result.set(member, score);
  db.putOrRemove(target, result, result.size);
  return result.size;
}

function countRange(kind: RangeKind): Run {
  return ({ db }, [key = '', min = '', max = '']) => {
    const range = readers[kind](min, max);
    const sortedSet = db.read(key, SortedSet);
    return sortedSet ? range(sortedSet).count : 0;
  };
}

function removeRange(kind: RangeKind): Run {
  return ({ db }, [key = '', min = '', max = '']): Answer => {
    const range = readers[kind](min, max);
    const sortedSet = db.read(key, SortedSet);
    if (!sortedSet) return 0;
    const { first, count: size } = range(sortedSet);
    const entries = sortedSet.slice(first, size);
    for (const { member } of entries) sortedSet.delete(member);
    if (entries.length > 0) db.changedOrEmpty(key, sortedSet.size);
    return entries.length;
  };
}

export const sortedSetRangeCommands: CommandTable = {
  ZRANGE: { arity: -4, run: rangeCommand({}) },
  ZREVRANGE: { arity: -4, run: rangeCommand({ kind: 'RANK', isReverse: true }) },
  ZRANGEBYSCORE: { arity: -4, run: rangeCommand({ kind: 'SCORE', isReverse: false }) },
  ZREVRANGEBYSCORE: { arity: -4, run: rangeCommand({ kind: 'SCORE', isReverse: true }) },
  ZRANGEBYLEX: { arity: -4, run: rangeCommand({ kind: 'LEX', isReverse: false }) },
  ZREVRANGEBYLEX: { arity: -4, run: rangeCommand({ kind: 'LEX', isReverse: true }) },
  ZRANGESTORE: { arity: -5, isWrite: true, run: storeRange },
  ZCOUNT: { arity: 4, run: countRange('SCORE') },
  ZLEXCOUNT: { arity: 4, run: countRange('LEX') },
  ZREMRANGEBYRANK: { arity: 4, isWrite: true, run: removeRange('RANK') },
  ZREMRANGEBYSCORE: { arity: 4, isWrite: true, run: removeRange('SCORE') },
  ZREMRANGEBYLEX: { arity: 4, isWrite: true, run: removeRange('LEX') },
};
