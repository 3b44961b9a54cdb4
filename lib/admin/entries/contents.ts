import type { Encoded } from '../../codec/codec.types.js';
import type { StoredAs } from './peek-cache.js';
import { type Fields, type Group, hashOf, listOf, setOf, sortedSetOf, streamOf, type WholeKey } from './whole-key.js';

/** The contents of a collection, as values or as stored bytes. */
export type Contents =
  | { readonly type: 'list' | 'set'; readonly values: readonly unknown[] }
  | { readonly type: 'hash'; readonly fields: ReadFields }
  | { readonly type: 'zset'; readonly members: readonly (readonly [value: unknown, score: number])[] }
  | {
      readonly type: 'stream';
      readonly entries: readonly (readonly [id: string, fields: ReadFields])[];
      readonly groups: readonly Group[];
    };

/** The fields of a hash, each with its own time to live, if it has one. */
export type ReadFields = readonly (readonly [name: string, value: unknown, leftMs?: number])[];

export type BytesOf = (value: unknown, as: StoredAs) => Promise<Encoded>;

/** Encodes every value; throws if a value cannot be encoded. */
export async function wholeOf(contents: Contents, bytesOf: BytesOf): Promise<WholeKey> {
  const all = async (fields: ReadFields, as: StoredAs): Promise<Fields> => {
    const stored: [string, Encoded, number?][] = [];
    for (const [name, value, leftMs] of fields) stored.push([name, await bytesOf(value, as), leftMs]);
    return stored;
  };
  switch (contents.type) {
    case 'hash':
      return hashOf(await all(contents.fields, 'value'));
    case 'stream': {
      const entries: [string, Fields][] = [];
      for (const [id, fields] of contents.entries) entries.push([id, await all(fields, 'payload')]);
      return streamOf(entries, contents.groups);
    }
    case 'zset': {
      const members: [Encoded, number][] = [];
      for (const [value, score] of contents.members) members.push([await bytesOf(value, 'member'), score]);
      return sortedSetOf(members);
    }
    default: {
      const members: Encoded[] = [];
      for (const value of contents.values) members.push(await bytesOf(value, 'member'));
      return contents.type === 'list' ? listOf(members) : setOf(members);
    }
  }
}
