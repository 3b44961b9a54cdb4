/** A place on Earth, in degrees. */
export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

const maxLongitude = 180;
/** The limit of the Mercator projection, which Redis keeps to. */
const maxLatitude = 85.05112878;
const steps = 2 ** 26;
/** In metres, as Redis has it. */
const earthRadius = 6372797.560856;
const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';
const hashLength = 11;

export function isOnMap({ longitude, latitude }: Place): boolean {
  return Math.abs(longitude) <= maxLongitude && Math.abs(latitude) <= maxLatitude;
}

/** Interleaves 26 bits of each coordinate, the longitude's first. */
function interleave({ longitude, latitude }: Place, latitudes: number): bigint {
  const x = BigInt(Math.trunc(((longitude + maxLongitude) / (2 * maxLongitude)) * steps));
  const y = BigInt(Math.trunc(((latitude + latitudes) / (2 * latitudes)) * steps));
  let bits = 0n;
  for (let bit = 31n; bit >= 0n; bit--) bits = (bits << 2n) | (((x >> bit) & 1n) << 1n) | ((y >> bit) & 1n);
  return bits;
}

/** The score of a place in a sorted set: 52 bits of geohash. */
export function scoreOf(place: Place): number {
  return Number(interleave(place, maxLatitude));
}

/** The middle of the cell that a score stands for. */
export function placeOf(score: number): Place {
  const bits = BigInt.asUintN(64, BigInt(Math.trunc(score)));
  let [x, y] = [0, 0];
  for (let bit = 31n; bit >= 0n; bit--) {
    x = x * 2 + Number((bits >> (2n * bit + 1n)) & 1n);
    y = y * 2 + Number((bits >> (2n * bit)) & 1n);
  }
  return { longitude: middle(x, maxLongitude), latitude: middle(y, maxLatitude) };
}

function middle(cell: number, max: number): number {
  const low = -max + (cell / steps) * (2 * max);
  const high = -max + ((cell + 1) / steps) * (2 * max);
  return Math.min(max, Math.max(-max, (low + high) / 2));
}

/** The standard geohash text, whose latitudes go to 90 degrees and whose last letter Redis leaves at zero. */
export function geohashOf(score: number): string {
  const bits = interleave(placeOf(score), 90);
  const letters = Array.from({ length: hashLength - 1 }, (_, index) => {
    const shift = BigInt(52 - (index + 1) * 5);
    return alphabet[Number((bits >> shift) & 31n)] ?? '';
  });
  return `${letters.join('')}0`;
}

const radians = (degrees: number) => degrees * (Math.PI / 180);

export function latitudeDistance(a: Place, b: Place): number {
  return earthRadius * Math.abs(radians(b.latitude) - radians(a.latitude));
}

/** In metres, by the haversine formula. */
export function distanceBetween(a: Place, b: Place): number {
  const v = Math.sin((radians(b.longitude) - radians(a.longitude)) / 2);
  if (v === 0) return latitudeDistance(a, b);
  const [latA, latB] = [radians(a.latitude), radians(b.latitude)];
  const u = Math.sin((latB - latA) / 2);
  return 2 * earthRadius * Math.asin(Math.sqrt(u * u + Math.cos(latA) * Math.cos(latB) * v * v));
}
