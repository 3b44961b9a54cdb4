import { countArgument, describe, floatArgument } from '../arguments/arguments.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { type Argument, Member } from '../command-model/command.js';

/** A place on the Earth, in degrees. @publicApi */
export interface GeoPlace {
  /** From -180 (west) to 180 (east). */
  readonly longitude: number;
  /** From -85.05112878 (south) to 85.05112878 (north). */
  readonly latitude: number;
}

/** Metres, kilometres, feet or miles. @publicApi */
export type GeoUnit = 'm' | 'km' | 'ft' | 'mi';

/** The center of `geosearch`. @publicApi */
export interface GeoCenter {
  /** A place, or the member at that place. */
  readonly from: GeoPlace | { readonly member: unknown };
  /** The unit of lengths in arguments and results; metres (`'m'`) by default. */
  readonly unit?: GeoUnit;
}

/** A circle around a place. @publicApi */
export interface GeoCircle extends GeoCenter {
  /** The radius, in `unit`. */
  readonly radius: number;
}

/** A box around a place, along the parallels and meridians. @publicApi */
export interface GeoBox extends GeoCenter {
  /** Width and height, in `unit`; the place is in the middle. */
  readonly box: { readonly width: number; readonly height: number };
}

/** The area of `geosearch`. @publicApi */
export type GeoArea = GeoCircle | GeoBox;

/** Which members of an area are selected. @publicApi */
export interface GeoSelection {
  /** Nearest first (`'ASC'`), or farthest first. */
  readonly order?: 'ASC' | 'DESC';
  /** The most members: the nearest, unless `order` says otherwise. */
  readonly count?: number;
  /** With `count`: select the first ones found, which need not be the nearest. */
  readonly any?: boolean;
}

/** All options of an area. */
interface Said extends GeoCenter {
  readonly radius?: number;
  readonly box?: GeoBox['box'];
}

const maxLongitude = 180;
const maxLatitude = 85.05112878;

const areaNames: NamesOf<Said> = { from: true, unit: true, radius: true, box: true };
const areaExample = "{ from: { member: 'a' }, radius: 5, unit: 'km' }";
const placeExample = '{ longitude: 13.4, latitude: 52.5 }';
const memberNames = { member: true } as const;
const boxNames: NamesOf<GeoBox['box']> = { width: true, height: true };
export const selectionNames: NamesOf<GeoSelection> = { order: true, count: true, any: 'flag' };

/** Other properties of an object with a place do not matter. */
export function placeArguments(place: GeoPlace): [longitude: number, latitude: number] {
  if (typeof place !== 'object' || place === null) {
    throw new TypeError(`A place must be an object such as ${placeExample}, not ${describe(place)}`);
  }
  return [degrees(place.longitude, 'longitude', maxLongitude), degrees(place.latitude, 'latitude', maxLatitude)];
}

function degrees(value: number, what: string, most: number): number {
  if (Math.abs(floatArgument(value, what)) <= most) return value;
  throw new TypeError(`${what} must be from -${most} to ${most} degrees, not ${value}`);
}

export function unitArgument(unit: GeoUnit = 'm'): GeoUnit {
  if (!['m', 'km', 'ft', 'mi'].includes(unit)) throw new TypeError("unit must be 'm', 'km', 'ft' or 'mi'");
  return unit;
}

/** `FROM… BY… unit`. */
export function areaArguments(area: GeoArea): Argument[] {
  checkOptions(area, areaNames, 'An area', areaExample);
  const { from, radius, box, unit }: Said = area;
  if ((radius === undefined) === (box === undefined)) {
    throw new TypeError(`An area must have a radius or a box, such as ${areaExample}`);
  }
  const size = box === undefined ? ['BYRADIUS', lengthArgument(radius, 'radius')] : boxArguments(box);
  return [...centerArguments(from), ...size, unitArgument(unit)];
}

function centerArguments(from: GeoCenter['from']): Argument[] {
  if (typeof from !== 'object' || from === null || !('member' in from)) return ['FROMLONLAT', ...placeArguments(from)];
  checkOptions(from, memberNames, 'from', "{ member: 'a' }");
  return ['FROMMEMBER', new Member(from.member)];
}

function boxArguments(box: GeoBox['box']): Argument[] {
  checkOptions(box, boxNames, 'box', '{ width: 5, height: 5 }');
  return ['BYBOX', lengthArgument(box.width, 'width'), lengthArgument(box.height, 'height')];
}

function lengthArgument(value: number | undefined, what: string): number {
  const length = floatArgument(value, what);
  if (length < 0) throw new TypeError(`${what} must be at least 0, not ${length}`);
  return length;
}

/** `[ASC|DESC] [COUNT n [ANY]]`. */
export function selectionArguments(selection: GeoSelection = {}): Argument[] {
  const { order, count, any } = selection;
  if (order !== undefined && order !== 'ASC' && order !== 'DESC') throw new TypeError("order must be 'ASC' or 'DESC'");
  if (any && count === undefined) throw new TypeError('any needs a count');
  return [
    ...(order === undefined ? [] : [order]),
    ...(count === undefined ? [] : ['COUNT', countArgument(count, 'count', 1), ...(any ? ['ANY'] : [])]),
  ];
}
