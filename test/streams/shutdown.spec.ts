import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { StreamWorker } from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';
import { Fleet } from './fleet.js';

/** Far beyond `shutdownTimeout` and the time to close the connections. */
const timeout = 30_000;

it('a process with handlers under way ends on SIGTERM while the server is frozen', { timeout: 60_000 }, async () => {
  await using server = await startServer({ engine: 'redis' });
  const keyPrefix = randomUUID();
  const address = { host: server.host, port: server.port };
  // On a busy machine, so many at once take longer than `commandTimeout`.
  const direct = await openCache({ connection: { ...address, commandTimeout: '60s' }, keyPrefix });
  const connection = { ...address, commandTimeout: '1s' };
  const fleet = new Fleet({ connection, keyPrefix });
  const member = await fleet.add();
  const pipe = direct.pipeline();
  for (let n = 0; n < 20_000; n++) pipe.xadd('jobs', { n, poison: false });
  await pipe.execute();
  await waitFor(async () => (await direct.hlen('handled')) > 50, { what: 'some to be handled', every: 5 });
  server.pause();
  const exited = once(member, 'exit', { signal: AbortSignal.timeout(timeout) });
  member.kill('SIGTERM');
  // After its hooks, Nest sends the signal to its own process again.
  expect(await exited).toEqual([null, 'SIGTERM']);
  server.resume();
  await direct.close();
});

it('a consumer stops within shutdownTimeout while the server is frozen', async () => {
  await using server = await startServer({ engine: 'valkey' });
  const connection = { host: server.host, port: server.port, commandTimeout: '60s' };
  const cache = await openCache({ connection }, new QuietLogger());
  const never = deferred<void>();
  let began = 0;
  const handler = (): Promise<void> => {
    began++;
    return never.promise;
  };
  const options = { stream: 's', group: 'g', concurrency: 2, shutdownTimeout: '200ms' };
  const worker = new StreamWorker(cache, options, handler, new QuietLogger());
  worker.start();
  await cache.xadd('s', { n: 1 });
  await waitFor(() => began === 1, { what: 'the entry' });
  server.pause();
  const start = performance.now();
  await worker.stop();
  expect(performance.now() - start).toBeLessThan(10_000);
  server.resume();
  await cache.close();
});
