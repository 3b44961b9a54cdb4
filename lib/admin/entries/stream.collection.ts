import { write } from '../../command-model/command.js';
import { integer } from '../../command-model/replies.js';
import { nameOf } from '../../arguments/names.js';
import { checkedCursor, isEntryId } from '../dto/cursors.js';
import { isObject } from '../../options/option-rules.js';
import { type Collection, needed, pairsIn, type PageRequest, type RawItem } from './collection.js';
import { about } from './raw-key.js';

/** Lists the newest entries first. */
export const stream: Collection = {
  length: 'XLEN',

  command: (request) => about('XREVRANGE', before(request), '-', 'COUNT', request.count),

  read(reply, { count }) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- XREVRANGE returns pairs of ID and flat list
    const entries = reply as [id: Buffer, flat: Buffer[]][];
    const items = entries.map(([id, flat]): RawItem => ({
      name: String(id),
      data: pairsIn(flat).map(([field, value]) => [nameOf(field), value]),
      size: flat.reduce((sum, part) => sum + part.length, 0),
    }));
    return items.length < count ? { items } : { items, cursor: items.at(-1)?.name };
  },

  async add(cache, key, { value }) {
    if (!isObject(value)) throw new TypeError('value must be an object: the fields of the entry');
    await cache.xadd(key, value);
    return true;
  },

  remove: (key, { name }) => write('XDEL', [key, needed(name, 'name')], integer),
};

/** The cursor is the ID of the last entry on the previous page. */
const before = ({ cursor }: PageRequest): string =>
  cursor === undefined ? '+' : `(${checkedCursor(cursor, isEntryId)}`;
