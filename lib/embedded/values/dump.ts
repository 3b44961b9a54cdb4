import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { type Bytes, fromBytes, toBytes } from '../protocol/bytes.js';
import { ReplyError } from '../protocol/reply.js';
import { HashValue } from './hash.js';
import { List } from './list.js';
import { SetValue } from './set.js';
import { SortedSet } from './sorted-set.js';
import { dumpStream, restoreStream, type StreamDump } from './stream-dump.js';
import { typeOf, type Value } from './value.js';

/** The engine's own format, not Redis': a dump can only be restored by an embedded engine on the same Node.js version. */
type Dump =
  | { type: 'string'; data: Bytes }
  | { type: 'hash'; data: [field: Bytes, value: Bytes, expiresAt: number][] }
  | { type: 'set'; data: Bytes[] }
  | { type: 'list'; data: Bytes[] }
  | { type: 'zset'; data: [Bytes, number][] }
  | { type: 'stream'; data: StreamDump };

const checksumLength = 8;

/** Serialises a value, for DUMP and COPY. */
export function dumpValue(value: Value): Bytes {
  const data = toBytes(serialize({ type: typeOf(value), data: toData(value) }));
  return data + checksum(data);
}

export function restoreValue(payload: Bytes): Value {
  const data = payload.slice(0, -checksumLength);
  if (data === '' || payload !== data + checksum(data)) {
    throw new ReplyError('ERR DUMP payload version or checksum are wrong');
  }
  // The checksum says that dumpValue wrote it.
  const dump: Dump = deserialize(fromBytes(data));
  return fromDump(dump);
}

function checksum(data: Bytes): Bytes {
  return toBytes(createHash('sha256').update(data, 'latin1').digest()).slice(0, checksumLength);
}

function toData(value: Value): Dump['data'] {
  if (typeof value === 'string') return value;
  if (value instanceof HashValue) return dumpHash(value);
  if (value instanceof SetValue) return [...value.keys()];
  if (value instanceof List) return value.toArray();
  if (value instanceof SortedSet) return Array.from(value, ({ member, score }): [Bytes, number] => [member, score]);
  return dumpStream(value);
}

function dumpHash(hash: HashValue): [Bytes, Bytes, number][] {
  return Array.from(hash.entries(), ([field, value]) => [field, value, hash.expiresAt(field) ?? Infinity]);
}

function restoreField(hash: HashValue, [field, value, expiresAt]: [Bytes, Bytes, number]): void {
  hash.set(field, value);
  hash.expireAt(field, expiresAt);
}

function fromDump({ type, data }: Dump): Value {
  if (type === 'string') return data;
  if (type === 'stream') return restoreStream(data);
  if (type === 'hash') return filled(new HashValue(), data, restoreField);
  if (type === 'set') return filled(new SetValue(), data, (set, member) => set.set(member, true));
  if (type === 'list') return filled(new List(), data, (list, element) => list.push(element));
  return filled(new SortedSet(), data, (sortedSet, [member, score]) => sortedSet.set(member, score));
}

function filled<V, T>(collection: V, items: readonly T[], add: (collection: V, item: T) => void): V {
  for (const item of items) add(collection, item);
  return collection;
}
