import type { CachexService } from '../../index.js';
import type { ItemDto } from '../dto/item.dto.js';
import type { ValueView } from './value-view.js';
import type { KeyCommand } from './raw-key.js';

/** Something in a collection. */
export interface Item {
  /** The field of a hash, the index in a list, the ID of an entry. */
  readonly name?: string;
  /** A text where it is infinite. */
  readonly score?: number | string;
  readonly value: ValueView;
}

export interface ItemsPage {
  readonly items: readonly Item[];
  /** Where to go on; left out at the end. */
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

/** A type of Redis that holds many values: never read as a whole, as it may be huge. */
export interface Collection {
  length(cache: CachexService, key: string): Promise<number>;
  page(cache: CachexService, key: string, request: PageRequest): Promise<ItemsPage>;
  /** The command behind a page, for values that no serializer can read, */
  command(request: PageRequest): KeyCommand;
  /** and what its reply means. */
  rawPage(reply: unknown, request: PageRequest): ItemsPage;
  /** Adds an item, or gives it another value. */
  put(cache: CachexService, key: string, item: ItemDto): Promise<unknown>;
  /** Whether it was there. */
  remove(cache: CachexService, key: string, item: ItemDto): Promise<boolean>;
}

/** A page of a SCAN. */
export function scanned(items: readonly Item[], cursor: string): ItemsPage {
  return cursor === '0' ? { items } : { items, cursor };
}

/** A page of a range that begins at a place: it is the last where it is not full. */
export function ranged(items: readonly Item[], { cursor = '0', count }: PageRequest): ItemsPage {
  return items.length < count ? { items } : { items, cursor: String(Number(cursor) + count) };
}

/** The indexes of a page, both included. */
export function indexesOf({ cursor = '0', count }: PageRequest): [start: number, end: number] {
  const start = Number(cursor);
  if (!Number.isSafeInteger(start) || start < 0)
    throw new TypeError('The cursor must be the one that the last page returned');
  return [start, start + count - 1];
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
