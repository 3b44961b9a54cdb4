import type { Redis } from 'ioredis';
import { mayLookInside } from './driver-mode.js';
import { failQueued } from './internals.js';

/** Fails what waits in the driver's own queue: one that was told to disconnect while it had no connection forgets it. */
export function forgetQueue(redis: Redis, error: Error): void {
  if (mayLookInside()) return failQueued(redis, error);
  // An attempt to connect that is given up at once takes the queue with it.
  redis.connect().catch(() => undefined);
  redis.disconnect();
}
