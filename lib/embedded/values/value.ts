import type { Bytes } from '../protocol/bytes.js';
import { HashValue } from './hash.js';
import { List } from './list.js';
import { SetValue } from './set.js';
import { SortedSet } from './sorted-set.js';
import { Stream } from './stream.js';

export type Collection = HashValue | List | SetValue | SortedSet | Stream;

/** What a key holds. */
export type Value = Bytes | Collection;

/** The class of a type of value; asking a key for another one is a WRONGTYPE. */
export interface Kind<V extends Collection> {
  new (): V;
  readonly type: string;
}

export const KINDS = [HashValue, List, SetValue, SortedSet, Stream] as const;

/** As TYPE names it. */
export function typeOf(value: Value): string {
  return typeof value === 'string' ? 'string' : (value.constructor as Kind<Collection>).type;
}

export function bytesOf(value: Value): number {
  return typeof value === 'string' ? value.length : value.bytes;
}
