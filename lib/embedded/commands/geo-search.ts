import { double, integer, Options } from '../protocol/arguments.js';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError, syntaxError } from '../protocol/reply.js';
import type { Client } from '../engine/client.js';
import type { CommandTable } from '../engine/command.js';
import { distanceBetween, latitudeDistance, type Place, placeOf } from '../values/geohash.js';
import { SortedSet } from '../values/sorted-set.js';
import { formatDistance, formatPlace, readPlace, readUnit } from './geo.js';

/** The distance of a place that is inside the searched area, in metres; `undefined` outside. */
type Area = (center: Place, place: Place) => number | undefined;

interface Search {
  /** `member` without a place: the key is missing, so nothing is found. */
  center?: Place | 'missing';
  isByMember?: boolean;
  area?: Area;
  /** Metres per unit of the answer. */
  unit: number;
  order?: 'ASC' | 'DESC';
  count?: number;
  isAny: boolean;
  extras: Set<string>;
  storesDistance: boolean;
}

interface Found {
  readonly member: Bytes;
  readonly score: number;
  readonly place: Place;
  readonly distance: number;
}

const extraNames = ['WITHDIST', 'WITHHASH', 'WITHCOORD'];

function numeric(word: Bytes, what: string): number {
  return double(word, `ERR need numeric ${what}`);
}

function circle(radius: number): Area {
  return (center, place) => {
    const distance = distanceBetween(center, place);
    return distance <= radius ? distance : undefined;
  };
}

function box(width: number, height: number): Area {
  return (center, place) => {
    if (latitudeDistance(center, place) > height / 2) return undefined;
    const acrossFrom = { longitude: center.longitude, latitude: place.latitude };
    if (distanceBetween(place, acrossFrom) > width / 2) return undefined;
    return distanceBetween(center, place);
  };
}

function readCircle(search: Search, options: Options): void {
  const radius = numeric(options.value(), 'radius');
  if (radius < 0) throw new ReplyError('ERR radius cannot be negative');
  search.unit = readUnit(options.value());
  search.area = circle(radius * search.unit);
}

function readBox(search: Search, options: Options): void {
  const width = numeric(options.value(), 'width');
  const height = numeric(options.value(), 'height');
  if (width < 0 || height < 0) throw new ReplyError('ERR height or width cannot be negative');
  search.unit = readUnit(options.value());
  search.area = box(width * search.unit, height * search.unit);
}

function readMember(search: Search, sortedSet: SortedSet | undefined, member: Bytes): void {
  search.isByMember = true;
  search.center = 'missing';
  if (!sortedSet) return;
  const score = sortedSet.score(member);
  if (score === undefined) throw new ReplyError('ERR could not decode requested zset member');
  search.center = placeOf(score);
}

function readCount(word: Bytes): number {
  const count = integer(word);
  if (count <= 0) throw new ReplyError('ERR COUNT must be > 0');
  return count;
}

/** What was given by a member excludes a place, a circle excludes a box. */
function readSearch(words: readonly Bytes[], sortedSet: SortedSet | undefined, isStore: boolean): Search {
  const search: Search = { unit: 1, isAny: false, extras: new Set(), storesDistance: false };
  const options = new Options(words);
  let shape: string | undefined;
  for (let option = options.next(); option !== undefined; option = options.next()) {
    const left = options.remaining;
    if (extraNames.includes(option)) search.extras.add(option);
    else if (option === 'ANY') search.isAny = true;
    else if (option === 'ASC' || option === 'DESC') search.order = option;
    else if (option === 'COUNT' && left >= 1) search.count = readCount(options.value());
    else if (option === 'STOREDIST' && isStore) search.storesDistance = true;
    else if (option === 'FROMMEMBER' && left >= 1 && (search.isByMember ?? !search.center)) {
      readMember(search, sortedSet, options.value());
    } else if (option === 'FROMLONLAT' && left >= 2 && !search.isByMember) {
      search.center = readPlace(options.value(), options.value());
    } else if (option === 'BYRADIUS' && left >= 2 && shape !== 'BYBOX') {
      shape = option;
      readCircle(search, options);
    } else if (option === 'BYBOX' && left >= 3 && shape !== 'BYRADIUS') {
      shape = option;
      readBox(search, options);
    } else throw syntaxError();
  }
  return search;
}

function checkSearch({ center, area, isAny, count, extras }: Search, command: string): void {
  if (command === 'GEOSEARCHSTORE' && extras.size > 0) {
    throw new ReplyError('ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options');
  }
  if (!center) throw new ReplyError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${command}`);
  if (!area) throw new ReplyError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${command}`);
  if (isAny && count === undefined) throw new ReplyError('ERR the ANY argument requires COUNT argument');
}

function findAll(sortedSet: SortedSet | undefined, { center, area, order, count, isAny }: Search): Found[] {
  if (!sortedSet || !center || center === 'missing' || !area) return [];
  const found: Found[] = [];
  for (const { member, score } of sortedSet) {
    const place = placeOf(score);
    const distance = area(center, place);
    if (distance !== undefined) found.push({ member, score, place, distance });
    if (isAny && found.length === count) break;
  }
  const isSorted = order !== undefined || (count !== undefined && !isAny);
  if (isSorted) found.sort((a, b) => (order === 'DESC' ? b.distance - a.distance : a.distance - b.distance));
  return found.slice(0, count);
}

function search({ db }: Client, [key = '', ...words]: readonly Bytes[]): Answer {
  const sortedSet = db.read(key, SortedSet);
  const wanted = readSearch(words, sortedSet, false);
  checkSearch(wanted, 'GEOSEARCH');
  const { extras, unit } = wanted;
  return findAll(sortedSet, wanted).map(({ member, score, place, distance }): Answer => {
    if (extras.size === 0) return member;
    const answer: Answer[] = [member];
    if (extras.has('WITHDIST')) answer.push(formatDistance(distance / unit));
    if (extras.has('WITHHASH')) answer.push(score);
    if (extras.has('WITHCOORD')) answer.push(formatPlace(place));
    return answer;
  });
}

function searchAndStore({ db }: Client, [target = '', key = '', ...words]: readonly Bytes[]): Answer {
  const sortedSet = db.read(key, SortedSet);
  const wanted = readSearch(words, sortedSet, true);
  checkSearch(wanted, 'GEOSEARCHSTORE');
  const result = new SortedSet();
  for (const { member, score, distance } of findAll(sortedSet, wanted)) {
    result.set(member, wanted.storesDistance ? distance / wanted.unit : score);
  }
  db.putOrRemove(target, result, result.size);
  return result.size;
}

export const geoSearchCommands: CommandTable = {
  GEOSEARCH: { arity: -7, run: search },
  GEOSEARCHSTORE: { arity: -8, isWrite: true, run: searchAndStore },
};
