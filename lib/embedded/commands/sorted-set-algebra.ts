import { double, integer, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { ReplyError, syntaxError, wrongType } from '../protocol/reply.js';
import { SetValue } from '../values/set.js';
import { SortedSet } from '../values/sorted-set.js';
import { readLimit } from './sets.js';
import { flatten } from './sorted-sets.js';

type Operation = 'UNION' | 'INTER' | 'DIFF';
type Scores = Map<Bytes, number>;

// Infinities of both signs cancel out.
const sum = (a: number, b: number) => a + b || 0;

const aggregates: Readonly<Record<string, ((a: number, b: number) => number) | undefined>> = {
  SUM: sum,
  MIN: (a, b) => Math.min(a, b),
  MAX: (a, b) => Math.max(a, b),
};

interface Query {
  /** One per key, read before the options. */
  readonly inputs: readonly Scores[];
  readonly weights: readonly number[];
  readonly aggregate: (a: number, b: number) => number;
  readonly hasScores: boolean;
  readonly limit: number;
}

interface Form {
  readonly operation: Operation;
  readonly command: string;
  /** Returns the members, with scores on demand. */
  readonly isListed?: boolean;
  /** Returns the number of members, up to a limit. */
  readonly isCounted?: boolean;
}

function readQuery(client: Client, [numkeys = '', ...words]: readonly Bytes[], form: Form): Query {
  const keyCount = integer(numkeys);
  if (keyCount < 1) throw new ReplyError(`ERR at least 1 input key is needed for '${form.command}' command`);
  if (keyCount > words.length) throw syntaxError();
  const inputs = words.slice(0, keyCount).map((key) => readScores(client, key));
  const takesWeights = form.operation !== 'DIFF' && !form.isCounted;
  let weights = inputs.map(() => 1);
  let aggregate = sum;
  let hasScores = false;
  let limit = Infinity;
  const options = new Options(words, keyCount);
  for (let option = options.next(); option !== undefined; option = options.next()) {
    if (option === 'WEIGHTS' && takesWeights && options.remaining >= keyCount) {
      weights = weights.map(() => double(options.value(), 'ERR weight value is not a float'));
    } else if (option === 'AGGREGATE' && takesWeights && options.remaining > 0) {
      const named = aggregates[options.value().toUpperCase()];
      if (!named) throw syntaxError();
      aggregate = named;
    } else if (option === 'WITHSCORES' && form.isListed) {
      hasScores = true;
    } else if (option === 'LIMIT' && form.isCounted) {
      limit = readLimit(options.value());
    } else throw syntaxError();
  }
  return { inputs, weights, aggregate, hasScores, limit };
}

/** The members of a sorted set with their scores, or of a set with a score of 1. */
function readScores({ db }: Client, key: Bytes): Scores {
  const value = db.get(key);
  if (value === undefined) return new Map();
  if (value instanceof SetValue) return new Map(Array.from(value.keys(), (member) => [member, 1]));
  if (value instanceof SortedSet) return new Map(Array.from(value, ({ member, score }) => [member, score]));
  throw wrongType();
}

function combine(operation: Operation, { inputs, weights, aggregate }: Query): SortedSet {
  const weighted = inputs.map((scores, index) => ({ scores, weight: weights[index] ?? 1 }));
  // Redis starts with the smallest, which affects floating-point sums.
  if (operation !== 'DIFF') weighted.sort((a, b) => a.scores.size - b.scores.size);
  const [first = new Map<Bytes, number>(), ...others] = weighted.map(({ scores }) => scores);
  const members = operation === 'UNION' ? inputs.flatMap((scores) => [...scores.keys()]) : first.keys();
  const result = new SortedSet();
  for (const member of new Set(members)) {
    if (operation === 'INTER' && !others.every((scores) => scores.has(member))) continue;
    if (operation === 'DIFF' && others.some((scores) => scores.has(member))) continue;
    const products = weighted.flatMap(({ scores, weight }) => {
      const score = scores.get(member);
      return score === undefined ? [] : [score * weight || 0];
    });
    result.set(member, products.reduce(aggregate));
  }
  return result;
}

function list(operation: Operation): Run {
  const form = { operation, command: `z${operation.toLowerCase()}`, isListed: true };
  return (client, words) => {
    const query = readQuery(client, words, form);
    const entries = [...combine(operation, query)];
    return query.hasScores ? flatten(entries) : entries.map(({ member }) => member);
  };
}

function store(operation: Operation): Run {
  const form = { operation, command: `z${operation.toLowerCase()}store` };
  return (client, [target = '', ...words]) => {
    const result = combine(operation, readQuery(client, words, form));
    client.db.putOrRemove(target, result, result.size);
    return result.size;
  };
}

function intersectionSize(client: Client, words: readonly Bytes[]): number {
  const query = readQuery(client, words, { operation: 'INTER', command: 'zintercard', isCounted: true });
  return Math.min(query.limit, combine('INTER', query).size);
}

export const sortedSetAlgebraCommands: CommandTable = {
  ZUNION: { arity: -3, run: list('UNION') },
  ZINTER: { arity: -3, run: list('INTER') },
  ZDIFF: { arity: -3, run: list('DIFF') },
  ZUNIONSTORE: { arity: -4, isWrite: true, run: store('UNION') },
  ZINTERSTORE: { arity: -4, isWrite: true, run: store('INTER') },
  ZDIFFSTORE: { arity: -4, isWrite: true, run: store('DIFF') },
  ZINTERCARD: { arity: -3, run: intersectionSize },
};
