import * as fc from 'fast-check';
import { call, key, sometimesWrong } from './calls.js';
import { hashCalls } from './hash-calls.js';
import { keyCalls, serverCalls, stringCalls } from './string-calls.js';

const transactionCalls = fc.oneof(
  call('MULTI'),
  call('EXEC'),
  call('EXEC'),
  call('DISCARD'),
  call('WATCH', key),
  call('UNWATCH'),
);

/** Commands of every kind; each family now and then with wrong arguments. */
export const families = {
  strings: sometimesWrong(stringCalls),
  keys: sometimesWrong(keyCalls),
  hashes: sometimesWrong(hashCalls),
  server: sometimesWrong(serverCalls),
  transactions: sometimesWrong(transactionCalls),
};

const { keys, server, transactions, ...types } = families;

/** All of them, so that types meet on the same keys. */
export const anyCall = fc.oneof(
  ...Object.values(types).map((arbitrary) => ({ weight: 4, arbitrary })),
  { weight: 5, arbitrary: keys },
  { weight: 1, arbitrary: server },
  { weight: 2, arbitrary: transactions },
);
