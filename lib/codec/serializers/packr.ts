// Not the package's main entry, which loads a native addon where one is installed: the bytes and their reading
// must be the same everywhere.
import { Packr } from 'msgpackr/pack';

const OPTIONS = {
  // Objects are records, so that they can be told from Maps. None is shared: every value can be read by itself.
  useRecords: true,
  maxSharedStructures: 0,
  moreTypes: true,
  // Buffers are copied out of the bytes that they are read from, which belong to a socket or to a local cache.
  copyBuffers: true,
};

const graphPackr = new Packr({ ...OPTIONS, structuredClone: true });
const treePackr = new Packr({ ...OPTIONS, structuredClone: false });

/** Keeps cycles and shared references. */
export function packGraph(value: unknown): Buffer {
  return graphPackr.pack(value);
}

/** Writes a shared reference as often as it is there: the bytes depend on nothing but the contents. */
export function packTree(value: unknown): Buffer {
  return treePackr.pack(value);
}

/** Reads either. Throws on bytes left over; the message may quote the value. */
export function unpack(data: Buffer): unknown {
  return graphPackr.unpack(data) as unknown;
}
