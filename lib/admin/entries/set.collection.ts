import { write } from '../../command-model/command.js';
import { integer } from '../../command-model/replies.js';
import { type Collection, itemOf, memberIn, needed, positionOf, scanned } from './collection.js';
import { about } from './raw-key.js';

export const set: Collection = {
  length: 'SCARD',

  command: (request) => about('SSCAN', positionOf(request), 'COUNT', request.count),

  read(reply) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- SSCAN returns a cursor and the members
    const [cursor, members] = reply as [Buffer, Buffer[]];
    return scanned(members.map(itemOf), cursor);
  },

  add: async (cache, key, { value }) => (await cache.sadd(key, needed(value, 'value'))) > 0,

  remove: (key, item) => write('SREM', [key, memberIn(item)], integer),
};
