import { Redis } from 'ioredis';
import { peer } from '../peers/index.mjs';
import { openBento } from './bentocache.mjs';
import { open } from './cachex.mjs';

/** Code written by hand: deletes each page in the round trip that asks for the next. */
export function deleteByHand(url) {
  const redis = new Redis(url);
  return {
    keyOf: (group, index) => `${group}:${index}`,
    deleteGroup: async (group) => {
      let cursor = '0';
      let page = [];
      do {
        const pipeline = redis.pipeline();
        if (page.length > 0) pipeline.unlink(page);
        pipeline.scan(cursor, 'MATCH', `${group}:*`, 'COUNT', 1000);
        [cursor, page] = (await pipeline.exec()).at(-1)[1];
      } while (cursor !== '0');
      if (page.length > 0) await redis.unlink(page);
    },
  };
}

export async function cachexDeletion(url) {
  const cache = await open(url, { timeout: null });
  return {
    keyOf: (group, index) => `cachex:1:${group}:${index}`,
    deleteGroup: (group) => cache.deletePattern(`${group}:*`),
  };
}

/** It has namespaces instead of patterns. */
export async function keyvDeletion(url) {
  const { createKeyv } = await peer('@keyv/redis');
  const store = createKeyv(url, { namespace: 'match' });
  return { keyOf: (group, index) => `${group}::${index}`, deleteGroup: () => store.clear() };
}

/** It has namespaces instead of patterns. */
export async function bentocacheDeletion(url) {
  const bento = await openBento(url);
  return {
    keyOf: (group, index) => `bento:${group}:${index}`,
    deleteGroup: (group) => bento.namespace(group).clear(),
  };
}
