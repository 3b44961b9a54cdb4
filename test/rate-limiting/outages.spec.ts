import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ConnectionError, type RateLimitFallback } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { startServer } from '../servers/server.js';

describe('a rate limiter while Redis is away', () => {
  it.each<[RateLimitFallback | undefined, boolean, unknown]>([
    ['allow', false, { allowed: true, limit: 2, remaining: 2, resetAfter: 0, retryAfter: 0 }],
    ['deny', true, { allowed: false, limit: 2, remaining: 0, resetAfter: 60_000, retryAfter: 1000 }],
    ['throw', true, expect.any(ConnectionError)],
    [undefined, false, expect.any(ConnectionError)],
    [undefined, true, { allowed: true, limit: 2, remaining: 2, resetAfter: 0, retryAfter: 0 }],
  ])('onError %s, ignoreExceptions %s', async (onError, ignoreExceptions, answer) => {
    const server = await startServer({ engine: 'redis' });
    const logger = new QuietLogger('Cachex') as Logger;
    const cache = await openCache({ connection: { url: server.url, commandTimeout: '1s' }, ignoreExceptions }, logger);
    try {
      const limiter = cache.rateLimiter('calls', { limit: 2, window: '1m', onError });
      expect(await limiter.consume('id')).toMatchObject({ allowed: true, remaining: 1 });
      await server.stop();
      const outcome = await limiter.consume('id').catch((error: unknown) => error);
      expect(outcome).toEqual(answer);
      await expect(limiter.reset('id')).rejects.toThrow(ConnectionError);
    } finally {
      await cache.close();
      await server.stop();
    }
  });
});
