import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { engines } from '../servers/engine.js';
import { startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { copiesOf, isKept } from './tracked.js';
import { feedsOf } from './ways.js';

/** The rights of a user who only reads and writes. */
const least = 'on nopass ~* resetchannels -@all +get +mget +set +pttl +unlink +flushdb';

const tracking = { coherence: 'ttl', timeout: '2m' } as const;

describe.each(engines)('copies limited only by a timeout, of values on %s', (engine) => {
  let server: RedisServer;
  let cache: CachexService;
  let other: CachexService;
  const logger = new QuietLogger();

  beforeAll(async () => {
    server = await startServer({ engine, aclUsers: { guest: least } });
    other = await openCache({ connection: server.url });
  });
  afterAll(async () => {
    await other.close();
    await server.stop();
  });
  beforeEach(async () => {
    await other.flushDb();
    const { host, port } = server;
    cache = await openCache({ connection: { host, port, username: 'guest', password: 'any' }, tracking }, logger);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await cache.close();
  });

  it('are used although no server reports changes', async () => {
    await other.set('k', 1);
    expect([await cache.get('k'), isKept(cache, 'k')]).toEqual([1, true]);
    await other.set('k', 2);
    expect(await cache.get('k')).toBe(1);
    expect((await cache.getMany(['k'])).get('k')).toBe(1);
    expect(await feedsOf(server)).toEqual([]);
    expect(logger.lines).toEqual([]);
  });

  it('end with the timeout', async () => {
    await other.set('k', 1);
    await cache.get('k');
    await other.set('k', 2);
    const now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now + 119_000);
    // The process seems to have stood still.
    const forgetAll = vi.spyOn(copiesOf(cache), 'forgetAll').mockReturnValue();
    expect(await cache.get('k')).toBe(1);
    clock.mockReturnValue(now + 120_001);
    expect(await cache.get('k')).toBe(2);
    expect(forgetAll).toHaveBeenCalled();
  });

  it('end with the key', async () => {
    await other.set('k', 1, '1s');
    expect(await cache.get('k')).toBe(1);
    await expect.poll(() => cache.get('k')).toBeUndefined();
  });

  it('are never older than this process’s own writes', async () => {
    for (let n = 0; n < 10; n++) {
      await cache.set('k', n);
      for (let i = 0; i < 2; i++) expect(await cache.get('k')).toBe(n);
    }
    await cache.delete('k');
    expect(await cache.get('k')).toBeUndefined();
    await cache.set('k', 1);
    await cache.get('k');
    await cache.flushDb();
    expect(await cache.get('k')).toBeUndefined();
  });

  it('are used while the server is away', async () => {
    await using proxy = await startProxy(server);
    const { host, port } = proxy;
    const far = await openCache({ connection: { host, port }, tracking }, new QuietLogger());
    await other.set('k', 1);
    await far.get('k');
    await proxy.refuse();
    expect(await far.get('k')).toBe(1);
    await far.close();
  });
});
