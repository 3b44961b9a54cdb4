import * as fc from 'fast-check';
import { call, count, integer, key, maybe, member, members, option, some, value } from './calls.js';

const end = fc.constantFrom('LEFT', 'RIGHT', 'left', 'UP');
const timeout = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('0', '1', '0.5', '100') },
  { weight: 1, arbitrary: fc.constantFrom('-1', 'x', 'inf', 'nan', '', '1e300', '9223372036854775807') },
);

/** A list that exists from the start, so that it does not always end empty. */
const filled = fc.array(fc.oneof(member, value), { minLength: 1, maxLength: 6 });

/** Redis overflows at the smallest integer. */
const rank = integer.filter((number) => number !== '-9223372036854775808');

export const listCalls = fc.oneof(
  call('RPUSH', key, filled),
  call('RPUSH', key, filled),
  call('LPUSH', key, members),
  call('LPUSHX', key, members),
  call('RPUSHX', key, members),
  call('LPOP', key, maybe(count)),
  call('RPOP', key, maybe(count)),
  call('LLEN', key),
  call('LINDEX', key, integer),
  call('LSET', key, integer, value),
  call('LRANGE', key, integer, integer),
  call('LRANGE', key, '0', '-1'),
  call('LTRIM', key, integer, integer),
  call('LREM', key, integer, member),
  call('LINSERT', key, fc.constantFrom('BEFORE', 'after', 'x'), member, value),
  call('LPOS', key, member, some(option('RANK', rank), option('COUNT', count), option('MAXLEN', count))),
  call('LMOVE', key, key, end, end),
  call('RPOPLPUSH', key, key),
  call('LMPOP', fc.constantFrom('1', '2', '0', 'x'), key, key, end, option('COUNT', count)),
  call('LMPOP', '1', key, end, option('COUNT', count)),
);

/** Only for transactions, where they do not block. */
export const blockingListCalls = fc.oneof(
  call('BLPOP', key, key, timeout),
  call('BRPOP', key, timeout),
  call('BLMOVE', key, key, end, end, timeout),
  call('BRPOPLPUSH', key, key, timeout),
  call('BLMPOP', timeout, '1', key, end, option('COUNT', count)),
);
