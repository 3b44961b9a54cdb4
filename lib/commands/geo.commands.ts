import type { NamesOf } from '../arguments/option-names.js';
import { type MappingOf, pairsOf } from '../arguments/mapping.js';
import { twoKeyNames, type TwoKeyOptions, versionNames, type VersionOption } from '../arguments/version.js';
import { type Argument, Known, Member, read, write } from '../command-model/command.js';
import { concat, inParts, sum } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { CommandGroup, type Reply, type Surface } from './command-group.js';
import {
  areaArguments,
  type GeoArea,
  type GeoPlace,
  type GeoSelection,
  type GeoUnit,
  placeArguments,
  selectionArguments,
  selectionNames,
  unitArgument,
} from './geo-arguments.js';
import { foundPlaces, type GeoFound, places } from './geo-replies.js';

/** Which members `geoadd` changes, and what it returns. @publicApi */
export interface GeoaddOptions extends VersionOption {
  /** Only add new members. */
  readonly nx?: boolean;
  /** Only move existing members. */
  readonly xx?: boolean;
  /** Return the number of members added or moved, not only of those added. */
  readonly ch?: boolean;
}

/** The unit of `geodist`. @publicApi */
export interface GeodistOptions extends VersionOption {
  /** Metres (`'m'`), by default. */
  readonly unit?: GeoUnit;
}

/** Which members `geosearch` returns, and with which details. @publicApi */
export interface GeosearchOptions extends VersionOption, GeoSelection {
  /** Return the distance of each from the center of the area, in the unit of the area. */
  readonly withDistance?: boolean;
  /** Return the place of each. */
  readonly withPlace?: boolean;
}

/** Which members `geosearchstore` stores, and with what scores. @publicApi */
export interface GeosearchstoreOptions extends TwoKeyOptions, GeoSelection {
  /**
   * Scores are distances from the center, in the unit of the area; otherwise they are places, as `geoadd` stores them.
   */
  readonly storeDistance?: boolean;
}

type Distance = { readonly withDistance: true };
type Place = { readonly withPlace: true };

const geoaddNames: NamesOf<GeoaddOptions> = { ...versionNames, nx: 'flag', xx: 'flag', ch: 'flag' };
const geodistNames: NamesOf<GeodistOptions> = { ...versionNames, unit: true };
const geosearchNames: NamesOf<GeosearchOptions> = {
  ...versionNames,
  ...selectionNames,
  withDistance: 'flag',
  withPlace: 'flag',
};
const geosearchstoreNames: NamesOf<GeosearchstoreOptions> = {
  ...twoKeyNames,
  ...selectionNames,
  storeDistance: 'flag',
};

/**
 * Places on the Earth, in a sorted set: `zrem` removes one. Members are encoded as those of sets; places are rounded
 * to less than a metre, and distances are those on a sphere, up to 0.5 % off.
 *
 * @publicApi
 */
export abstract class GeoCommands<S extends Surface> extends CommandGroup<S> {
  /**
   * Adds members with their places, or moves them; returns how many are new (`ch`: new or moved). Redis: `GEOADD`.
   *
   * @throws TypeError for a longitude beyond 180 degrees or a latitude beyond 85.05112878, which the server cannot
   * store
   * @example
   * await cache.geoadd('shops', { mitte: { longitude: 13.405, latitude: 52.52 } });
   */
  geoadd<M extends object>(
    key: string,
    members: MappingOf<M, unknown, GeoPlace>,
    options?: GeoaddOptions,
  ): Reply<S, number> {
    return this.send<number>(() => {
      const owner = this.keyOf(key, options, geoaddNames);
      const { nx, xx, ch } = options ?? {};
      if (nx && xx) throw new TypeError('geoadd takes nx or xx, not both');
      const pairs = pairsOf<unknown, GeoPlace>(members);
      const items = pairs.flatMap(([member, place]): Argument[] => [...placeArguments(place), new Member(member)]);
      if (items.length === 0) return new Known(0);
      const flags = Object.entries({ nx, xx, ch }).flatMap(([name, on]) => (on ? [name.toUpperCase()] : []));
      return inParts(items, (part) => write('GEOADD', [owner, ...flags, ...part], replies.integer), sum, 3);
    });
  }

