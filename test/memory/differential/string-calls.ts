import * as fc from 'fast-check';
import {
  call,
  float,
  integer,
  key,
  maybe,
  milliseconds,
  option,
  seconds,
  some,
  unixMilliseconds,
  unixSeconds,
  value,
} from './calls.js';

const expiryOptions = [
  option('EX', seconds),
  option('PX', milliseconds),
  option('EXAT', fc.constantFrom('4000000000', '0', '-1')),
  option('pxat', fc.constantFrom('4000000000000', '0')),
];
const pairs = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((list) => list.flat());

export const stringCalls = fc.oneof(
  call('SET', key, value),
  call('SET', key, value, some('NX', 'xx', 'GET', 'KEEPTTL', ...expiryOptions)),
  call('SETNX', key, value),
  call('SETEX', key, seconds, value),
  call('PSETEX', key, milliseconds, value),
  call('GET', key),
  call('GETSET', key, value),
  call('GETDEL', key),
  call('GETEX', key, some('PERSIST', ...expiryOptions)),
  call('MGET', fc.array(key, { minLength: 1, maxLength: 4 })),
  call('MSET', pairs),
  call('MSETNX', pairs),
  call('APPEND', key, value),
  call('STRLEN', key),
  call('GETRANGE', key, integer, integer),
  call('SUBSTR', key, integer, integer),
  call('SETRANGE', key, fc.oneof(fc.constantFrom('0', '3', '30', '536870912'), integer), value),
  call('INCR', key),
  call('DECR', key),
  call('INCRBY', key, fc.oneof(integer, value)),
  call('DECRBY', key, fc.oneof(integer, value)),
  call('INCRBYFLOAT', key, float),
  call('LCS', key, key, some('IDX', 'len', 'WITHMATCHLEN', option('MINMATCHLEN', integer))),
);

const comparable = fc.constantFrom('v', 'w', '10', '', 'x'.repeat(20));
const digests = fc.constantFrom('a', '0123456789abcdef', 'f3575e7c52e0051e', 'D0698444ED39C832', 'zzzzzzzzzzzzzzzz');
const comparison = fc.oneof(
  fc.tuple(fc.constantFrom('IFEQ', 'ifne'), comparable),
  fc.tuple(fc.constantFrom('IFDEQ', 'IFDNE'), digests),
);
const comparisons = comparison.map(([name, operand]): (string | Buffer)[] => [name, operand]);
const manyPairs = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.tuple(key, comparable), { minLength: 1, maxLength: 3 })
      .map((list) => [String(list.length), ...list.flat()]),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('0', '-1', '2', 'x', '2147483648'), key, comparable) },
);

/** Commands and options for strings since Redis 8.4. */
export const comparisonCalls = fc.oneof(
  call('SET', key, comparable, comparisons),
  call('SET', key, comparable, some('NX', 'xx', 'GET', 'KEEPTTL', comparisons, ...expiryOptions)),
  call('DELEX', key, comparisons),
  call('DELEX', key),
  call('DIGEST', key),
  call('MSETEX', manyPairs, some('NX', 'xx', 'KEEPTTL', ...expiryOptions)),
);

/** The keys that they work on. */
export const comparisonNeighbours = fc.oneof(
  call('SET', key, comparable),
  call('SET', key, comparable, 'EX', '1000'),
  call('GET', key),
  call('TTL', key),
  call('HSET', key, 'f', 'v'),
  call('APPEND', key, fc.string({ maxLength: 300 })),
);

export const keyCalls = fc.oneof(
  call('DEL', fc.array(key, { minLength: 1, maxLength: 3 })),
  call('UNLINK', key),
  call('EXISTS', fc.array(key, { minLength: 1, maxLength: 3 })),
  call('TOUCH', key, key),
  call('TYPE', key),
  call('EXPIRE', key, seconds, some('NX', 'XX', 'gt', 'LT')),
  call('PEXPIRE', key, milliseconds, maybe('NX', 'XX', 'GT', 'LT')),
  call('EXPIREAT', key, unixSeconds, maybe('NX', 'XX', 'GT', 'LT')),
  call('PEXPIREAT', key, unixMilliseconds, some('NX', 'XX', 'GT', 'LT', 'FOO')),
  call('TTL', key),
  call('PTTL', key),
  call('EXPIRETIME', key),
  call('PEXPIRETIME', key),
  call('PERSIST', key),
  call('RENAME', key, key),
  call('RENAMENX', key, key),
  call('COPY', key, key, some('REPLACE', option('DB', fc.constantFrom('0', '1', '16', 'x')))),
  call('MOVE', key, fc.constantFrom('0', '1', '99', 'x')),
  call('SELECT', fc.constantFrom('0', '0', '0', '1', '16', 'x', '-1')),
  call('RANDOMKEY'),
  call('KEYS', fc.constantFrom('*', 'a*', '?', '[ab]', '[^a]', '[a-c]', '\\a', 'a\\*', '', '[', '**', '*c')),
  call(
    'SCAN',
    '0',
    some(
      option('MATCH', fc.constantFrom('*', 'a', '[b-d]', '?b')),
      option('COUNT', integer),
      option('TYPE', fc.constantFrom('string', 'LIST', 'hash', 'nothing')),
    ),
  ),
  call('FLUSHDB', maybe('ASYNC', 'SYNC', 'NOW')),
);

export const serverCalls = fc.oneof(
  call('PING', fc.array(value, { maxLength: 2 })),
  call('ECHO', value),
  call('CLIENT', fc.constantFrom('GETNAME', 'NOTHING')),
  call('CLIENT', 'SETNAME', fc.constantFrom('me', 'with space', '')),
  call('FLUSHALL'),
  call('NOSUCHCOMMAND', fc.array(value, { maxLength: 3 })),
  call('GETT', value),
);
