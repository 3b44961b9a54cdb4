import type { Redis } from 'ioredis';
import { mayLookInside } from './driver-mode.js';
import { failQueued } from './internals.js';

/**
 * Fails the calls in the driver's own queue: a driver that is told to disconnect while it has no connection forgets
 * them.
 */
export function forgetQueue(redis: Redis, error: Error): void {
  if (mayLookInside()) return failQueued(redis, error);
  // Giving up an attempt to connect at once clears the queue, too.
  redis.connect().catch(() => undefined);
  redis.disconnect();
}
