/* oxlint-disable typescript/no-unsafe-type-assertion -- a shape describes the server's reply; any other reply is a TypeError, which the executor names */
import type { ReplyShape } from '../command-model/command.js';
import { shape, toNumber, whenDecoded } from '../command-model/replies.js';
import type { GeoPlace } from './geo-arguments.js';

/** The details of a member from `geosearch`. @publicApi */
export interface GeoFound<T> {
  /** The member, decoded. */
  readonly member: T;
  /** From the center of the area, in its unit. */
  readonly distance?: number;
  /** Where it is; with `withPlace`. */
  readonly place?: GeoPlace;
}

type RawPlace = readonly [longitude: unknown, latitude: unknown];

const placeOf = ([longitude, latitude]: RawPlace): GeoPlace => ({
  longitude: toNumber(longitude),
  latitude: toNumber(latitude),
});

/** One slot per member. */
export const places = (count: number): ReplyShape<(GeoPlace | undefined)[]> =>
  shape(
    (raw) => (raw as (RawPlace | null)[]).map((item) => (item === null ? undefined : placeOf(item))),
    () => Array.from({ length: count }, () => undefined),
  );

/** Each member, followed by the requested details. */
export const foundPlaces = (
  asked: Readonly<Record<'withDistance' | 'withPlace', boolean>>,
): ReplyShape<GeoFound<unknown>[]> =>
  shape(
    (raw, context) => {
      const items = raw as [Buffer, ...unknown[]][];
      return whenDecoded(
        items.map(([member]) => context.decode(member)),
        (members) => members.map((member, index) => ({ member, ...detailsOf(items[index]!.slice(1), asked) })),
      );
    },
    () => [],
  );

function detailsOf(
  details: readonly unknown[],
  { withDistance, withPlace }: Readonly<Record<'withDistance' | 'withPlace', boolean>>,
): Pick<GeoFound<unknown>, 'distance' | 'place'> {
  return {
    ...(withDistance && { distance: toNumber(details[0]) }),
    ...(withPlace && { place: placeOf(details.at(-1) as RawPlace) }),
  };
}
