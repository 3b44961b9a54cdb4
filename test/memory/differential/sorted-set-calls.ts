import * as fc from 'fast-check';
import { call, count, float, integer, key, maybe, member, members, option, some, sometimesWrong } from './calls.js';

const pairs = fc.array(fc.tuple(float, member), { minLength: 1, maxLength: 4 }).map((list) => list.flat());
const scoreBound = fc.oneof(
  { weight: 3, arbitrary: float },
  { weight: 2, arbitrary: fc.constantFrom('-inf', '+inf', '(0', '(1', '(3', '(-inf', '(', '', '(x') },
);
const lexBound = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('-', '+', '[m1', '(m1', '[m3', '(m4', '[', '(') },
  { weight: 1, arbitrary: fc.constantFrom('m1', '', '--', '+x') },
);
const limit = fc.tuple(integer, integer).map(([offset, size]) => ['LIMIT', offset, size]);
const rangeOptions = some('WITHSCORES', 'REV', 'BYSCORE', limit);
const keys = fc.array(key, { minLength: 1, maxLength: 3 });
const withNumber = keys.map((list) => [String(list.length), ...list]);
const weights = fc.array(float, { minLength: 1, maxLength: 3 }).map((list) => ['WEIGHTS', ...list]);
const aggregate = option('AGGREGATE', fc.constantFrom('SUM', 'min', 'MAX', 'AVG'));
const timeout = fc.constantFrom('0', '1', 'x', '-1');
const side = fc.constantFrom('MIN', 'max', 'LEFT');

export const sortedSetCalls = fc.oneof(
  call('ZADD', key, pairs),
  call('ZADD', key, pairs),
  call('ZADD', key, fc.constantFrom('1', '2', '3'), 'm1', '2', 'm2', '2', 'm3'),
  call('ZADD', key, '0', 'm1', '0', 'm2', '0', 'm3', '0', 'm4'),
  call('ZADD', key, some('NX', 'XX', 'GT', 'LT', 'CH', 'incr'), pairs),
  call('ZINCRBY', key, float, member),
  call('ZREM', key, members),
  call('ZCARD', key),
  call('ZSCORE', key, member),
  call('ZMSCORE', key, members),
  call('ZRANK', key, member),
  call('ZREVRANK', key, member),
  call('ZRANGE', key, '0', '-1', 'WITHSCORES'),
  call('ZRANDMEMBER', key, maybe(integer)),
  call('ZRANDMEMBER', key, integer, maybe('WITHSCORES', 'X')),
  call('ZSCAN', key, '0', some(option('MATCH', fc.constantFrom('*', 'm?', '[^m]*')), option('COUNT', integer))),
);

export const sortedSetRangeCalls = fc.oneof(
  call('ZADD', key, pairs),
  call('ZADD', key, '0', 'm1', '0', 'm2', '0', 'm3', '0', 'm4'),
  call('ZRANGE', key, integer, integer, rangeOptions),
  call('ZRANGE', key, scoreBound, scoreBound, 'BYSCORE', rangeOptions),
  call('ZREVRANGE', key, integer, integer, maybe('WITHSCORES')),
  call('ZRANGEBYSCORE', key, scoreBound, scoreBound, some('WITHSCORES', limit)),
  call('ZREVRANGEBYSCORE', key, scoreBound, scoreBound, some('WITHSCORES', limit)),
  call('ZRANGESTORE', key, key, integer, integer, rangeOptions),
  call('ZRANGESTORE', key, key, scoreBound, scoreBound, 'BYSCORE', rangeOptions),
  call('ZCOUNT', key, scoreBound, scoreBound),
  call('ZREMRANGEBYRANK', key, integer, integer),
  call('ZREMRANGEBYSCORE', key, scoreBound, scoreBound),
);

/** Ranges by bytes are defined only if all scores are equal; only these calls write such sets. */
export const lexCalls = fc.oneof(
  call('ZADD', 'lex', '0', 'm1', '0', 'm2', '0', 'm3', '0', 'm4'),
  call('ZADD', 'lex', '0', member, '0', member),
  sometimesWrong(
    fc.oneof(
      call('ZRANGE', 'lex', lexBound, lexBound, 'BYLEX', some('WITHSCORES', 'REV', 'BYSCORE', 'BYLEX', limit)),
      call('ZRANGEBYLEX', 'lex', lexBound, lexBound, some('WITHSCORES', limit)),
      call('ZREVRANGEBYLEX', 'lex', lexBound, lexBound, some(limit)),
      call('ZLEXCOUNT', 'lex', lexBound, lexBound),
      call('ZREMRANGEBYLEX', 'lex', lexBound, lexBound),
      call('ZRANGESTORE', key, 'lex', lexBound, lexBound, 'BYLEX', some('REV', limit)),
    ),
  ),
);

export const sortedSetAlgebraCalls = fc.oneof(
  call('ZADD', key, pairs),
  call('SADD', key, members),
  call('ZPOPMIN', key, maybe(count)),
  call('ZPOPMAX', key, maybe(count)),
  call('ZMPOP', withNumber, side, option('COUNT', count)),
  call('ZUNION', withNumber, some(weights, aggregate, 'WITHSCORES')),
  call('ZINTER', withNumber, some(weights, aggregate, 'WITHSCORES')),
  call('ZDIFF', withNumber, maybe('WITHSCORES')),
  call('ZUNIONSTORE', key, withNumber, some(weights, aggregate)),
  call('ZINTERSTORE', key, withNumber, some(weights, aggregate)),
  call('ZDIFFSTORE', key, withNumber),
  call('ZINTERCARD', withNumber, option('LIMIT', count)),
  call('ZRANGE', key, '0', '-1', 'WITHSCORES'),
);

/** Only for transactions, where they do not block. */
export const blockingSortedSetCalls = fc.oneof(
  call('BZPOPMIN', key, key, timeout),
  call('BZPOPMAX', key, timeout),
  call('BZMPOP', timeout, withNumber, side, option('COUNT', count)),
);
