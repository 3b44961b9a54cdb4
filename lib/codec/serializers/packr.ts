// Not the package's main entry, which loads a native addon if one is installed: the bytes must be the same everywhere,
// and so must the way to read them.
import { Packr } from 'msgpackr/pack';
import { readTextOnly } from './text-extensions.js';

readTextOnly();

const OPTIONS = {
  moreTypes: true,
  // Buffers are copied out of the bytes they are read from, which belong to a socket or to a local copy.
  copyBuffers: true,
  // Other libraries write every integer over 32 bits as one of 64. Only those that a number cannot hold become bigint.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- msgpackr documents the option, but its types lack it
  int64AsType: 'auto' as 'number',
};

// Objects are records, which distinguishes them from Maps. No record is shared: every value can be read by itself.
const RECORDS = { ...OPTIONS, useRecords: true, maxSharedStructures: 0 };

const graphPackr = new Packr({ ...RECORDS, structuredClone: true });
const treePackr = new Packr({ ...RECORDS, structuredClone: false });
const mapPackr = new Packr({ ...OPTIONS, useRecords: false, mapsAsObjects: true, structuredClone: true });

/** Keeps cycles and shared references. */
export function packGraph(value: unknown): Buffer {
  return graphPackr.pack(value);
}

/** Repeats shared references: the bytes depend on nothing but the contents. */
export function packTree(value: unknown): Buffer {
  return treePackr.pack(value);
}

/**
 * Writes objects as maps, like any other MessagePack library: in half the time, for a few objects of different shapes.
 * No Maps, no cycles, at most {@link MAX_MAP_KEYS} keys.
 */
export function packMaps(value: unknown): Buffer {
  return mapPackr.pack(value);
}

export const MAX_MAP_KEYS = 0xffff;

/** Up to this many distinct objects are written as maps: they are compared one by one. */
export const FEW_OBJECTS = 8;

/** Stands for the byte that MessagePack never uses. */
export const NO_VALUE: unknown = mapPackr.unpack(Buffer.of(0xc1));

/** Reads the bytes of any of them, as long as there is no Map inside. Throws on trailing bytes. */
export function unpackObjects(data: Buffer): unknown {
  return unpackOne(mapPackr, data);
}

/** Reads records as objects, and maps as Maps. Throws on trailing bytes. */
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
 * If bytes are left over, the error of `unpack` quotes the whole value. That takes forever if the value shares
 * references, so trailing bytes are detected here.
 */
function unpackOne(packr: Packr, data: Buffer): unknown {
  packr.unpackMultiple(data, keepFirst);
  const value = firstValue;
  firstValue = undefined;
  if (firstEnd < data.length) throw new RangeError('Unexpected bytes after the value');
  return value;
}
