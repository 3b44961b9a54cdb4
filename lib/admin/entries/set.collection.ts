import { viewOfBytes, viewOfItem } from './value-view.js';
import { type Collection, needed, scanned } from './collection.js';
import { about } from './raw-key.js';

export const set: Collection = {
  length: (cache, key) => cache.scard(key),

  async page(cache, key, { cursor = '0', count }) {
    const { members, cursor: next } = await cache.sscan(key, cursor, { count });
    return scanned(
      members.map((member) => ({ value: viewOfItem(member) })),
      next,
    );
  },

  command: ({ cursor = '0', count }) => about('SSCAN', cursor, 'COUNT', count),

  rawPage(reply) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SSCAN gives a cursor and the members
    const [cursor, members] = reply as [Buffer, Buffer[]];
    return scanned(
      members.map((member) => ({ value: viewOfBytes(member) })),
      String(cursor),
    );
  },

  put: (cache, key, { value }) => cache.sadd(key, needed(value, 'value')),

  remove: async (cache, key, { value }) => (await cache.srem(key, needed(value, 'value'))) > 0,
};
