// Not the package's main entry, which loads a native addon where one is installed: the bytes and their reading
// must be the same everywhere.
import { Packr } from 'msgpackr/pack';
import { readTextOnly } from './text-extensions.js';

readTextOnly();

const OPTIONS = {
  moreTypes: true,
  // Buffers are copied out of the bytes that they are read from, which belong to a socket or to a local cache.
  copyBuffers: true,
  // Others write any integer past 32 bits as one of 64. Only what a number cannot hold is read as a bigint.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- msgpackr documents it, and leaves it out of its types
  int64AsType: 'auto' as 'number',
};

// Objects are records, so that they can be told from Maps. None is shared: every value can be read by itself.
const RECORDS = { ...OPTIONS, useRecords: true, maxSharedStructures: 0 };

const graphPackr = new Packr({ ...RECORDS, structuredClone: true });
const treePackr = new Packr({ ...RECORDS, structuredClone: false });
const mapPackr = new Packr({ ...OPTIONS, useRecords: false, mapsAsObjects: true, structuredClone: true });

/** Keeps cycles and shared references. */
export function packGraph(value: unknown): Buffer {
  return graphPackr.pack(value);
}

/** Writes a shared reference as often as it is there: the bytes depend on nothing but the contents. */
export function packTree(value: unknown): Buffer {
  return treePackr.pack(value);
}

/**
 * Writes objects as maps, as any other MessagePack library does: in half of the time, for a few objects of different
 * shapes. No Maps, no cycles, at most {@link MAX_MAP_KEYS} keys.
 */
export function packMaps(value: unknown): Buffer {
  return mapPackr.pack(value);
}

export const MAX_MAP_KEYS = 0xffff;

/** Up to so many objects, each there once, are written as maps: they are compared one by one. */
export const FEW_OBJECTS = 8;

/** What is read for the byte that MessagePack never uses. */
export const NO_VALUE: unknown = mapPackr.unpack(Buffer.of(0xc1));

/** Reads what any of them wrote, as long as there is no Map in it. Throws on bytes left over. */
export function unpackObjects(data: Buffer): unknown {
  return unpackOne(mapPackr, data);
}

/** Reads records as objects, and maps as Maps. Throws on bytes left over. */
export function unpackMaps(data: Buffer): unknown {
  return unpackOne(graphPackr, data);
}

let firstValue: unknown;
let firstEnd = 0;

const keepFirst = (value: unknown, _start?: number, end?: number): false => {
  firstValue = value;
  firstEnd = end ?? 0;
  return false;
};

/**
 * `unpack` quotes the whole value in its complaint about bytes left over. That takes for ever where the value shares
 * references, so those bytes are looked for here.
 */
function unpackOne(packr: Packr, data: Buffer): unknown {
  packr.unpackMultiple(data, keepFirst);
  const value = firstValue;
  firstValue = undefined;
  if (firstEnd < data.length) throw new RangeError('Unexpected bytes after the value');
  return value;
}
