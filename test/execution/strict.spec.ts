import { describe, expect, it } from 'vitest';
import { type CachexService, ConnectionError } from '../../lib/index.js';
import { StrictCache } from '../../lib/views/strict-cache.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';

const calls: Record<string, (cache: CachexService) => Promise<unknown>> = {
  get: (cache) => cache.get('key'),
  getMany: (cache) => cache.getMany(['key', 'other']),
  setMany: (cache) => cache.setMany({ key: 1 }),
  deleteMany: (cache) => cache.deleteMany(['key', 'other']),
  deletePattern: (cache) => cache.deletePattern('*'),
  keys: (cache) => cache.keys(),
  'setIfEqual, which most servers know under another name': (cache) => cache.setIfEqual('key', 1, 2),
  deleteIfEqual: (cache) => cache.deleteIfEqual('key', 1),
};

describe('a strict view under ignoreExceptions, while Redis is away', () => {
  it('fails where the cache itself continues', async () => {
    const server = await startServer({ engine: 'redis' });
    const connection = { url: server.url, commandTimeout: '1s' };
    const cache = await openCache({ connection, ignoreExceptions: true }, new QuietLogger('Cachex'));
    try {
      const strict = StrictCache.of(cache);
      for (const call of Object.values(calls)) await call(strict);
      await server.stop();
      for (const [name, call] of Object.entries(calls)) {
        await expect(call(strict), name).rejects.toThrow(ConnectionError);
        await call(cache);
      }
    } finally {
      await cache.close();
      await server.stop();
    }
  });
});
