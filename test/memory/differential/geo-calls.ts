import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { call, float, key, maybe, member, members, some } from './calls.js';

/** Redis does not find members at longitude 180, nor close to it: its cells end before. */
const coordinate = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -85, max: 85, noNaN: true }).map((n) => n.toFixed(6)) },
  { weight: 1, arbitrary: fc.constantFrom('13.361389', '38.115556', '15.087269', '37.502669', '-180', '0') },
  { weight: 1, arbitrary: float },
);
/** No two members have the same distance from a place: `COUNT` does not define which of them counts. */
function latitudeOf(name: string | Buffer): string {
  const hash = createHash('sha1').update(name).digest().readUInt32BE();
  return ((hash / 2 ** 32 - 0.5) * 170).toFixed(6);
}

const wrongLatitude = fc.oneof(
  { weight: 12, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('x', '', 'nan', '86', '-90', 'inf') },
);
const places = fc
  .array(fc.tuple(coordinate, wrongLatitude, member), { minLength: 1, maxLength: 4 })
  .map((list) => list.flatMap(([longitude, wrong, name]) => [longitude, wrong ?? latitudeOf(name), name]));
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('m', 'KM', 'mi', 'ft') },
  { weight: 1, arbitrary: fc.constantFrom('cm', '') },
);
const length = fc.constantFrom('1000', '20000', '5000000', '0', '0.5', '-1', 'x');
const from = fc.oneof(
  member.map((name): (string | Buffer)[] => ['FROMMEMBER', name]),
  fc.tuple(fc.constant('fromlonlat'), coordinate, coordinate).map((words): string[] => words),
);
const by = fc.oneof(
  fc.tuple(fc.constant('BYRADIUS'), length, unit).map((words): string[] => words),
  fc.tuple(fc.constant('bybox'), length, length, unit).map((words): string[] => words),
);
const count = fc.constantFrom('1', '2', '0', '-1', 'x').map((n) => ['COUNT', n]);

export const geoCalls = fc.oneof(
  call('GEOADD', key, some('NX', 'xx', 'CH'), places),
  call('GEOADD', key, places),
  call('GEOADD', key, places),
  call('GEODIST', key, member, member, maybe('m', 'KM', 'mi', 'ft', 'cm')),
  call('GEOHASH', key, members),
  call('GEOPOS', key, members),
  call('GEOSEARCH', key, from, by, some('WITHDIST', 'withhash', 'WITHCOORD', 'ASC', 'DESC', count)),
  call('GEOSEARCH', key, from, by, 'ASC', some('WITHDIST', 'WITHCOORD', count)),
  call('GEOSEARCH', key, some(from, by, from, 'ANY')),
  call('GEOSEARCHSTORE', key, key, from, by, some('STOREDIST', 'WITHDIST', 'DESC', count)),
);

/** The keys that they work on. */
export const geoNeighbours = fc.oneof(
  call('ZCARD', key),
  call('ZREM', key, member),
  call('ZADD', key, fc.constantFrom('1', '3479099956230698'), member),
  call('ZRANGE', key, '0', '-1'),
  call('SET', key, 'v'),
  call('DEL', key),
);

const elements = fc.array(fc.oneof(member, fc.integer({ min: 0, max: 5000 }).map(String)), { maxLength: 40 });

export const hyperLogLogCalls = fc.oneof(
  call('PFADD', key, elements),
  call('PFADD', key, elements),
  call('PFCOUNT', fc.array(key, { minLength: 1, maxLength: 3 })),
  call('PFCOUNT', key),
  call('PFMERGE', key, fc.array(key, { maxLength: 3 })),
);

/** The keys that they work on. */
export const hyperLogLogNeighbours = fc.oneof(
  call('TYPE', key),
  call('DEL', key),
  call('SET', key, fc.constantFrom('v', 'HYLL', 'HYLL\u0000')),
  call('SADD', key, member),
  call('EXPIRE', key, '1000'),
  call('TTL', key),
  call('COPY', key, key, 'REPLACE'),
);
