import { type Argument, type Command, type Key, Member } from '../../command-model/command.js';
import type { CachexService } from '../../index.js';
import { checkedCursor, isPosition } from '../dto/cursors.js';
import type { ItemDto } from '../dto/item.dto.js';
import type { ValueView } from './value-view.js';
import type { KeyCommand, RawKey } from './raw-key.js';

/** Longer items are not decoded; longer fields of a hash are not even read. */
export const longestItem = 65_536;
/** A page ends after the item that exceeds this size. */
export const pageBytes = 1_000_000;

/** An item of a collection. */
export interface Item {
  /** The field of a hash, the index in a list, or the ID of a stream entry. */
  readonly name?: string;
  /** A string for infinite scores, which JSON cannot express. */
  readonly score?: number | string;
  readonly value: ValueView;
  /** Size in stored bytes. */
  readonly size: number;
  /** A digest of the stored bytes: a change must apply to the value that the page showed. */
  readonly digest?: string;
  /** The stored bytes of a short member in base64, which identify it. */
  readonly member?: string;
}

export interface ItemsPage {
  readonly items: readonly Item[];
  /** Where to continue; absent on the last page. */
  readonly cursor?: string;
  /** The average size of an item in bytes, if it is too large to read any. */
  readonly tooLarge?: number;
}

/** An item as the server returns it. */
export interface RawItem {
  readonly name?: string;
  readonly score?: number | string;
  /** The stored bytes; for a stream entry, those of each field. Absent if they are too long to read. */
  readonly data?: Buffer | readonly (readonly [field: string, value: Buffer])[];
  readonly size: number;
  /** The content that the digest covers, if it differs from the bytes. */
  readonly seen?: string;
}

export interface RawPage {
  readonly items: readonly RawItem[];
  readonly cursor?: string;
}

/** Selects a page of a collection. */
export interface PageRequest {
  /** The cursor that the previous page returned. */
  readonly cursor?: string;
  /** A glob pattern for the fields of a hash. */
  readonly match?: string;
  /** Approximate number of items. */
  readonly count: number;
}

/** Adds the number of items and, if the server reports it, their memory in bytes. */
export interface LongRequest extends PageRequest {
  readonly length: number;
  readonly memory?: number;
}

/** The commands by which a type changes one item. */
export interface ItemChange {
  /** Reads the current item: the command and the name of the item. */
  readonly get: readonly [command: string, about: Argument];
  /** Derives the content that the page showed, if it differs from the reply. */
  seen?(current: Buffer): string;
  /** Changes the item: the command and the arguments after the key. */
  readonly set: readonly [command: string, ...args: Argument[]];
}

/** A Redis type that holds many values. It is read in pages, because it may be huge. */
export interface Collection {
  /** The command that counts the items. */
  readonly length: string;
  /** Whether the encoding of values depends on the key, as with strings. */
  readonly isOfKey?: boolean;
  /** Builds the command for a page. */
  command(request: PageRequest): KeyCommand;
  /** Reads the reply of `command`. */
  read(reply: unknown, request: PageRequest): RawPage;
  /** Replaces `command` and `read` for a type that can report the sizes of items first. */
  page?(raw: RawKey, request: LongRequest): Promise<RawPage | undefined>;
  /** Adds an item. Resolves to whether it is new. */
  add(cache: CachexService, key: string, item: ItemDto): Promise<boolean>;
  /** Replaces the value of an item; absent for types whose items cannot change. */
  change?(item: ItemDto): ItemChange;
  /** Removes an item. Absent if removal must check the current item, as `exchange` does. */
  remove?(key: Key, item: ItemDto): Command<number>;
  /** Removes an item if it is the one that the page showed. */
  exchange?(item: ItemDto): ItemChange;
}

/** Builds a page from a reply of SCAN. */
export function scanned(items: readonly RawItem[], cursor: Buffer): RawPage {
  return String(cursor) === '0' ? { items } : { items, cursor: String(cursor) };
}

/** Builds a page from a range. A page that is not full is the last. */
export function ranged(items: readonly RawItem[], { cursor = '0', count }: PageRequest): RawPage {
  return items.length < count ? { items } : { items, cursor: String(Number(cursor) + count) };
}

/** The first and the last index of a page. */
export function indexesOf({ cursor = '0', count }: PageRequest): [start: number, end: number] {
  const start = Number(checkedCursor(cursor, (text) => isPosition(text) && Number.isSafeInteger(Number(text))));
  return [start, start + count - 1];
}

/** The cursor for SCAN. */
export const positionOf = ({ cursor = '0' }: PageRequest): string => checkedCursor(cursor, isPosition);

export const itemOf = (data: Buffer): RawItem => ({ data, size: data.length });

/** A member by its stored bytes or by its value. */
export function memberIn({ member, value }: ItemDto): Argument {
  return member === undefined ? new Member(needed(value, 'value')) : Buffer.from(member, 'base64');
}

/** Groups a flat reply into pairs. */
export function pairsIn<T>(flat: readonly T[]): [T, T][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!]);
}

/** Requires a property of an item. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`${what} is required`);
  return value;
}
