import { quoted } from '../../errors/quoted.js';
import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { CodecError, type Timeout } from '../../index.js';
import type { CollectionType, ItemDto } from '../dto/item.dto.js';
import type { EntryDto, NewKeyDto, ValueDto } from '../dto/key.dto.js';
import type { ValueView } from './value-view.js';
import type { Collection, ItemsPage, PageRequest } from './collection.js';
import { type EntryFacts, factsOf, missing, valueOf } from './entry-view.js';
import { hash } from './hash.collection.js';
import { list } from './list.collection.js';
import { type OpenCache, RawKey } from './raw-key.js';
import { set } from './set.collection.js';
import { sortedSet } from './sorted-set.collection.js';
import { stream } from './stream.collection.js';

/** A key with what it holds, or the first of it. */
export interface EntryView extends EntryFacts, Partial<ItemsPage> {
  /** Of a string. */
  readonly value?: ValueView;
  /** How many items a collection has. */
  readonly length?: number;
}

const collections: Readonly<Record<CollectionType, Collection>> = { hash, list, set, zset: sortedSet, stream };
const pageLength = 100;

/** What is in keys, to see and to change. */
@Injectable()
export class Entries {
  async view(open: OpenCache, { key, cursor, match }: EntryDto): Promise<EntryView> {
    const facts = await this.factsOf(open, key);
    if (facts.type === 'string') return { ...facts, value: await valueOf(open, key) };
    const collection = collectionOf(facts.type);
    // A module's type: it is there, and can be deleted.
    if (!collection) return facts;
    const [length, page] = await Promise.all([
      collection.length(open.cache, key),
      pageOf(open, key, collection, { cursor, match, count: pageLength }),
    ]);
    return { ...facts, length, ...page };
  }

  async create({ cache }: OpenCache, { key, value, timeout }: NewKeyDto): Promise<void> {
    const isNew = await cache.add(key, value, { timeout });
    if (!isNew) throw new ConflictException('A key of that name already exists');
  }

  /** Another value; time to live and tags stay. */
  async replace(open: OpenCache, { key, value }: ValueDto): Promise<void> {
    const { type, ttlMs, tags } = await this.factsOf(open, key);
    if (type !== 'string') throw new ConflictException(`The key holds a ${type} now`);
    if (ttlMs === missing) {
      throw new ConflictException(
        'The value has expired or was invalidated, and is only a stale copy: delete it, or have it recomputed',
      );
    }
    // The time that it is kept beyond its end (grace) is not for the new value.
    const left: Timeout = ttlMs < 0 ? null : ttlMs / 1000;
    const kept = tags ? { timeout: left, tags, stampede: false } : { keepTtl: true };
    if (!(await open.cache.set(key, value, { xx: true, ...kept }))) throw notThere(key);
  }

  async put(open: OpenCache, item: ItemDto): Promise<void> {
    await this.expectType(open, item);
    await collections[item.type].put(open.cache, item.key, item);
  }

  async remove(open: OpenCache, item: ItemDto): Promise<void> {
    await this.expectType(open, item);
    if (await collections[item.type].remove(open.cache, item.key, item)) return;
    throw new NotFoundException('It no longer exists');
  }

  private async factsOf(open: OpenCache, key: string): Promise<EntryFacts> {
    const facts = await factsOf(open, key);
    if (!facts) throw notThere(key);
    return facts;
  }

  /** A key that has expired must not come back without its time to live. */
  private async expectType({ cache }: OpenCache, { key, type }: ItemDto): Promise<void> {
    const actual = await cache.type(key);
    if (actual === undefined) throw notThere(key);
    if (actual !== type) throw new ConflictException(`The key holds a ${actual} now`);
  }
}

export const notThere = (key: string): NotFoundException =>
  new NotFoundException(`There is no key ${quoted(key)}; it may have expired or been deleted`);

const collectionOf = (type: string): Collection | undefined =>
  (collections as Readonly<Record<string, Collection | undefined>>)[type];

/** As bytes where one of the values cannot be read. */
async function pageOf(open: OpenCache, key: string, collection: Collection, request: PageRequest): Promise<ItemsPage> {
  try {
    return await collection.page(open.cache, key, request);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const raw = new RawKey(open.cache, key, open.pool);
    return collection.rawPage(await raw.ask(collection.command(request)), request);
  }
}
