import type { Bytes } from '../protocol/bytes.js';
import { HashValue } from './hash.js';
import { List } from './list.js';
import { SetValue } from './set.js';
import { SortedSet } from './sorted-set.js';
import { Stream } from './stream.js';

export type Collection = HashValue | List | SetValue | SortedSet | Stream;

/** What a key holds. */
export type Value = Bytes | Collection;

/** The class of a kind of value. */
export type Kind<V extends Collection> = new () => V;

/** As TYPE names it. */
export function typeOf(value: Value): string {
  return typeof value === 'string' ? 'string' : value.type;
}

export function bytesOf(value: Value): number {
  return typeof value === 'string' ? value.length : value.bytes;
}
