import type { ReplyShape } from '../command-model/command.js';
import { decodeAll, shape } from '../command-model/replies.js';
import { whenRead } from '../waiting/all-of.js';
import { listIn, listOf, numberIn } from '../wire/reply-parts.js';
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

function placeOf(raw: unknown): GeoPlace {
  const [longitude, latitude] = listOf(2, raw);
  return { longitude: numberIn(longitude), latitude: numberIn(latitude) };
}

/** One slot per member. */
export const places = (count: number): ReplyShape<(GeoPlace | undefined)[]> =>
  shape(
    (raw) => listOf(count, raw).map((item) => (item === null ? undefined : placeOf(item))),
    () => Array.from({ length: count }, () => undefined),
  );

/** Each member, followed by the requested details. */
export const foundPlaces = (
  asked: Readonly<Record<'withDistance' | 'withPlace', boolean>>,
): ReplyShape<GeoFound<unknown>[]> =>
  shape(
    (raw, context) => {
      const items = listIn(raw).map(listIn);
      const details = items.map((item) => detailsOf(item.slice(1), asked));
      return whenRead(
        decodeAll(
          items.map(([member]) => member),
          context,
        ),
        (members) => members.map((member, index) => ({ member, ...details[index] })),
      );
    },
    () => [],
  );

function detailsOf(
  details: readonly unknown[],
  { withDistance, withPlace }: Readonly<Record<'withDistance' | 'withPlace', boolean>>,
): Pick<GeoFound<unknown>, 'distance' | 'place'> {
  return {
    ...(withDistance && { distance: numberIn(details[0]) }),
    ...(withPlace && { place: placeOf(details.at(-1)) }),
  };
}
