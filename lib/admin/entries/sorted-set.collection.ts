import { toNumber } from '../../command-model/replies.js';
import { viewOfBytes, viewOfItem } from './value-view.js';
import { type Collection, indexesOf, needed, pairsIn, ranged } from './collection.js';
import { about } from './raw-key.js';

/** The highest scores first. */
export const sortedSet: Collection = {
  length: (cache, key) => cache.zcard(key),

  async page(cache, key, request) {
    const members = await cache.zrevrange(key, ...indexesOf(request), { withScores: true });
    return ranged(
      members.map(([member, score]) => ({ score: inJson(score), value: viewOfItem(member) })),
      request,
    );
  },

  command: (request) => about('ZREVRANGE', ...indexesOf(request), 'WITHSCORES'),

  rawPage(reply, request) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ZREVRANGE gives members and scores in turn
    const pairs = pairsIn(reply as Buffer[]);
    return ranged(
      pairs.map(([member, score]) => ({ score: inJson(toNumber(score)), value: viewOfBytes(member) })),
      request,
    );
  },

  put: (cache, key, { value, score }) => cache.zadd(key, [[needed(value, 'value'), needed(score, 'score')]]),

  remove: async (cache, key, { value }) => (await cache.zrem(key, needed(value, 'value'))) > 0,
};

/** JSON has no infinite numbers. */
const inJson = (score: number): number | string => (Number.isFinite(score) ? score : String(score));
