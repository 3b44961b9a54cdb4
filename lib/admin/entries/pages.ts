import { setImmediate } from 'node:timers/promises';
import { OutputTooLong } from '../../codec/compressors/output-limit.js';
import {
  type Collection,
  type Item,
  type ItemsPage,
  longestItem,
  type LongRequest,
  pageBytes,
  type PageRequest,
  type RawItem,
  type RawPage,
} from './collection.js';
import { noRoom, TypedWriter } from '../typed/typed-writer.js';
import type { Budget } from '../typed/value-walk.js';
import { digestOf } from './digest.js';
import { type OpenCache, RawKey } from './raw-key.js';
import { type ValueView, viewOfBytes, viewOfItem } from './value-view.js';

/** Ends a page early where few fields match. */
const pageMs = 500;
/** Number of items that the server examines per step. */
const longestStep = 1000;
/** With a larger average, a single item would block the server. */
const largestMean = 1_000_000;
/** Limits how long decoding blocks the event loop. */
const longestTurnMs = 10;
/** Compressed items that expand to more are not decoded. */
const longestExpanded = 4 * longestItem;
/** Limits a stream entry. */
const entryBudget: Budget = { values: 4 * longestExpanded, characters: 4 * longestExpanded };
/** Longer members are not identified by their bytes. */
const longestMember = 4096;

type Decode = (data: Buffer) => Promise<unknown>;
type Fields = readonly (readonly [field: string, value: Buffer])[];

export async function pageOf(
  open: OpenCache,
  key: string,
  collection: Collection,
  request: LongRequest,
): Promise<ItemsPage> {
  const decode: Decode = (data) =>
    collection.isOfKey ? open.peek.decodeAt(key, data, longestExpanded) : open.peek.decode(data, longestExpanded);
  const page = await rawPageOf(open, key, collection, request);
  return 'tooLarge' in page ? { items: [], tooLarge: page.tooLarge } : shown(page, decode);
}

/** Reads a page in one request if its size is known, else in growing steps. */
export async function rawPageOf(
  open: OpenCache,
  key: string,
  collection: Collection,
  request: LongRequest,
): Promise<RawPage | { readonly tooLarge: number }> {
  const raw = new RawKey(open, key);
  const { length, memory = 0 } = request;
  const known = await collection.page?.(raw, request);
  if (known) return known;
  const mean = Math.round(memory / Math.max(1, length));
  return mean > largestMean ? { tooLarge: mean } : paced(raw, collection, request);
}

/** Starts with one item, because the size of items is unknown. */
async function paced(raw: RawKey, collection: Collection, { cursor, match, count }: PageRequest): Promise<RawPage> {
  const items: RawItem[] = [];
  const endsAt = performance.now() + pageMs;
  let [at, step, bytes] = [cursor, 1, 0];
  do {
    const most = match === undefined ? count - items.length : longestStep;
    const request = { cursor: at, match, count: Math.min(step, most) };
    const page = collection.read(await raw.ask(collection.command(request)), request);
    for (const item of page.items) bytes += item.size;
    items.push(...page.items);
    at = page.cursor;
    step *= 4;
  } while (at !== undefined && items.length < count && bytes < pageBytes && performance.now() < endsAt);
  return { items, ...(at !== undefined && { cursor: at }) };
}

async function shown({ items, cursor }: RawPage, decode: Decode): Promise<ItemsPage> {
  const views: Item[] = [];
  let turnAt = performance.now() + longestTurnMs;
  for (const { name, score, data, size, seen } of items) {
    if (performance.now() > turnAt) {
      await setImmediate();
      turnAt = performance.now() + longestTurnMs;
    }
    const value = await viewOf(data, size, decode);
    views.push({
      ...(name !== undefined && { name }),
      ...(score !== undefined && { score }),
      value,
      size,
      ...(Buffer.isBuffer(data) && { digest: digestOf(seen ?? data) }),
      ...(Buffer.isBuffer(data) && name === undefined && size <= longestMember && { member: data.toString('base64') }),
    });
  }
  return { items: views, ...(cursor !== undefined && { cursor }) };
}

async function viewOf(data: RawItem['data'], size: number, decode: Decode): Promise<ValueView> {
  if (data === undefined) return { format: 'unread', size };
  if (size > longestItem) return Buffer.isBuffer(data) ? viewOfBytes(data) : { format: 'unread', size };
  try {
    if (Buffer.isBuffer(data)) return viewOfItem(await decode(data));
    return viewOfItem(Object.fromEntries(await decoded(data, decode)));
  } catch (error) {
    const view = viewOfBytes(Buffer.isBuffer(data) ? data : linesOf(data));
    return error instanceof OutputTooLong ? { ...view, expandsBeyond: error.limit } : view;
  }
}

/** @throws OutputTooLong if the fields exceed the limit together */
async function decoded(data: Fields, decode: Decode): Promise<[string, unknown][]> {
  const fields: [string, unknown][] = [];
  const meter = new TypedWriter(entryBudget);
  for (const [field, bytes] of data) {
    const value = await decode(bytes);
    const typed = meter.typed(value);
    if ('why' in typed && typed.why === noRoom) throw new OutputTooLong(longestExpanded);
    fields.push([field, value]);
  }
  return fields;
}

function linesOf(fields: Fields): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from(`${name}=`), value, Buffer.from('\n')]));
}
