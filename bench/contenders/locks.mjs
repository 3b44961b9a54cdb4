import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { peer } from '../peers/index.mjs';
import { open } from './cachex.mjs';

const leaseMs = 30_000;
const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** One lock per name: an application that uses a lock again keeps its object. */
function kept(make) {
  const made = new Map();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name);
  };
}

/** The simplest possible lock: SET NX PX, a script that compares and deletes, and polling. */
export function lockByHand(url) {
  const redis = new Redis(url);
  redis.defineCommand('releaseByHand', { numberOfKeys: 1, lua: release });
  const acquire = (name, token) => redis.set(name, token, 'PX', leaseMs, 'NX');
  return {
    acquireAndRelease: async (name) => {
      const token = randomUUID();
      await acquire(name, token);
      await redis.releaseByHand(name, token);
    },
    withLock: async (name, work) => {
      const token = randomUUID();
      while (!(await acquire(name, token))) await delay(5);
      await work().finally(() => redis.releaseByHand(name, token));
    },
  };
}

export async function cachexLock(url) {
  const cache = await open(url);
  const lockOf = kept((name) => cache.lock(name));
  return {
    acquireAndRelease: async (name) => {
      const lock = lockOf(name);
      await lock.acquire();
      await lock.release();
    },
    withLock: (name, work) => cache.withLock(name, {}, work),
  };
}

/** A semaphore for ten holders. */
export async function cachexSemaphore(url) {
  const cache = await open(url);
  const semaphoreOf = kept((name) => cache.semaphore(name, 10));
  return {
    acquireAndRelease: async (name) => {
      const semaphore = semaphoreOf(name);
      await semaphore.acquire();
      await semaphore.release();
    },
  };
}

/** A lock that readers share. */
export async function cachexReadLock(url) {
  const cache = await open(url);
  const lockOf = kept((name) => cache.rwLock(name).read());
  return {
    acquireAndRelease: async (name) => {
      const lock = lockOf(name);
      await lock.acquire();
      await lock.release();
    },
    withLock: (name, work) => cache.rwLock(name).write().using(work),
  };
}

/** Two locks at once. */
export async function cachexTwoNames(url) {
  const cache = await open(url);
  const lockOf = kept((name) => cache.lock([name, `${name}:other`]));
  return {
    acquireAndRelease: async (name) => {
      const lock = lockOf(name);
      await lock.acquire();
      await lock.release();
    },
    withLock: (name, work) => cache.lock([name, `${name}:other`]).using(work),
  };
}

/** With its defaults, except for the number of attempts: more than ten callers wait. */
export async function redlock(url) {
  const { default: Redlock } = await peer('redlock');
  const { Redis: Driver } = await peer('ioredis');
  const locks = new Redlock([new Driver(url)], { retryCount: -1 });
  return {
    acquireAndRelease: async (name) => {
      const lock = await locks.acquire([name], leaseMs);
      await lock.release();
    },
    withLock: (name, work) => locks.using([name], leaseMs, work),
  };
}

/** With its defaults, except for the number of attempts: more than ten callers wait. */
export async function redlockUniversal(url) {
  const { createLock, IoredisAdapter } = await peer('redlock-universal');
  const { Redis: Driver } = await peer('ioredis');
  const adapter = new IoredisAdapter(new Driver(url));
  const lockOf = kept((key) => createLock({ adapter, key, ttl: leaseMs, retryAttempts: 1000 }));
  return {
    acquireAndRelease: async (name) => {
      const lock = lockOf(name);
      await lock.release(await lock.acquire());
    },
    withLock: (name, work) => lockOf(name).using(work),
  };
}

/** A queue inside one process: no lock that asks a server can be faster. */
export function noServer() {
  let last = Promise.resolve();
  return { withLock: (name, work) => (last = last.then(work)) };
}
