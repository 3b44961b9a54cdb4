import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CachexService, PubSubStats } from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';

let cache: CachexService;
beforeEach(async () => {
  cache = await openCache({});
});
afterEach(() => cache.close());

const figures = async (): Promise<PubSubStats> => (await cache.stats()).pubsub;
const none: PubSubStats = { subscriptions: 0, received: 0, dropped: 0, failures: 0, gaps: 0 };

it('subscriptions are counted while they are open, including those of views', async () => {
  expect(await figures()).toEqual(none);
  const first = await cache.subscribe('a', () => undefined);
  const second = await cache.withVersion(2).psubscribe(['a*', 'b*'], () => undefined);
  expect(await figures()).toEqual({ ...none, subscriptions: 2 });
  await Promise.all([first.unsubscribe(), first.unsubscribe()]);
  expect(await figures()).toEqual({ ...none, subscriptions: 1 });
  await expect(cache.subscribe('a', () => undefined, { signal: AbortSignal.abort() })).rejects.toThrow();
  await expect(cache.subscribe('', () => undefined)).rejects.toThrow();
  expect(await figures()).toEqual({ ...none, subscriptions: 1 });
  await cache.close();
  expect(await figures()).toEqual(none);
  await second.unsubscribe();
  expect(await figures()).toEqual(none);
});

it('messages are counted for each listener, with their outcome', async () => {
  const gate = deferred<void>();
  const heard: number[] = [];
  const slow = await cache.subscribe<number>('n', () => gate.promise, { backlog: 2, onOverflow: () => undefined });
  await cache.subscribe<number>('n', (n) => void heard.push(n));
  for (let n = 0; n < 5; n++) await cache.publish('n', n);
  await waitFor(() => heard.length === 5, { what: 'the fast one' });
  expect(slow.dropped).toBe(2);
  expect(await figures()).toEqual({ ...none, subscriptions: 2, received: 10, dropped: 2 });
  gate.resolve();
});

it('unreadable messages, and failing listeners, count as failures', async () => {
  const failures: unknown[] = [];
  const onError = (error: unknown): void => void failures.push(error);
  await cache.subscribe('n', () => Promise.reject(new Error('no')), { onError });
  await cache.publish(cache.makeKey('n'), Buffer.from([0xc1]), { raw: true });
  await cache.publish('n', 1);
  await waitFor(() => failures.length === 2, { what: 'both' });
  expect(await figures()).toEqual({ ...none, subscriptions: 1, received: 2, failures: 2 });
});
