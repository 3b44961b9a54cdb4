import * as fc from 'fast-check';
import { call, float, integer, key, maybe, member, members, option, some, value } from './calls.js';

const fieldsAndValues = fc.array(fc.tuple(member, fc.oneof(value, float)), { minLength: 1, maxLength: 4 });
const pairs = fieldsAndValues.map((list) => list.flat());

export const hashCalls = fc.oneof(
  call('HSET', key, pairs),
  call('HSET', key, pairs),
  call('HMSET', key, pairs),
  call('HSETNX', key, member, value),
  call('HGET', key, member),
  call('HMGET', key, members),
  call('HGETALL', key),
  call('HKEYS', key),
  call('HVALS', key),
  call('HEXISTS', key, member),
  call('HDEL', key, members),
  call('HLEN', key),
  call('HSTRLEN', key, member),
  call('HINCRBY', key, member, fc.oneof(integer, value)),
  call('HINCRBYFLOAT', key, member, float),
  call('HRANDFIELD', key, maybe(integer)),
  call('HRANDFIELD', key, integer, maybe('WITHVALUES', 'WITH')),
  call('HSCAN', key, '0', some(option('MATCH', fc.constantFrom('*', 'm?', '[^m]*')), option('COUNT', integer))),
);

const fieldSeconds = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1000', '5000', '100000', '0') },
  { weight: 1, arbitrary: fc.constantFrom('-1', 'x', '9223372036854775807', '70368744178', '1.5') },
);
const fieldMilliseconds = fc.constantFrom('1000000', '5000000', '0', '-5', '', '70368744177663');
const fieldUnixSeconds = fc.constantFrom('4000000000', '5000000000', '1', '0', '-1', 'x');
const fieldUnixMilliseconds = fc.constantFrom('4000000000000', '4000000000001', '1', '0', '70368744177663');
const fields = fc.oneof(
  { weight: 8, arbitrary: members.map((list) => ['FIELDS', String(list.length), ...list]) },
  // A count near 2^31 with too few fields crashes a Redis 8.6.
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('0', '-1', '1', '2', 'x', '2147483648'), members)
      .map(([n, list]) => ['fields', n, ...list]),
  },
);
const fieldValues = fieldsAndValues.map((list) => ['FIELDS', String(list.length), ...list.flat()]);
const conditions = some('NX', 'XX', 'gt', 'LT');
const lifetimes = [
  option('EX', fieldSeconds),
  option('PX', fieldMilliseconds),
  option('EXAT', fieldUnixSeconds),
  option('pxat', fieldUnixMilliseconds),
];

/** Fields with an expiry, from Redis 7.4 on, and the related commands of 8.0. */
export const hashFieldCalls = fc.oneof(
  call('HEXPIRE', key, fieldSeconds, conditions, fields),
  call('HEXPIRE', key, fieldSeconds, fields, conditions),
  call('HPEXPIRE', key, fieldMilliseconds, fields),
  call('HEXPIREAT', key, fieldUnixSeconds, maybe('NX', 'XX', 'GT', 'LT'), fields),
  call('HPEXPIREAT', key, fieldUnixMilliseconds, maybe('NX', 'XX', 'GT', 'LT'), fields),
  call('HTTL', key, fields),
  call('HPTTL', key, fields),
  call('HEXPIRETIME', key, fields),
  call('HPEXPIRETIME', key, fields),
  call('HPERSIST', key, fields),
  call('HSETEX', key, some('FNX', 'fxx', 'KEEPTTL', ...lifetimes), fieldValues),
  call('HSETEX', key, fieldValues, some('FNX', 'FXX', 'KEEPTTL', ...lifetimes)),
  call('HGETEX', key, some('PERSIST', ...lifetimes), fields),
  call('HGETEX', key, fields, some('persist', ...lifetimes)),
  call('HGETDEL', key, fields),
);

/** The keys that they work on. */
export const hashFieldNeighbours = fc.oneof(
  call('HSET', key, pairs),
  call('HSET', key, pairs),
  call('HGETALL', key),
  call('HGET', key, member),
  call('HDEL', key, members),
  call('HINCRBY', key, member, fc.constantFrom('1', '-3')),
  call('COPY', key, key, maybe('REPLACE')),
  call('RENAME', key, key),
  call('SET', key, value),
  call('DEL', key),
  call('EXISTS', key),
  call('HSCAN', key, '0', maybe('NOVALUES')),
);
