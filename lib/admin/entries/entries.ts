import { type Timeout, toMilliseconds } from '../../arguments/timeout.js';
import { quoted } from '../../errors/quoted.js';
import { isObject } from '../../options/option-rules.js';
import { StrictCache } from '../../views/strict-cache.js';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import type { CollectionType, ItemDto } from '../dto/item.dto.js';
import type { NewKeyDto, ValueDto } from '../dto/key.dto.js';
import type { Collection, ItemsPage, PageRequest } from './collection.js';
import { type BytesOf, wholeOf } from './contents.js';
import { type EntryFacts, factsOf, missing, type StringView, viewOfString } from './entry-view.js';
import { hash } from './hash.collection.js';
import { list } from './list.collection.js';
import { contentsOf, counterIn } from './new-key.js';
import { makeKey } from './whole-key.js';
import { exchangeItem, replaceString } from './lost-updates.js';
import { pageOf } from './pages.js';
import { about, type OpenCache, RawKey } from './raw-key.js';
import { set } from './set.collection.js';
import { sortedSet } from './sorted-set.collection.js';
import { expectKept, withValue } from './kept.js';
import { stream } from './stream.collection.js';

/** A key with its contents, or with the first page of them. */
export interface EntryView extends EntryFacts, Partial<ItemsPage>, Partial<StringView> {
  /** Number of items in a collection. */
  readonly length?: number;
  /** Whether the user may not read the contents. */
  readonly isWithheld?: boolean;
}

/** Selects a page of a collection. */
type PlaceInEntry = Pick<PageRequest, 'cursor' | 'match'>;

export const collections: Readonly<Record<CollectionType, Collection>> = { hash, list, set, zset: sortedSet, stream };
const pageLength = 100;

/** Reads and changes the contents of keys. */
@Injectable()
export class Entries {
  async view(open: OpenCache, key: string, { cursor, match }: PlaceInEntry, mayRead: boolean): Promise<EntryView> {
    const facts = await this.factsOf(open, key);
    if (!mayRead) return { ...facts, isWithheld: true };
    if (facts.type === 'string') return { ...facts, ...(await viewOfString(open, key)) };
    const collection = collectionOf(facts.type);
    // The type of a server module: the page can show and delete the key only.
    if (!collection) return facts;
    const length = Number(await new RawKey(open, key).ask(about(collection.length)));
    const request = { cursor, match, count: pageLength, length, memory: facts.memory };
    return { ...facts, length, ...(await pageOf(open, key, collection, request)) };
  }

  async create(open: OpenCache, dto: NewKeyDto): Promise<void> {
    const { key, value, timeout, type = 'string' } = withValue(dto);
    const { peek } = open;
    const bytesOf: BytesOf = (each, as) => expectKept(peek, key, each, as);
    const isNew =
      type === 'string' || type === 'counter'
        ? await addString(open, key, type === 'counter' ? counterIn(value) : value, timeout)
        : await makeKey(peek, key, await wholeOf(contentsOf(type, value), bytesOf), { leftMs: lifeOf(timeout) });
    if (!isNew) throw new ConflictException('A key of that name already exists');
  }

  /** Replaces a value; keeps time to live and tags. */
  async replace(open: OpenCache, dto: ValueDto): Promise<void> {
    const facts = await this.factsOf(open, dto.key);
    if (facts.type !== 'string') throw new ConflictException(`The key holds a ${facts.type} now`);
    if (facts.ttlMs === missing) {
      throw new ConflictException(
        'The value has expired or was invalidated, and is only a stale copy: delete it, or have it recomputed',
      );
    }
    const meant = withValue(dto);
    await expectKept(open.peek, dto.key, meant.value, 'value');
    await replaceString(open, facts, meant);
  }

  /** Adds an item, or replaces the one that the page showed. */
  async put(open: OpenCache, dto: ItemDto): Promise<void> {
    await expectType(open, dto.key, dto.type);
    const item = withValue(dto);
    const { [item.type]: collection } = collections;
    await expectItemKept(open, item);
    const change = item.digest !== undefined && collection.change?.(item);
    if (change) return exchangeItem(open, item, change);
    const isNew = await collection.add(StrictCache.of(open.cache), item.key, item);
    if (!isNew) throw new ConflictException('The item already exists: reload to see it');
  }

  async remove(open: OpenCache, dto: ItemDto): Promise<void> {
    await expectType(open, dto.key, dto.type);
    const item = withValue(dto);
    const { [item.type]: collection } = collections;
    const exchange = collection.exchange?.(item);
    if (exchange) return exchangeItem(open, item, exchange);
    const { peek } = open;
    const removal = collection.remove?.(peek.keyNamed(item.key), item);
    if (!removal || (await peek.carryOut(removal)) === 0) throw new NotFoundException('It no longer exists');
  }

  private async factsOf(open: OpenCache, key: string): Promise<EntryFacts> {
    const facts = await factsOf(open, key);
    if (!facts) throw notThere(key);
    return facts;
  }
}

/**
 * Prevents a change from creating an expired key again, without its time to live.
 *
 * @throws NotFoundException if the key does not exist
 * @throws ConflictException if the key has another type
 */
export async function expectType({ cache }: OpenCache, key: string, type: CollectionType): Promise<void> {
  const actual = await cache.type(key);
  if (actual === undefined) throw notThere(key);
  if (actual !== type) throw new ConflictException(`The key holds a ${actual} now`);
}

export const notThere = (key: string): NotFoundException =>
  new NotFoundException(`There is no key ${quoted(key)}; it may have expired or been deleted`);

async function addString({ cache, peek }: OpenCache, key: string, value: unknown, timeout?: Timeout): Promise<boolean> {
  await expectKept(peek, key, value, 'value');
  return StrictCache.of(cache).add(key, value, { timeout });
}

const lifeOf = (timeout: Timeout | undefined): number | null =>
  timeout === undefined ? null : toMilliseconds(timeout, 'timeout');

/** A stream stores each field of an entry separately. */
async function expectItemKept({ peek }: OpenCache, { key, type, value }: ItemDto): Promise<void> {
  if (value === undefined) return;
  const values = type === 'stream' && isObject(value) ? Object.values(value) : [value];
  const as = type === 'hash' ? 'value' : type === 'stream' ? 'payload' : 'member';
  for (const each of values) await expectKept(peek, key, each, as);
}

const collectionOf = (type: string): Collection | undefined =>
  (collections as Readonly<Record<string, Collection | undefined>>)[type];
