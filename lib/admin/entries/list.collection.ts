import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ConflictException } from '@nestjs/common';
import { viewOfBytes, viewOfItem } from './value-view.js';
import { type Collection, indexesOf, type Item, needed, ranged } from './collection.js';
import { about } from './raw-key.js';

export const list: Collection = {
  length: (cache, key) => cache.llen(key),

  async page(cache, key, request) {
    const [start, end] = indexesOf(request);
    const elements = await cache.lrange(key, start, end);
    return ranged(
      elements.map((element, index): Item => ({ name: String(start + index), value: viewOfItem(element) })),
      request,
    );
  },

  command: (request) => about('LRANGE', ...indexesOf(request)),

  rawPage(reply, request) {
    const [start] = indexesOf(request);
    return ranged(
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- LRANGE gives the elements
      (reply as Buffer[]).map((data, index) => ({ name: String(start + index), value: viewOfBytes(data) })),
      request,
    );
  },

  put(cache, key, { name, value, end = 'RIGHT' }) {
    const element = needed(value, 'value');
    if (name !== undefined) return cache.lset(key, Number(name), element);
    return end === 'LEFT' ? cache.lpush(key, element) : cache.rpush(key, element);
  },

  /** Redis removes by value: the element gets one that no other has. */
  async remove(cache, key, { name, value }) {
    const index = Number(needed(name, 'name'));
    if (!isDeepStrictEqual(await cache.lindex(key, index), needed(value, 'value'))) {
      throw new ConflictException('The list has changed: that index now holds another element');
    }
    const removed = `removed-${randomUUID()}`;
    const [, count] = await cache
      .pipeline({ transaction: true })
      .lset(key, index, removed)
      .lrem(key, 1, removed)
      .execute();
    return count > 0;
  },
};
