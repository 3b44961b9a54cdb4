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
