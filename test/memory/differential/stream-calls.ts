import * as fc from 'fast-check';
import { call, count, key, maybe, member, option, some, sometimesWrong } from './calls.js';

/** Small IDs, so that calls use the same ones. */
const id = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 3 })).map(([ms, sequence]) => `${ms}-${sequence}`),
  },
  { weight: 2, arbitrary: fc.nat({ max: 8 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('18446744073709551615-18446744073709551615', '18446744073709551615', '0-0') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x', '', '1-', '-1', '1-2-3', '01-1', '18446744073709551616', '-', '+', '*'),
  },
);
/** Not `*`, which reads the clock. */
const newId = fc.oneof(
  { weight: 6, arbitrary: id.filter((text) => text !== '*') },
  { weight: 4, arbitrary: fc.nat({ max: 9 }).map((ms) => `${ms}-*`) },
);
const bound = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('-', '+') },
  { weight: 4, arbitrary: id },
  { weight: 1, arbitrary: id.map((exclusive) => `(${exclusive}`) },
);
const fields = fc.array(fc.tuple(member, member), { minLength: 1, maxLength: 2 }).map((list) => list.flat());
const mark = maybe('~', '=');
const limit = option('LIMIT', count);
const maxLength = fc.tuple(mark, count, limit).map(([how, length, most]) => ['MAXLEN', ...how, length, ...most]);
const minId = fc.tuple(mark, id, limit).map(([how, least, most]) => ['MINID', ...how, least, ...most]);
const trim = fc.oneof(fc.constant<string[]>([]), fc.constant<string[]>([]), maxLength, minId);
const group = fc.constantFrom('g1', 'g1', 'g2');
const consumer = fc.constantFrom('c1', 'c2', 'c3');
const ids = fc.array(id, { minLength: 1, maxLength: 4 });
/** Zero, or longer than any test takes: idle times are never compared. */
const minIdle = fc.constantFrom('0', '0', '0', '1000000', '-1', 'x');
const groupStart = fc.oneof(fc.constantFrom('$', '0', '0', '-', '+'), id);

const add = call('XADD', key, some('NOMKSTREAM'), trim, newId, fields);

export const streamCalls = fc.oneof(
  add,
  add,
  call('XADD', key, trim, newId, fields),
  call('XLEN', key),
  call('XRANGE', key, bound, bound, option('COUNT', count)),
  call('XREVRANGE', key, bound, bound, option('COUNT', count)),
  call('XDEL', key, ids),
  call('XTRIM', key, trim),
  call('XREAD', option('COUNT', count), 'STREAMS', key, key, id, fc.oneof(id, fc.constantFrom('$', '>'))),
  call('XREAD', option('COUNT', count), 'STREAMS', key, id),
  call('XINFO', 'STREAM', key),
  call('XINFO', 'STREAM', key, 'FULL', option('COUNT', count)),
);

/** Mostly on one stream with one group, so that entries are delivered, claimed and acknowledged. */
export const streamGroupCalls = fc.oneof(
  { weight: 6, arbitrary: call('XADD', key, newId, fields) },
  {
    weight: 4,
    arbitrary: call('XGROUP', 'CREATE', key, group, groupStart, some('MKSTREAM', option('ENTRIESREAD', count))),
  },
  { weight: 4, arbitrary: call('XGROUP', 'CREATE', key, 'g1', '0', 'MKSTREAM') },
  {
    weight: 6,
    arbitrary: call(
      'XREADGROUP',
      'GROUP',
      group,
      consumer,
      some(option('COUNT', count), 'NOACK'),
      'STREAMS',
      key,
      fc.oneof(fc.constantFrom('>', '>', '0', '$'), id),
    ),
  },
  { weight: 3, arbitrary: call('XACK', key, group, ids) },
  { weight: 1, arbitrary: call('XDEL', key, ids) },
  { weight: 2, arbitrary: call('XPENDING', key, group) },
  { weight: 2, arbitrary: call('XPENDING', key, group, option('IDLE', minIdle), bound, bound, count, maybe(consumer)) },
  {
    weight: 3,
    arbitrary: call(
      'XCLAIM',
      key,
      group,
      consumer,
      minIdle,
      ids,
      some(
        'FORCE',
        'JUSTID',
        option('RETRYCOUNT', count),
        option('LASTID', id),
        option('IDLE', count),
        option('TIME', count),
      ),
    ),
  },
  {
    weight: 3,
    arbitrary: call('XAUTOCLAIM', key, group, consumer, minIdle, bound, some('JUSTID', option('COUNT', count))),
  },
  { weight: 1, arbitrary: call('XGROUP', 'SETID', key, group, groupStart, option('ENTRIESREAD', count)) },
  { weight: 1, arbitrary: call('XGROUP', 'DESTROY', key, group) },
  { weight: 1, arbitrary: call('XGROUP', 'CREATECONSUMER', key, group, consumer) },
  { weight: 1, arbitrary: call('XGROUP', 'DELCONSUMER', key, group, consumer) },
  { weight: 2, arbitrary: call('XINFO', 'GROUPS', key) },
  { weight: 2, arbitrary: call('XINFO', 'CONSUMERS', key, group) },
  { weight: 1, arbitrary: call('XINFO', 'STREAM', key, 'FULL') },
  { weight: 1, arbitrary: call('XTRIM', key, 'MAXLEN', count) },
  { weight: 1, arbitrary: call('COPY', key, key, 'REPLACE') },
);

/** Only for transactions, where they do not block. */
export const blockingStreamCalls = sometimesWrong(
  fc.oneof(
    add,
    call(
      'XREAD',
      'BLOCK',
      fc.constantFrom('0', '5', '-1', 'x', '9223372036854775807'),
      'STREAMS',
      key,
      fc.oneof(id, fc.constant('$')),
    ),
    call('XREADGROUP', 'GROUP', group, consumer, 'BLOCK', '0', 'STREAMS', key, '>'),
  ),
);

const plainId = fc.constantFrom('1-1', '2-1', '5', '9-9', '0-0', 'x', '18446744073709551615-1');

export const streamIdCalls = call(
  'XSETID',
  key,
  plainId,
  some(option('ENTRIESADDED', fc.constantFrom('0', '3', '100', '-1', 'x')), option('MAXDELETEDID', plainId)),
);

/** The keys that they work on. */
export const streamIdNeighbours = fc.oneof(
  call('XADD', key, fc.constantFrom('1-1', '2-1', '6-1', '9-9', '12-1'), 'f', 'v'),
  call('XDEL', key, fc.constantFrom('1-1', '2-1', '6-1')),
  call('XLEN', key),
  call('XRANGE', key, '-', '+'),
  call('SET', key, 'v'),
  call('DEL', key),
);
