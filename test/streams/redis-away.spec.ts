import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CachexService,
  type DeadLetter,
  type StreamConsumerOptions,
  type StreamHandler,
  StreamWorker,
} from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

interface Job {
  n: number;
}

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

describe.each([false, true])('a consumer while Redis is away; ignoreExceptions: %j', (ignoreExceptions) => {
  let direct: CachexService;
  let cache: CachexService;
  let logger: QuietLogger;
  beforeEach(async () => {
    const keyPrefix = randomUUID();
    const { host, port } = proxy;
    logger = new QuietLogger();
    direct = await openCache({ connection: server.url, keyPrefix });
    const connection = { type: 'standalone', host, port, commandTimeout: '1s' } as const;
    cache = await openCache({ connection, keyPrefix, ignoreExceptions }, new QuietLogger());
  });
  afterEach(async () => {
    await proxy.pass();
    await Promise.all([cache.close(), direct.close()]);
  });

  const start = (handler: StreamHandler<Job>, options: Partial<StreamConsumerOptions> = {}): StreamWorker<Job> => {
    const terms = { stream: 's', group: 'g', block: '200ms', ...options };
    const worker = new StreamWorker<Job>(cache, terms, handler, logger);
    worker.start();
    return worker;
  };
  const pending = async () => (await direct.xpending('s', 'g')).pending;

  it('pauses, logs it once, and continues', async () => {
    const seen: number[] = [];
    const worker = start(({ fields }) => seen.push(fields.n));
    await direct.xadd('s', { n: 1 });
    await waitFor(async () => seen.length === 1 && (await pending()) === 0, { what: 'the first' });
    // On a busy machine, an earlier error may have made it pause.
    logger.lines.splice(0);
    await proxy.refuse();
    // The server would still deliver the entry to a reader whose end it has not noticed.
    const clients = () => server.cli('CLIENT', 'LIST');
    await waitFor(async () => !(await clients()).includes(' cmd=xreadgroup '), { what: 'the server to notice' });
    await direct.xadd('s', { n: 2 });
    await waitFor(() => logger.lines.length === 1, { what: 'a word of the outage' });
    await proxy.pass();
    await waitFor(() => seen.includes(2), { what: 'the second' });
    await waitFor(async () => (await pending()) === 0, { what: 'its end' });
    await worker.stop();
    expect(logger.lines.map((text) => / pauses: | resumes$/.exec(text)?.[0])).toEqual([' pauses: ', ' resumes']);
  });

  it('acknowledges afterwards what was handled meanwhile, and sets aside what failed, however many they are', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const away = deferred<void>();
    const seen: number[] = [];
    const handler: StreamHandler<Job> = async ({ fields: { n } }, { signal }) => {
      signal.addEventListener('abort', () => undefined);
      seen.push(n);
      await away.promise;
      if (n === 0) throw new Error('no good');
    };
    const jobs = Array.from({ length: 15 }, (_, n) => n);
    for (const n of jobs) await direct.xadd('s', { n });
    const worker = start(handler, { concurrency: 15, maxDeliveries: 1, retryDelay: '1h' });
    await waitFor(() => seen.length === jobs.length, { what: 'all to be under way' });
    await proxy.refuse();
    away.resolve();
    await waitFor(() => logger.lines.some((line) => line.includes('no good')), { what: 'the one that fails' });
    // Long enough for an attempt by each.
    await sleep(50);
    await proxy.pass();
    await waitFor(async () => (await pending()) === 0, { what: 'all to be acknowledged' });
    await worker.stop();
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    expect(seen).toEqual(jobs);
    const letters = await direct.xrange<DeadLetter<Job>>('s:dead');
    expect(letters.map(({ fields: { fields, error } }) => [fields.n, error])).toEqual([[0, 'no good']]);
  });

  it('still stops', async () => {
    const away = deferred<void>();
    let began = false;
    const worker = start(
      () => {
        began = true;
        return away.promise;
      },
      { shutdownTimeout: '100ms' },
    );
    await direct.xadd('s', { n: 1 });
    await waitFor(() => began, { what: 'the entry' });
    await proxy.refuse();
    away.resolve();
    await worker.stop();
    await proxy.pass();
    expect(await pending()).toBe(1);
  });
});

it('consumers continue by themselves after Redis was killed and restarted with its data', async () => {
  const config = { appendonly: 'yes', appendfsync: 'always' };
  await using durable = await startServer({ engine: 'valkey', config });
  const connection = { type: 'standalone', host: durable.host, port: durable.port, commandTimeout: '1s' } as const;
  const cache = await openCache({ connection }, new QuietLogger());
  const handled = new Set<number>();
  const handler: StreamHandler<Job> = async ({ fields: { n } }) => {
    await sleep(1);
    handled.add(n);
  };
  const terms = { stream: 's', group: 'g', concurrency: 4, retryDelay: '300ms' };
  const workers = [1, 2].map(() => new StreamWorker<Job>(cache, terms, handler, new QuietLogger()));
  for (const worker of workers) worker.start();
  const pipe = cache.pipeline();
  for (let n = 0; n < 1_000; n++) pipe.xadd('s', { n });
  await pipe.execute();
  await waitFor(() => handled.size > 50, { what: 'some to be handled', every: 1 });
  await durable.kill();
  expect(handled.size).toBeLessThan(1_000);
  await durable.start();
  await waitFor(() => handled.size === 1_000, { what: 'all to be handled' });
  await waitFor(async () => (await cache.xpending('s', 'g')).pending === 0, { what: 'all to be acknowledged' });
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(await cache.xinfoConsumers('s', 'g')).toEqual([]);
  await cache.close();
});
