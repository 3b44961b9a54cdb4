import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { CachexModule, CachexService } from 'nest-cachex';
import { inTurn, openCache } from './measure.mjs';
import { peer } from './peers.mjs';

// CommonJS, whose `default` is a property of what it exports.
const { default: Redlock } = (await peer('redlock')).default;

const pairs = 300;
const waiters = 20;
const holdMs = 1;
const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** The least that a lock can be: SET NX PX, and a script that compares and deletes. */
function byHand(redis) {
  redis.defineCommand('releaseByHand', { numberOfKeys: 1, lua: release });
  return async () => {
    const token = randomUUID();
    await redis.set('by-hand', token, 'PX', 30_000, 'NX');
    await redis.releaseByHand('by-hand', token);
  };
}

async function many(acquireAndRelease) {
  for (let round = 0; round < pairs; round++) await acquireAndRelease();
}

/** Seconds from the first call to the last release, and the time that the holders took of it, which nobody can do without. */
async function queue(withLock) {
  let held = 0;
  const hold = async () => {
    const start = performance.now();
    await delay(holdMs);
    held += performance.now() - start;
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: waiters }, () => withLock(hold)));
  return { seconds: (performance.now() - start) / 1000, ideal: held / 1000 };
}

/** Acquire and release without and with others who wait, as ratios. Many short rounds, so that what else runs shows in few. */
export async function locks(url) {
  const redis = new Redis(url);
  const cache = await openCache(CachexModule, CachexService, { connection: { url, connect: 'eager' } });
  const redlock = new Redlock([redis], { retryCount: -1 });
  const byHandPair = byHand(redis);
  const lock = cache.lock('bench');
  const semaphore = cache.semaphore('bench', 10);

  const alone = await inTurn(
    {
      byHand: () => many(byHandPair),
      lock: () =>
        many(async () => {
          await lock.acquire();
          await lock.release();
        }),
      semaphore: () =>
        many(async () => {
          await semaphore.acquire();
          await semaphore.release();
        }),
      redlock: () =>
        many(async () => {
          const held = await redlock.acquire(['bench:redlock'], 30_000);
          await held.release();
        }),
    },
    31,
  );

  const ideals = [];
  const queued = await inTurn(
    {
      lock: async () => {
        const { seconds, ideal } = await queue((hold) => cache.withLock('bench:queue', {}, hold));
        ideals.push(seconds / ideal);
        return seconds;
      },
      redlock: async () => (await queue((hold) => redlock.using(['bench:redlock:queue'], 30_000, hold))).seconds,
    },
    7,
  );

  await cache.close();
  await redis.quit();
  const ratio = (name) => alone.byHand / alone[name];
  return {
    lock: ratio('lock'),
    semaphore: ratio('semaphore'),
    redlock: ratio('redlock'),
    queueMs: queued.lock * 1000,
    queueToIdeal: ideals.toSorted((a, b) => a - b)[ideals.length >> 1],
    queueRedlockMs: queued.redlock * 1000,
  };
}
