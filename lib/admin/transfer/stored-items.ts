import { nameOf } from '../../arguments/names.js';
import { isReply, withoutQuotes } from '../../connection/index.js';
import { errorText } from '../../errors/error-text.js';
import type { CollectionType } from '../dto/item.dto.js';
import type { RawItem } from '../entries/collection.js';
import { collections } from '../entries/entries.js';
import { fieldOf } from '../entries/hash.collection.js';
import { rawPageOf } from '../entries/pages.js';
import { about, type OpenCache, RawKey } from '../entries/raw-key.js';
import { longestText } from '../entries/value-view.js';
import type { Group } from '../entries/whole-key.js';
import { unknownCommand } from '../../wire/server-errors.js';
import { bytesIn, groupsIn } from '../own/streams.js';

/** Limits the items of one exported key. */
const mostItems = 10_000;
const pageLength = 500;
/** One request reads a page of fields, each of up to 64 KB. */
const fieldsLength = 100;

export const tooLong = 'It exceeds the limit of a line (1 MB)';

/** An item with the remaining milliseconds of a field of a hash, if it expires. */
export type LivingItem = RawItem & { readonly leftMs?: number };

/** Reads all items as stored. */
export async function itemsOf(
  open: OpenCache,
  key: string,
  type: CollectionType,
  memory?: number,
): Promise<LivingItem[] | string> {
  const raw = new RawKey(open, key);
  const { [type]: collection } = collections;
  const length = Number(await raw.ask(about(collection.length)));
  if (length > mostItems) return `It has more than ${mostItems} items`;
  const items = new Map<string, LivingItem>();
  const most = collection.page ? fieldsLength : pageLength;
  let [cursor, bytes, count, mayEnd]: [string | undefined, number, number, boolean] = [
    undefined,
    0,
    0,
    type === 'hash',
  ];
  do {
    const page = await rawPageOf(open, key, collection, { cursor, count: most, length, memory });
    if ('tooLarge' in page) return tooLong;
    const lives = mayEnd ? await livesOf(raw, page.items) : undefined;
    if (typeof lives === 'string') return lives;
    mayEnd = lives !== undefined;
    for (const [index, item] of page.items.entries()) {
      if (item.data === undefined) return tooLong;
      bytes += item.size + (item.name?.length ?? 0);
      count++;
      const leftMs = lives?.[index] ?? stays;
      if (leftMs === hasGone) continue;
      // A server may return an item twice after a change.
      const name = item.name ?? (Buffer.isBuffer(item.data) ? item.data.toString('latin1') : String(count));
      items.set(name, leftMs === stays ? item : { ...item, leftMs: Math.max(1, leftMs) });
    }
    if (bytes > longestText || count > 2 * mostItems) return tooLong;
    ({ cursor } = page);
  } while (cursor !== undefined);
  return [...items.values()];
}

/** Replies of HPTTL for a field without expiry and for a missing field. */
const [stays, hasGone] = [-1, -2];

/** The time to live of each field; `undefined` if the server has no such feature, or a reason if it refuses. */
async function livesOf(raw: RawKey, fields: readonly RawItem[]): Promise<readonly number[] | string | undefined> {
  if (fields.length === 0) return [];
  const names = fields.map(({ name = '' }) => fieldOf(name));
  try {
    const reply = await raw.ask(about('HPTTL', 'FIELDS', names.length, ...names));
    // The reply is empty if the key does not exist.
    return names.map((_, index) => (Array.isArray(reply) ? Number(reply[index]) : hasGone));
  } catch (error) {
    if (!isReply(error)) throw error;
    return unknownCommand.test(errorText(error)) ? undefined : refused('how long its fields live', error);
  }
}

/** Returns the consumer groups of a stream, or the reason to leave the key out. */
export async function groupsOf(open: OpenCache, key: string): Promise<Group[] | string> {
  try {
    const groups = groupsIn(await new RawKey(open, key).ask(['XINFO', ['GROUPS'], []]));
    if (groups.length > mostItems) return `It has more than ${mostItems} consumer groups`;
    return groups.map((group) => [nameOf(bytesIn(group.get('name'))), String(group.get('last-delivered-id'))]);
  } catch (error) {
    if (!isReply(error)) throw error;
    return refused('its consumer groups', error);
  }
}

const refused = (what: string, error: unknown): string =>
  `The server does not report ${what}: ${withoutQuotes(errorText(error))}`;
