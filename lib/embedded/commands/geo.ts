import { double } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { formatShortest } from '../protocol/numbers.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable, Run } from '../engine/command.js';
import { distanceBetween, geohashOf, isOnMap, type Place, placeOf, scoreOf } from '../values/geohash.js';
import { SortedSet } from '../values/sorted-set.js';
import { type AddFlag, addScored } from './sorted-sets.js';

const metres: Readonly<Record<string, number | undefined>> = { M: 1, KM: 1000, FT: 0.3048, MI: 1609.34 };

/** How many metres a unit has. */
export function readUnit(word: Bytes): number {
  const factor = metres[word.toUpperCase()];
  if (factor === undefined) throw new ReplyError('ERR unsupported unit provided. please use M, KM, FT, MI');
  return factor;
}

export function readPlace(longitude: Bytes, latitude: Bytes): Place {
  const place = { longitude: double(longitude), latitude: double(latitude) };
  if (isOnMap(place)) return place;
  const pair = `${fixed(place.longitude)},${fixed(place.latitude)}`;
  throw new ReplyError(`ERR invalid longitude,latitude pair ${pair}`);
}

/** C's `%f`. */
function fixed(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.000000';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

/** As Redis prints distances. */
export function formatDistance(distance: number): Bytes {
  return distance.toFixed(4);
}

export function formatPlace({ longitude, latitude }: Place): Answer {
  return [formatShortest(longitude), formatShortest(latitude)];
}

function add(client: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const flags = new Set<AddFlag>();
  let position = 0;
  for (; position < words.length; position++) {
    const word = words[position]?.toUpperCase();
    if (word !== 'NX' && word !== 'XX' && word !== 'CH') break;
    flags.add(word);
  }
  const rest = words.slice(position);
  if (rest.length % 3 !== 0 || (flags.has('NX') && flags.has('XX'))) throw syntaxError();
  const entries = Array.from({ length: rest.length / 3 }, (_, index) => {
    const [longitude = '', latitude = '', member = ''] = rest.slice(index * 3);
    return { member, score: scoreOf(readPlace(longitude, latitude)) };
  });
  if (entries.length === 0) throw syntaxError();
  return addScored(client, key, entries, flags);
}

function distance({ db }: Client, [key = '', a = '', b = '', unit, ...rest]: readonly Bytes[]): Answer {
  if (rest.length > 0) throw syntaxError();
  const factor = readUnit(unit ?? 'M');
  const sortedSet = db.read(key, SortedSet);
  const [scoreA, scoreB] = [sortedSet?.score(a), sortedSet?.score(b)];
  if (scoreA === undefined || scoreB === undefined) return null;
  return formatDistance(distanceBetween(placeOf(scoreA), placeOf(scoreB)) / factor);
}

/** One answer per member, null for a missing one. */
function perMember(render: (score: number) => Answer): Run {
  return ({ db }, [key = '', ...members]) => {
    const sortedSet = db.read(key, SortedSet);
    return members.map((member) => {
      const score = sortedSet?.score(member);
      return score === undefined ? null : render(score);
    });
  };
}

export const geoCommands: CommandTable = {
  GEOADD: { arity: -5, isWrite: true, run: add },
  GEODIST: { arity: -4, run: distance },
  GEOHASH: { arity: -2, run: perMember(geohashOf) },
  GEOPOS: { arity: -2, run: perMember((score) => formatPlace(placeOf(score))) },
};
