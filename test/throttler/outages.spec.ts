import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CommandTimeoutError, ConnectionError, type RateLimitFallback } from '../../lib/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';

const allowed = { totalHits: 0, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 };

describe('the storage of throttlers while Redis is away', () => {
  it.each<[RateLimitFallback | undefined, boolean, unknown]>([
    ['allow', false, allowed],
    ['deny', true, { totalHits: 3, timeToExpire: 60, isBlocked: true, timeToBlockExpire: 1 }],
    ['throw', true, expect.any(ConnectionError)],
    [undefined, false, expect.any(ConnectionError)],
    [undefined, true, allowed],
  ])('onError %s, ignoreExceptions %s', async (onError, ignoreExceptions, answer) => {
    const server = await startServer({ engine: 'redis' });
    const cache = await openCache(
      { connection: { url: server.url, commandTimeout: '3s' }, ignoreExceptions },
      new QuietLogger('Cachex') as Logger,
    );
    try {
      const storage = new CachexThrottlerStorage(cache, { onError });
      const hit = () => storage.increment('key', 60_000, 2, 60_000, 'default');
      expect(await hit()).toMatchObject({ totalHits: 1 });
      await server.stop();
      expect(await hit().catch((error: unknown) => error)).toEqual(answer);
    } finally {
      await cache.close();
      await server.stop();
    }
  });

  it('answers within commandTimeout of a server that hangs', async () => {
    await using server = await startServer({ engine: 'redis' });
    const cache = await openCache({ connection: { url: server.url, commandTimeout: '1s' } });
    try {
      const hit = (onError: RateLimitFallback) =>
        new CachexThrottlerStorage(cache, { onError }).increment('key', 60_000, 2, 0, 'default');
      // By then it is connected.
      await cache.get('any');
      server.pause();
      await expect(hit('throw')).rejects.toThrow(CommandTimeoutError);
      expect(await hit('allow')).toEqual(allowed);
    } finally {
      await cache.close();
    }
  });

  it('does not treat a mistake as an outage', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const storage = new CachexThrottlerStorage(cache, { onError: 'allow' });
    await expect(storage.increment('key', 'soon' as never, 2, 0, 'default')).rejects.toThrow(TypeError);
    expect(() => new CachexThrottlerStorage(cache, { onError: 'ignore' as never })).toThrow('onError must be one of');
    expect(() => new CachexThrottlerStorage(cache, { onerror: 'allow' } as never)).toThrow('onError');
    await cache.close();
  });
});
