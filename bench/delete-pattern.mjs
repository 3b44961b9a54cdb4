import { Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';
import { inTurn, openCache } from './measure.mjs';

const total = 200_000;

/** Half of the keys match. */
async function seed(redis) {
  await redis.flushdb();
  for (let start = 0; start < total; start += 10_000) {
    const args = [];
    for (let index = start; index < start + 10_000; index++) {
      args.push(`bench:1:${index % 2 ? 'match' : 'other'}:${index}`, 'x');
    }
    await redis.mset(args);
  }
}

/** What one writes by hand: each page deleted in the round trip that asks for the next. */
async function byHand(redis) {
  let cursor = '0';
  let deleted = 0;
  let page = [];
  do {
    const pipeline = redis.pipeline();
    if (page.length > 0) pipeline.unlink(page);
    pipeline.scan(cursor, 'MATCH', 'bench:1:match:*', 'COUNT', 1000);
    const replies = await pipeline.exec();
    if (page.length > 0) deleted += replies[0][1];
    [cursor, page] = replies.at(-1)[1];
  } while (cursor !== '0');
  if (page.length > 0) deleted += await redis.unlink(page);
  return deleted;
}

/** `deletePattern` against a hand-written loop, and the longest wait of another caller meanwhile. */
export async function deletePattern(url) {
  const redis = new Redis(url);
  const other = new Redis(url);
  const cache = await openCache(CachexModule, CachexService, { connection: url, keyPrefix: 'bench', timeout: null });
  await other.ping();
  let longestWait = 0;

  const timed = async (work) => {
    await seed(redis);
    const start = performance.now();
    const deleted = await work();
    if (deleted !== total / 2) throw new Error(`${deleted} keys were deleted instead of ${total / 2}`);
    return (performance.now() - start) / 1000;
  };
  const seconds = await inTurn(
    {
      byHand: () => timed(() => byHand(redis)),
      deletePattern: () => timed(() => cache.deletePattern('match:*')),
    },
    5,
  );

  await seed(redis);
  let over = false;
  const deletion = cache.deletePattern('match:*').finally(() => (over = true));
  while (!over) {
    const start = performance.now();
    await other.ping();
    longestWait = Math.max(longestWait, performance.now() - start);
  }
  await deletion;
  await Promise.all([redis.quit(), other.quit(), cache.close()]);
  return { ...seconds, ratio: seconds.deletePattern / seconds.byHand, longestWaitMs: longestWait };
}
