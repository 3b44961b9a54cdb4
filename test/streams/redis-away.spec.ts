import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CachexService, StreamWorker } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

let server: RedisServer;
let proxy: Proxy;
beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

describe('a consumer while Redis is away', () => {
  it.each([false, true])('pauses, acknowledges and goes on; ignoreExceptions: %j', async (ignoreExceptions) => {
    const direct = await openCache({ connection: server.url, keyPrefix: String(ignoreExceptions) });
    const { host, port } = proxy;
    const cache: CachexService = await openCache(
      {
        connection: { type: 'standalone', host, port, commandTimeout: '250ms' },
        keyPrefix: String(ignoreExceptions),
        ignoreExceptions,
      },
      new QuietLogger(),
    );
    const logger = new QuietLogger();
    const said = logger.lines;
    const seen: unknown[] = [];
    const handler = ({ fields }: { fields: { n: number } }) => seen.push(fields.n);
    const options = { stream: 's', group: 'g', block: '200ms', retryDelay: '300ms' };
    const worker = new StreamWorker<{ n: number }>(cache, options, handler, logger);
    worker.start();
    await direct.xadd('s', { n: 1 });
    await waitFor(() => seen.length === 1, { what: 'the first' });
    await proxy.refuse();
    await direct.xadd('s', { n: 2 });
    await waitFor(() => ignoreExceptions || said.length === 1, { what: 'a word of the outage' });
    await proxy.pass();
    await waitFor(() => seen.includes(2), { what: 'the second' });
    await waitFor(async () => (await direct.xpending('s', 'g')).pending === 0, { what: 'its end' });
    await worker.stop();
    expect(said.map((text) => / pauses: | goes on$/.exec(text)?.[0])).toEqual(
      ignoreExceptions ? [] : [' pauses: ', ' goes on'],
    );
    await Promise.all([cache.close(), direct.close()]);
  });
});
