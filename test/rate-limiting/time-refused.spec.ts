import { describe, expect, it } from 'vitest';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';

describe.each(['sliding', 'gcra'] as const)(
  'a rate limiter where scripts may not ask for the time, %s',
  (algorithm) => {
    it('counts in the same way', async () => {
      await using server = await startServer({
        engine: 'redis',
        aclUsers: { app: 'on nopass ~* &* +@all -time' },
      });
      const { host, port } = server;
      const cache = await openCache({ connection: { host, port, username: 'app', password: 'any' } });
      const limiter = cache.rateLimiter('calls', { limit: 2, window: '1m', algorithm });
      const results = [];
      for (let call = 0; call < 3; call++) results.push(await limiter.consume('id'));
      await cache.close();
      expect(results.map(({ allowed }) => allowed)).toEqual([true, true, false]);
      expect(results[2]!.retryAfter).toBeGreaterThan(20_000);
      expect(results[2]!.retryAfter).toBeLessThanOrEqual(60_000);
    });
  },
);
