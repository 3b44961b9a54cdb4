import { setImmediate } from 'node:timers/promises';
import { isReservation, openEnvelope } from '../../codec/envelope.js';
import { type CollectionType, collectionTypes } from '../dto/item.dto.js';
import type { Form } from '../dto/transfer.dto.js';
import { refusalIn } from '../entries/refusals.js';
import { type EntryFacts, factsOf, missing, storedString } from '../entries/entry-view.js';
import { about, type OpenCache, RawKey } from '../entries/raw-key.js';
import { longestText, wholeBudget } from '../entries/value-view.js';
import { TypedWriter } from '../typed/typed-writer.js';
import type { Budget } from '../typed/value-walk.js';
import { Turns } from '../../waiting/turns.js';
import type { KeyRecord } from './record.js';
import { groupsOf, itemsOf, type LivingItem, tooLong } from './stored-items.js';

/** One line of an export. */
export type ExportStep = { readonly exported: number } & (
  | { readonly record: KeyRecord }
  | { readonly skipped: { readonly key: string; readonly why: string } }
  | { readonly isCut: true }
  /** Number of keys found until now. */
  | { readonly found: number }
);

/** Limits an export. */
const mostKeys = 10_000;
const mostLetters = 50_000_000;
/** Limits the values of one collection. */
const keyBudget: Budget = { values: 1_000_000, characters: 8 * longestText };

/** Whether the user may read the contents of a key. */
type MayRead = (key: string) => Promise<boolean>;

/** Exports one key after another, each in its current state. A line reports the reason for a key that is left out. */
export async function* exportKeys(
  open: OpenCache,
  names: AsyncIterable<readonly string[]>,
  form: Form,
  mayRead: MayRead,
): AsyncGenerator<ExportStep> {
  let [exported, seen, letters] = [0, 0, 0];
  const told = new Set<string>();
  for await (const page of names) {
    for (const key of page) {
      // SCAN may return a key twice.
      if (told.has(key)) continue;
      told.add(key);
      if (++seen > mostKeys || letters > mostLetters) {
        yield { exported, isCut: true };
        return;
      }
      const found = (await mayRead(key)) ? await recordOf(open, key, form) : 'You may not read its value';
      if (typeof found === 'string') {
        yield { exported, skipped: { key, why: found } };
        continue;
      }
      letters += JSON.stringify(found).length;
      yield { exported: ++exported, record: found };
    }
    // Reports progress even without matches, to notice a cancellation.
    yield { exported, found: seen };
    // The embedded engine answers without I/O: give a cancellation its turn.
    await setImmediate();
  }
}

/** Returns the record of a key, or the reason to leave it out. */
async function recordOf(open: OpenCache, key: string, form: Form): Promise<KeyRecord | string> {
  try {
    return await storedRecord(open, key, form);
  } catch (error) {
    // Another program may have changed its type, or the cache's user may not read it.
    return refusalIn(error);
  }
}

async function storedRecord(open: OpenCache, key: string, form: Form): Promise<KeyRecord | string> {
  const facts = await factsOf(open, key);
  if (!facts) return 'It no longer exists';
  if (facts.ttlMs === missing) return 'It is only a stale copy';
  if (facts.type === 'string') return stringOf(open, facts, form);
  const type = collectionTypes.find((each) => each === facts.type);
  return type ? collectionOf(open, facts, type, form) : 'Its type belongs to a server module';
}

async function stringOf(open: OpenCache, facts: EntryFacts, form: Form): Promise<KeyRecord | string> {
  const { key, ttlMs, keptMs, tags } = facts;
  const raw = new RawKey(open, key);
  if (Number(await raw.ask(about('STRLEN'))) > longestText) return tooLong;
  const stored = await storedString(raw);
  if (isReservation(stored)) return 'A process is computing its value';
  const common = { v: 1, key, type: 'string' } as const;
  const data = openEnvelope(stored)?.data ?? stored;
  const value = form === 'values' ? await typedIn(() => open.peek.decodeAt(key, data, longestText)) : undefined;
  // Stored bytes include the grace, so the time to live is the one on the server.
  if (!value) return { ...common, ttlMs: lifeOf(keptMs), form: 'bytes', content: stored.toString('base64') };
  return { ...common, ttlMs: lifeOf(ttlMs), form: 'values', ...(tags?.length && { tags }), content: value.json };
}

async function collectionOf(
  open: OpenCache,
  { key, ttlMs, memory }: EntryFacts,
  type: CollectionType,
  form: Form,
): Promise<KeyRecord | string> {
  const items = await itemsOf(open, key, type, memory);
  if (typeof items === 'string') return items;
  const groups = type === 'stream' ? await groupsOf(open, key) : [];
  if (typeof groups === 'string') return groups;
  if (items.length + groups.length === 0) return type === 'stream' ? 'It is empty' : 'It no longer exists';
  const common = { v: 1, key, type, ttlMs: lifeOf(ttlMs), ...(groups.length > 0 && { groups }) } as const;
  // Few bytes may decompress to many: limits all items together.
  const writer = new TypedWriter(keyBudget);
  const values = form === 'values' && (await contentsOf(type, items, (data) => valueIn(open, key, type, data, writer)));
  if (values) return { ...common, form: 'values', content: values };
  const content = await contentsOf(type, items, (data) => ({ json: data.toString('base64') }));
  return { ...common, form: 'bytes', content };
}

interface Json {
  readonly json: unknown;
}

type ReadItem = (data: Buffer) => Json | Promise<Json | undefined>;

/** `undefined` if an item cannot be decoded. */
async function contentsOf(
  type: CollectionType,
  items: readonly LivingItem[],
  read: ReadItem,
): Promise<unknown[] | undefined> {
  const contents: unknown[] = [];
  const turns = new Turns();
  // A stream entry may have very many fields.
  const readInTurn: ReadItem = async (data) => {
    await turns.due;
    return read(data);
  };
  for (const { name, score, data, leftMs } of items) {
    const content = Buffer.isBuffer(data) ? await readInTurn(data) : await fieldsOf(data ?? [], readInTurn);
    if (!content) return undefined;
    const ends = leftMs === undefined ? [] : [leftMs];
    const isNamed = type === 'hash' || type === 'stream';
    contents.push(isNamed ? [name, content.json, ...ends] : score === undefined ? content.json : [content.json, score]);
  }
  // Pages of a stream start with the newest entry, but XADD needs the oldest first.
  return type === 'stream' ? contents.toReversed() : contents;
}

async function fieldsOf(fields: readonly (readonly [string, Buffer])[], read: ReadItem): Promise<Json | undefined> {
  const json: [string, unknown][] = [];
  for (const [field, bytes] of fields) {
    const value = await read(bytes);
    if (!value) return undefined;
    json.push([field, value.json]);
  }
  return { json };
}

const valueIn = (
  { peek }: OpenCache,
  key: string,
  type: CollectionType,
  data: Buffer,
  writer: TypedWriter,
): Promise<Json | undefined> =>
  typedIn(() => (type === 'hash' ? peek.decodeAt(key, data, longestText) : peek.decode(data, longestText)), writer);

/** `undefined` if the value cannot be decoded or has no notation; the export uses its bytes then. */
async function typedIn(read: () => Promise<unknown>, writer = new TypedWriter(wholeBudget)): Promise<Json | undefined> {
  try {
    const typed = writer.typed(await read());
    return 'json' in typed ? typed : undefined;
  } catch {
    return undefined;
  }
}

const lifeOf = (ms: number): number | null => (ms < 0 ? null : Math.max(1, ms));
