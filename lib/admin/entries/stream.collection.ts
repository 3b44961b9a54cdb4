import { isObject } from '../../options/option-rules.js';
import { viewOfBytes, viewOfItem } from './value-view.js';
import { type Collection, type Item, type ItemsPage, needed, pairsIn, type PageRequest } from './collection.js';
import { about } from './raw-key.js';

/** The newest entries first. */
export const stream: Collection = {
  length: (cache, key) => cache.xlen(key),

  async page(cache, key, request) {
    const entries = await cache.xrevrange(key, before(request), '-', { count: request.count });
    return pageOf(
      entries.map(({ id, fields }) => ({ name: id, value: viewOfItem(fields) })),
      request,
    );
  },

  command: (request) => about('XREVRANGE', before(request), '-', 'COUNT', request.count),

  rawPage(reply, request) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- XREVRANGE gives entries as an id and a flat list
    const entries = reply as [id: Buffer, flat: Buffer[]][];
    const bytesOf = (flat: readonly Buffer[]): Buffer =>
      Buffer.concat(pairsIn(flat).flatMap(([name, value]) => [name, Buffer.from('='), value, Buffer.from('\n')]));
    return pageOf(
      entries.map(([id, flat]) => ({ name: String(id), value: viewOfBytes(bytesOf(flat)) })),
      request,
    );
  },

  put(cache, key, { value }) {
    if (!isObject(value)) throw new TypeError('value must be an object: the fields of the entry');
    return cache.xadd(key, value);
  },

  remove: async (cache, key, { name }) => (await cache.xdel(key, needed(name, 'name'))) > 0,
};

/** The cursor is the ID of the last entry given. */
const before = ({ cursor }: PageRequest): string => (cursor === undefined ? '+' : `(${cursor}`);

function pageOf(items: readonly Item[], { count }: PageRequest): ItemsPage {
  return items.length < count ? { items } : { items, cursor: items.at(-1)?.name };
}
