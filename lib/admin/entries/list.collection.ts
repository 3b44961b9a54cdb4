import { randomUUID } from 'node:crypto';
import { Member } from '../../command-model/command.js';
import { type Collection, indexesOf, itemOf, needed, ranged } from './collection.js';
import { about } from './raw-key.js';

export const list: Collection = {
  length: 'LLEN',

  command: (request) => about('LRANGE', ...indexesOf(request)),

  read(reply, request) {
    const [start] = indexesOf(request);
    return ranged(
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- LRANGE returns the elements
      (reply as Buffer[]).map((data, index) => ({ name: String(start + index), ...itemOf(data) })),
      request,
    );
  },

  async add(cache, key, { value, end = 'RIGHT' }) {
    const element = needed(value, 'value');
    await (end === 'LEFT' ? cache.lpush(key, element) : cache.rpush(key, element));
    return true;
  },

  change({ name, value }) {
    const index = indexIn(name);
    return { get: ['LINDEX', index], set: ['LSET', index, new Member(needed(value, 'value'))] };
  },

  /** Redis removes elements by value. The element therefore first gets a unique value. */
  exchange({ name }) {
    return { get: ['LINDEX', indexIn(name)], set: ['LREM', indexIn(name), `removed-${randomUUID()}`] };
  },
};

function indexIn(name: string | undefined): string {
  const index = Number(needed(name, 'name'));
  if (!Number.isSafeInteger(index)) throw new TypeError('name must be the index of an element');
  return String(index);
}
