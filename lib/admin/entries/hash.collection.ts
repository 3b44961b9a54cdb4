import { viewOfBytes, viewOfItem } from './value-view.js';
import { type Collection, needed, pairsIn, scanned } from './collection.js';
import { about } from './raw-key.js';

export const hash: Collection = {
  length: (cache, key) => cache.hlen(key),

  async page(cache, key, { cursor = '0', match, count }) {
    const { fields, cursor: next } = await cache.hscan(key, cursor, { match, count });
    return scanned(
      Array.from(fields, ([name, value]) => ({ name, value: viewOfItem(value) })),
      next,
    );
  },

  command: ({ cursor = '0', match = '*', count }) => about('HSCAN', cursor, 'MATCH', match, 'COUNT', count),

  rawPage(reply) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HSCAN gives a cursor and a flat list
    const [cursor, flat] = reply as [Buffer, Buffer[]];
    const items = pairsIn(flat).map(([name, value]) => ({ name: String(name), value: viewOfBytes(value) }));
    return scanned(items, String(cursor));
  },

  put: (cache, key, { name, value }) => cache.hset(key, needed(name, 'name'), needed(value, 'value')),

  remove: async (cache, key, { name }) => (await cache.hdel(key, needed(name, 'name'))) > 0,
};
