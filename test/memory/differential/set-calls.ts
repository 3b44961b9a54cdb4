import * as fc from 'fast-check';
import { call, count, integer, key, maybe, member, members, option, some } from './calls.js';

const keys = fc.array(key, { minLength: 1, maxLength: 3 });
const numkeys = fc.constantFrom('1', '2', '2', '3', '0', '-1', 'x');

export const setCalls = fc.oneof(
  call('SADD', key, members),
  call('SADD', key, members),
  call('SADD', key, members),
  call('SREM', key, members),
  call('SMEMBERS', key),
  call('SISMEMBER', key, member),
  call('SMISMEMBER', key, members),
  call('SCARD', key),
  call('SPOP', key, maybe(count)),
  call('SRANDMEMBER', key, maybe(integer)),
  call('SMOVE', key, key, member),
  call('SUNION', keys),
  call('SINTER', keys),
  call('SDIFF', keys),
  call('SUNIONSTORE', key, keys),
  call('SINTERSTORE', key, keys),
  call('SDIFFSTORE', key, keys),
  call('SINTERCARD', numkeys, keys, option('LIMIT', count)),
  call('SSCAN', key, '0', some(option('MATCH', fc.constantFrom('*', 'm?', '[^m]*')), option('COUNT', integer))),
);
