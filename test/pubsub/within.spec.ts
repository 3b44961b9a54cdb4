import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let server: RedisServer;
beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
});
afterAll(() => server.stop());

describe.each(['a server', 'memory://'])('what is done within a listener, on %s', (where) => {
  let cache: CachexService;
  beforeEach(async () => {
    const connection = where === 'memory://' ? `memory://${randomUUID()}` : server.url;
    cache = await openCache({ connection, keyPrefix: 'p' }, new QuietLogger('Cachex'));
  });
  afterEach(() => cache.close());

  it('has the context of the subscriber, not of the connection or the publisher', async () => {
    const tenant = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const tell = (what: string) => (): void => void seen.push(`${what} of ${tenant.getStore()}`);
    const failing = (): never => {
      throw new Error('no');
    };
    await tenant.run('one', () => cache.subscribe('one', tell('message')));
    await tenant.run('two', () => cache.subscribe('two', tell('message')));
    await tenant.run('three', () => cache.subscribe('three', failing, { onError: tell('error') }));
    await tenant.run('publisher', async () => {
      for (const channel of ['one', 'two', 'three']) await cache.publish(channel, 1);
    });
    await waitFor(() => seen.length === 3, { what: 'all of them' });
    expect(seen).toEqual(['message of one', 'message of two', 'error of three']);
  });

  it('may subscribe to the same channel: from the next message on', async () => {
    let calls = 0;
    const listener = (): void => {
      calls++;
      if (calls < 50) void cache.subscribe('a', listener);
    };
    await cache.subscribe('a', listener);
    await cache.publish('a', 1);
    await waitFor(() => calls > 0, { what: 'the first' });
    expect(calls).toBe(1);
    await expect.poll(async () => (await cache.stats()).pubsub.subscriptions).toBe(2);
    await cache.publish('a', 2);
    await waitFor(() => calls > 2, { what: 'the second' });
    expect(calls).toBe(3);
  });

  it('may close the cache, which waits for all others', async () => {
    let isClosed = false;
    await cache.subscribe('a', async () => {
      await cache.close();
      isClosed = true;
    });
    await cache.publish('a', 1);
    await waitFor(() => isClosed, { what: 'the end' });
    expect((await cache.stats()).pubsub.subscriptions).toBe(0);
  });
});

it('onGap may end the subscription, and subscribe again', async () => {
  const cache = await openCache({ connection: server.url }, new QuietLogger('Cachex'));
  let [isEnded, gaps] = [false, 0];
  const heard: unknown[] = [];
  const onGap = async (): Promise<void> => {
    gaps++;
    // Called synchronously, while the connection notifies all channels of its return.
    void cache.subscribe('a', (message) => heard.push(message), { onGap });
    await subscription.unsubscribe();
    isEnded = true;
  };
  const subscription = await cache.subscribe('a', () => expect.unreachable(), { onGap });
  await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await waitFor(() => isEnded, { what: 'its end' });
  await waitFor(async () => (await cache.publish('a', 1)) === 1 && heard.length > 0, { what: 'the other' });
  expect(gaps).toBe(1);
  await cache.close();
});
