import { setTimeout as delay } from 'node:timers/promises';
import * as by from '../contenders/locks.mjs';

const waiters = 20;
const holdMs = 1;

const acquireAndRelease = (inFlight) => ({
  method: 'acquireAndRelease',
  inFlight,
  call: (contender, i) => contender.acquireAndRelease(`lock:${contender.keys[i % contender.keys.length]}`),
});

export const locks = {
  title: 'Locks',
  contenders: {
    ioredis: by.lockByHand,
    'nest-cachex': by.cachexLock,
    'nest-cachex, semaphore': by.cachexSemaphore,
    'nest-cachex, read lock': by.cachexReadLock,
    'nest-cachex, two names': by.cachexTwoNames,
    redlock: by.redlock,
    'redlock-universal': by.redlockUniversal,
    'without a server': by.noServer,
  },
  cases: {
    'acquire and release, one after the other': { ...acquireAndRelease(1), isMain: true },
    'acquire and release, 100 locks in flight': acquireAndRelease(100),
    [`${waiters} callers at once, each holding the lock for ${holdMs} ms: until the last has released`]: {
      isMain: true,
      method: 'withLock',
      rounds: 5,
      single: async ({ withLock, keys }) => {
        const hold = () => delay(holdMs);
        await Promise.all(Array.from({ length: waiters }, () => withLock(`queue:${keys[0]}`, hold)));
      },
    },
  },
};
