// Not the package's main entry, which loads a native addon where one is installed: the bytes and their reading
// must be the same everywhere.
import { Packr } from 'msgpackr/pack';

const OPTIONS = {
  moreTypes: true,
  // Buffers are copied out of the bytes that they are read from, which belong to a socket or to a local cache.
  copyBuffers: true,
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

/** Reads what any of them wrote, as long as there is no Map in it. Throws on bytes left over; the message may quote the value. */
export function unpackObjects(data: Buffer): unknown {
  return mapPackr.unpack(data) as unknown;
}

/** Reads records as objects, and maps as Maps. Throws as {@link unpackObjects} does. */
export function unpackMaps(data: Buffer): unknown {
  return graphPackr.unpack(data) as unknown;
}
