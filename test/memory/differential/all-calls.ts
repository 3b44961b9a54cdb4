import * as fc from 'fast-check';
import { type Call, call, key, sometimesWrong } from './calls.js';
import { hashCalls } from './hash-calls.js';
import { blockingListCalls, listCalls } from './list-calls.js';
import { setCalls } from './set-calls.js';
import {
  blockingSortedSetCalls,
  lexCalls,
  sortedSetAlgebraCalls,
  sortedSetCalls,
  sortedSetRangeCalls,
} from './sorted-set-calls.js';
import { blockingStreamCalls, streamCalls, streamGroupCalls } from './stream-calls.js';
import { keyCalls, serverCalls, stringCalls } from './string-calls.js';

const transactionCalls = fc.oneof(
  call('MULTI'),
  call('EXEC'),
  call('EXEC'),
  call('DISCARD'),
  call('WATCH', key),
  call('UNWATCH'),
);

/** In a transaction nothing blocks, so blocking commands are tested there. */
const transactions: fc.Arbitrary<Call[]> = fc
  .array(
    sometimesWrong(fc.oneof(listCalls, sortedSetCalls, blockingListCalls, blockingSortedSetCalls, blockingStreamCalls)),
    {
      maxLength: 6,
    },
  )
  .map((calls): Call[] => [['DISCARD'], ['MULTI'], ...calls, ['EXEC']]);

/** Commands of every kind; now and then each family gets wrong arguments. */
const single = {
  strings: sometimesWrong(stringCalls),
  hashes: sometimesWrong(hashCalls),
  lists: sometimesWrong(listCalls),
  sets: sometimesWrong(setCalls),
  sortedSets: sometimesWrong(sortedSetCalls),
  sortedSetRanges: sometimesWrong(sortedSetRangeCalls),
  sortedSetAlgebra: sometimesWrong(sortedSetAlgebraCalls),
  lex: lexCalls,
  streams: sometimesWrong(streamCalls),
  streamGroups: sometimesWrong(streamGroupCalls),
  keys: sometimesWrong(keyCalls),
  server: sometimesWrong(serverCalls),
  transactions: sometimesWrong(transactionCalls),
};

/**
 * The same commands from a script, where errors and numbers are converted in another way. Without SPOP: in a
 * script, its random choice cannot be undone.
 */
const scripts = fc
  .tuple(
    fc.constantFrom('return redis.call(unpack(ARGV))', '\n\nlocal r = redis.pcall(unpack(ARGV)) return r'),
    fc.oneof(...Object.values(single)).filter(([name]) => !/spop/i.test(name)),
  )
  .map(([source, call]): Call => ['EVAL', source, '0', ...call]);

const sequence = (calls: fc.Arbitrary<Call>) => calls.map((one): Call[] => [one]);

/** All types, so that commands meet other types at the same keys. */
const anything = fc.oneof(
  ...Object.entries(single).map(([family, calls]) => ({
    weight: family === 'server' || family === 'transactions' ? 1 : 4,
    arbitrary: sequence(calls),
  })),
  { weight: 2, arbitrary: transactions },
  { weight: 2, arbitrary: sequence(scripts) },
);

/** The families' commands. */
export const families: Readonly<Record<string, fc.Arbitrary<Call[]>>> = {
  ...Object.fromEntries(Object.entries(single).map(([family, calls]) => [family, sequence(calls)])),
  blocks: transactions,
  scripts: sequence(scripts),
  anything,
};

/** The commands of a family for one test. */
export function callsOf(family: string): fc.Arbitrary<Call[]> {
  return fc
    .array(families[family] ?? anything, { minLength: 1, maxLength: 60, size: 'max' })
    .map((sequences) => sequences.flat());
}
