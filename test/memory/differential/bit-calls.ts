import * as fc from 'fast-check';
import { call, integer, key, maybe } from './calls.js';

const offset = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 70 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('-1', 'x', '', '4294967296', '1.5', '#2') },
);
const bit = fc.constantFrom('0', '1', '1', '2', 'x');
const keys = fc.array(key, { minLength: 1, maxLength: 3 });
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('u8', 'i8', 'u1', 'i64', 'u63', 'i5', 'u13', 'i1') },
  { weight: 1, arbitrary: fc.constantFrom('u64', 'i65', 'u0', 'x8', 'U8', 'i', 'u+1') },
);
const place = fc.oneof(
  offset,
  fc.integer({ min: 0, max: 9 }).map((index) => `#${index}`),
);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -300, max: 300 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('9223372036854775807', '-9223372036854775808', '128', '-129', 'x', '1.5') },
);
const get = fc.tuple(fc.constant('GET'), type, place).map((words): string[] => words);
const write = fc.tuple(fc.constantFrom('SET', 'incrby'), type, place, amount).map((words): string[] => words);
const overflow = fc.constantFrom('WRAP', 'sat', 'FAIL', 'SAT', 'nope').map((how) => ['OVERFLOW', how]);
const operations = fc.array(fc.oneof(get, write, write, overflow), { maxLength: 5 }).map((list) => list.flat());

/** Commands on bitmaps, with the operations that Redis 8.2 has added to BITOP. */
export const bitCalls = fc.oneof(
  call('SETBIT', key, offset, bit),
  call('SETBIT', key, offset, bit),
  call('GETBIT', key, offset),
  call('BITCOUNT', key),
  call('BITCOUNT', key, integer, integer, maybe('BIT', 'byte', 'BITS')),
  call('BITPOS', key, bit),
  call('BITPOS', key, bit, integer),
  call('BITPOS', key, bit, integer, integer, maybe('bit', 'BYTE', 'BITS')),
  call('BITOP', fc.constantFrom('AND', 'or', 'XOR', 'DIFF', 'DIFF1', 'ANDOR', 'one', 'NAND'), key, keys),
  call('BITOP', 'NOT', key, key),
  call('BITFIELD', key, operations),
  call('BITFIELD', key, operations),
  call(
    'BITFIELD_RO',
    key,
    fc.array(get, { maxLength: 3 }).map((list) => list.flat()),
  ),
);

/** The keys that they work on. */
export const bitNeighbours = fc.oneof(
  call(
    'SET',
    key,
    fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
  ),
  call('GET', key),
  call('DEL', key),
  call('STRLEN', key),
  call('EXPIRE', key, '1000'),
  call('TTL', key),
  call('SADD', key, 'm'),
);
