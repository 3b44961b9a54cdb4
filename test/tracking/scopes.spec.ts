import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { isKept, keep, openTracked, told } from './tracked.js';

const tenants = new AsyncLocalStorage<string>();
const names = ['', 'a', 'b', 'a:1', '{a}', '*', '\0', '🦆', '\ud800'];

let server: RedisServer;
let cache: CachexService;
let other: CachexService;

beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
  const options = { connection: server.url, scope: () => tenants.getStore() };
  [cache, other] = await Promise.all([openTracked(options), openCache(options)]);
});
afterAll(async () => {
  await Promise.all([cache.close(), other.close()]);
  await server[Symbol.asyncDispose]();
});

it('each tenant has separate local copies', async () => {
  for (const name of names) await other.withScope(name).set('k', `of ${name}`);
  for (const name of names) await keep(cache.withScope(name), 'k');
  for (const name of names) expect(await tenants.run(name, () => cache.get('k'))).toBe(`of ${name}`);

  const [a, b] = [cache.withScope('a'), cache.withScope('b')];
  await told(a, ['k'], other.withScope('a').set('k', 'new'));
  expect([await a.get('k'), await b.get('k')]).toEqual(['new', 'of b']);
  await keep(a, 'k');
  expect(await a.clear()).toBe(1);
  expect([isKept(a, 'k'), isKept(b, 'k')]).toEqual([false, true]);
  expect(await a.get('k')).toBeUndefined();
});

it('a copy counts as gone only for the caller that will evict it', async () => {
  await other.withScope('b').set('kept', 'old', { tags: ['tag'] });
  await keep(cache.withScope('b'), 'kept');
  await tenants.run('b', () =>
    cache.deferEvictions(async () => {
      await cache.invalidateTags(['tag']);
      expect(await cache.get('kept')).toBeUndefined();
      expect(await cache.getMany(['kept'])).toEqual(new Map());
      expect(await cache.getOrSet('kept', () => 'uncommitted')).toBe('uncommitted');
    }),
  );
  expect(await cache.withScope('b').get('kept')).toBeUndefined();
});
