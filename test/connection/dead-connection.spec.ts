import type { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { CommandTimeoutError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { startProxy } from '../servers/proxy.js';
import { startServer } from '../servers/server.js';

const heard = (client: Redis, event: string): Promise<unknown> => new Promise((resolve) => client.once(event, resolve));

it('a connection on which nothing arrives any more is given up, and replaced', async () => {
  await using server = await startServer({ engine: 'redis' });
  await using proxy = await startProxy(server);
  const { host, port } = proxy;
  const cache = await openCache({ connection: { host, port, commandTimeout: 0.5 } });
  await cache.set('a', 1);
  const client = cache.getClient() as Redis;
  const closed = heard(client, 'close');
  proxy.blackHole();
  await expect(cache.get('a')).rejects.toBeInstanceOf(CommandTimeoutError);
  await closed;
  const ready = heard(client, 'ready');
  await proxy.pass();
  await ready;
  expect(await cache.get('a')).toBe(1);
  await cache.close();
});