  /**
   * One slot per member: its place, `undefined` if it does not exist. Redis: `GEOPOS`.
   *
   * @example
   * const [berlin, nowhere] = await cache.geopos('cities', 'Berlin', 'Atlantis'); // [GeoPlace, undefined]
   */
  geopos(key: string, ...members: unknown[]): Reply<S, (GeoPlace | undefined)[]> {
    return this.send<(GeoPlace | undefined)[]>(() => {
      const owner = this.keyOf(key);
      if (members.length === 0) return new Known([]);
      const reply = places(members.length);
      return inParts(
        members.map((member) => new Member(member)),
        (part) => read('GEOPOS', [owner, ...part], reply),
        concat,
      );
    });
  }

  /**
   * The distance between two members, `undefined` if one of them does not exist. Redis: `GEODIST`.
   *
   * @example
   * const km = await cache.geodist('cities', 'Berlin', 'Paris', { unit: 'km' });
   */
  geodist(key: string, one: unknown, other: unknown, options?: GeodistOptions): Reply<S, number | undefined> {
    return this.send<number | undefined>(() => {
      const owner = this.keyOf(key, options, geodistNames);
      const args = [owner, new Member(one), new Member(other), unitArgument(options?.unit)];
      return read('GEODIST', args, replies.optionalFloat);
    });
  }

  /**
   * Members in an area: a circle (`radius`) or a box around a place or a member. Unordered without `order` or `count`.
   * With `withDistance` or `withPlace`, returns an object for each. Redis: `GEOSEARCH`.
   *
   * @throws KeyNotFoundError if the center of the area is a missing member
   * @example
   * const near = await cache.geosearch<string>(
   *   'shops',
   *   { from: { longitude: 13.4, latitude: 52.5 }, radius: 5, unit: 'km' },
   *   { count: 10, withDistance: true },
   * );
   * near[0]?.distance;
   */
  geosearch<T = unknown>(
    key: string,
    area: GeoArea,
    options: GeosearchOptions & Distance & Place,
  ): Reply<S, Required<GeoFound<T>>[]>;
  geosearch<T = unknown>(
    key: string,
    area: GeoArea,
    options: GeosearchOptions & Distance & { readonly withPlace?: false },
  ): Reply<S, Required<Pick<GeoFound<T>, 'member' | 'distance'>>[]>;
  geosearch<T = unknown>(
    key: string,
    area: GeoArea,
    options: GeosearchOptions & Place & { readonly withDistance?: false },
  ): Reply<S, Required<Pick<GeoFound<T>, 'member' | 'place'>>[]>;
  geosearch<T = unknown>(
    key: string,
    area: GeoArea,
    options?: GeosearchOptions & { readonly withDistance?: false; readonly withPlace?: false },
  ): Reply<S, T[]>;
  geosearch(key: string, area: GeoArea, options?: GeosearchOptions): Reply<S, unknown> {
    return this.send<unknown>(() => {
      const owner = this.keyOf(key, options, geosearchNames);
      const { withDistance = false, withPlace = false } = options ?? {};
      const extras = [...(withDistance ? ['WITHDIST'] : []), ...(withPlace ? ['WITHCOORD'] : [])];
      const args = [owner, ...areaArguments(area), ...selectionArguments(options), ...extras];
      return extras.length === 0
        ? read<unknown>('GEOSEARCH', args, replies.values())
        : read<unknown>('GEOSEARCH', args, foundPlaces({ withDistance, withPlace }));
    });
  }

  /**
   * Stores the members in an area as another sorted set, overwriting the destination; returns how many. Redis:
   * `GEOSEARCHSTORE`.
   *
   * @throws KeyNotFoundError if the center of the area is a missing member
   * @throws CrossSlotError on a cluster, if the keys are in two slots
   * @example
   * await cache.geosearchstore('{shops}:near', '{shops}', { from: { member: 'mitte' }, radius: 5, unit: 'km' });
   */
  geosearchstore(
    destination: string,
    source: string,
    area: GeoArea,
    options?: GeosearchstoreOptions,
  ): Reply<S, number> {
    return this.send<number>(() => {
      const [from, to] = this.sourceAndDestination(source, destination, options, geosearchstoreNames);
      const scores = options?.storeDistance ? ['STOREDIST'] : [];
      const args = [to, from, ...areaArguments(area), ...selectionArguments(options), ...scores];
      return write('GEOSEARCHSTORE', args, replies.integer);
    });
  }
}
