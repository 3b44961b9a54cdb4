import { write } from '../../command-model/command.js';
import { integer } from '../../command-model/replies.js';
import { numberIn } from '../../wire/reply-parts.js';
import { type Collection, indexesOf, itemOf, memberIn, needed, pairsIn, ranged } from './collection.js';
import { about } from './raw-key.js';

/** Lists the highest scores first. */
export const sortedSet: Collection = {
  length: 'ZCARD',

  command: (request) => about('ZREVRANGE', ...indexesOf(request), 'WITHSCORES'),

  read(reply, request) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ZREVRANGE returns members and scores in turn
    const pairs = pairsIn(reply as Buffer[]);
    return ranged(
      pairs.map(([member, score]) => ({ score: inJson(numberIn(score)), ...itemOf(member), seen: scoreIn(score) })),
      request,
    );
  },

  add: async (cache, key, { value, score }) =>
    (await cache.zadd(key, [[needed(value, 'value'), needed(score, 'score')]], { nx: true })) > 0,

  /** Replaces the score; the digest covers the old score. */
  change: (item) => ({
    get: ['ZSCORE', memberIn(item)],
    seen: scoreIn,
    set: ['ZADD', needed(item.score, 'score'), memberIn(item)],
  }),

  remove: (key, item) => write('ZREM', [key, memberIn(item)], integer),
};

/** JSON has no infinite numbers. */
const inJson = (score: number): number | string => (Number.isFinite(score) ? score : String(score));

/** Normalizes the notation of the server. */
const scoreIn = (reply: Buffer): string => String(numberIn(reply));
