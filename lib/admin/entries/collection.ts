import { type Argument, type Command, type Key, Member } from '../../command-model/command.js';
import type { CachexService } from '../../index.js';
import { checkedCursor, isPosition } from '../dto/cursors.js';
import type { ItemDto } from '../dto/item.dto.js';
import type { ValueView } from './value-view.js';
import type { KeyCommand, RawKey } from './raw-key.js';

/** What is longer is not decoded; of a hash, not even asked for. */
export const longestItem = 65_536;
/** A page ends with the item that goes beyond. */
export const pageBytes = 1_000_000;

/** Something in a collection. */
export interface Item {
  /** The field of a hash, the index in a list, the ID of an entry. */
  readonly name?: string;
  /** A text where it is infinite. */
  readonly score?: number | string;
  readonly value: ValueView;
  /** How many bytes are stored. */
  readonly size: number;
  /** A digest of the stored bytes: a change must apply to the value that was shown. */
  readonly digest?: string;
  /** The stored bytes of a member, in base64: it is told by them, where they are few. */
  readonly member?: string;
}

export interface ItemsPage {
  readonly items: readonly Item[];
  /** Where to go on; left out at the end. */
  readonly cursor?: string;
  /** Bytes that an item takes on average: so many that none was asked for. */
  readonly tooLarge?: number;
}

/** An item as the server gives it. */
export interface RawItem {
  readonly name?: string;
  readonly score?: number | string;
  /** Its bytes; of an entry of a stream, those of its fields. Left out where they are too many to ask for. */
  readonly data?: Buffer | readonly (readonly [field: string, value: Buffer])[];
  readonly size: number;
  /** What somebody sees of it who changes it, where that is not its bytes. */
  readonly seen?: string;
}

export interface RawPage {
  readonly items: readonly RawItem[];
  readonly cursor?: string;
}

/** Where a page begins. */
export interface PageRequest {
  /** What the last page gave. */
  readonly cursor?: string;
  /** A glob pattern for the fields of a hash. */
  readonly match?: string;
  /** About how many items. */
  readonly count: number;
}

/** A page of a collection of so many items, which takes so many bytes as far as the server tells it. */
export interface LongRequest extends PageRequest {
  readonly length: number;
  readonly memory?: number;
}

/** What of an item only its type knows how to change. */
export interface ItemChange {
  /** The command that reads the current item, and its name. */
  readonly get: readonly [command: string, about: Argument];
  /** What of it was shown, where that is not what the command gives. */
  seen?(current: Buffer): string;
  /** The command that changes it, with what comes after the key. */
  readonly set: readonly [command: string, ...args: Argument[]];
}

/** A type of Redis that holds many values: never read as a whole, as it may be huge. */
export interface Collection {
  /** The command that counts its items. */
  readonly length: string;
  /** Whether its values are encoded for their key, as those of strings are. */
  readonly isOfKey?: boolean;
  /** The command behind a page, */
  command(request: PageRequest): KeyCommand;
  /** and what its reply means. */
  read(reply: unknown, request: PageRequest): RawPage;
  /** In place of both, where the sizes of items can be asked for before the items. */
  page?(raw: RawKey, request: LongRequest): Promise<RawPage | undefined>;
  /** Adds an item; whether it is new. */
  add(cache: CachexService, key: string, item: ItemDto): Promise<boolean>;
  /** Gives an item another value; left out where none can have one. */
  change?(item: ItemDto): ItemChange;
  /** Whether it was there; left out where it has to be known what is removed, */
  remove?(key: Key, item: ItemDto): Command<number>;
  /** and then how. */
  exchange?(item: ItemDto): ItemChange;
}

/** A page of a SCAN. */
export function scanned(items: readonly RawItem[], cursor: Buffer): RawPage {
  return String(cursor) === '0' ? { items } : { items, cursor: String(cursor) };
}

/** A page of a range that begins at a place: it is the last where it is not full. */
export function ranged(items: readonly RawItem[], { cursor = '0', count }: PageRequest): RawPage {
  return items.length < count ? { items } : { items, cursor: String(Number(cursor) + count) };
}

/** The indexes of a page, both included. */
export function indexesOf({ cursor = '0', count }: PageRequest): [start: number, end: number] {
  const start = Number(checkedCursor(cursor, (text) => isPosition(text) && Number.isSafeInteger(Number(text))));
  return [start, start + count - 1];
}

/** Where a SCAN goes on. */
export const positionOf = ({ cursor = '0' }: PageRequest): string => checkedCursor(cursor, isPosition);

export const itemOf = (data: Buffer): RawItem => ({ data, size: data.length });

/** A member by its stored bytes, or by its value. */
export function memberIn({ member, value }: ItemDto): Argument {
  return member === undefined ? new Member(needed(value, 'value')) : Buffer.from(member, 'base64');
}

/** Neighbours of a flat reply, two by two. */
export function pairsIn<T>(flat: readonly T[]): [T, T][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index]!, flat[2 * index + 1]!]);
}

/** What an item has to have for this. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`${what} is required`);
  return value;
}
