import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CachexOptions, type CachexService, CommandTimeoutError, ConnectionError } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { freePort } from '../servers/free-port.js';
import { type Proxy, startProxy } from '../servers/proxy.js';
import { type RedisServer, startServer } from '../servers/server.js';
import {
  commandMethods,
  perform,
  prepareFor,
  reads,
  type SampleCall,
  serviceMethods,
  serviceReads,
  serviceWrites,
  vital,
  writes,
} from './every-method.js';
import { QuietLogger } from './quiet-logger.js';

const commandCalls = [...reads, ...writes];
const serviceCalls = [...serviceReads, ...serviceWrites];
const forgivenCalls = [...commandCalls, ...serviceCalls];

const commandTimeoutMs = 300;
/** How late a timer may be on a machine that is busy with other things. */
const lateness = 2_000;

let server: RedisServer;
let proxy: Proxy;
const caches: CachexService[] = [];

beforeAll(async () => {
  server = await startServer({ engine: 'redis' });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await Promise.all(caches.splice(0).map((cache) => cache.close()));
  await proxy.stop();
  await server.stop();
});

async function open(port: number, options: Partial<CachexOptions> = {}, logger = new QuietLogger('Cachex')) {
  const connection = { host: '127.0.0.1', port, commandTimeout: `${commandTimeoutMs}ms` };
  const cache = prepareFor(await openCache({ connection, ...options }, logger));
  caches.push(cache);
  return cache;
}

interface Outcome {
  readonly call: SampleCall;
  readonly answer?: unknown;
  readonly error?: unknown;
  readonly ms: number;
}

/** Makes all calls at once, as a busy application does. */
function performAll(cache: CachexService, calls: readonly SampleCall[]): Promise<Outcome[]> {
  return Promise.all(
    calls.map(async (call) => {
      const start = performance.now();
      const outcome = await perform(cache, call).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ error }),
      );
      return { call, ms: performance.now() - start, ...outcome };
    }),
  );
}

const answersOf = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ call: { method }, answer, error }) => [method, error ?? answer]);

/** Methods whose call took longer than it may. */
const lateOnes = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ ms }) => ms > commandTimeoutMs + lateness).map(({ call }) => call.method);

/** All commands, queued. */
function pipelineOf(cache: CachexService, transaction: boolean) {
  const pipeline = cache.pipeline({ transaction });
  const methods = pipeline as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  for (const { method, args } of commandCalls) methods[method]!(...args);
  return pipeline;
}

const isAway = (error: unknown) => error instanceof ConnectionError || error instanceof CommandTimeoutError;

describe('the table of methods', () => {
  it('has a call of every method, so that none is forgotten', () => {
    const called = (calls: readonly SampleCall[]) => [...new Set(calls.map(({ method }) => method))].toSorted();
    expect(called(commandCalls)).toEqual(commandMethods.toSorted());
    expect(called([...serviceCalls, ...vital])).toEqual(serviceMethods.toSorted());
  });

  it('says of reads what a missing key gives', async () => {
    const cache = await openCache({ connection: server.url, keyPrefix: 'nothing-there' });
    caches.push(cache);
    const calls = [...reads, ...serviceReads];
    expect(answersOf(await performAll(cache, calls))).toEqual(calls.map(({ method, away }) => [method, away]));
  });
});

/** Each gives the port to look for Redis at, and what ends it. */
const outages: Record<string, { start: () => Promise<number>; begin?: () => void; end?: () => void | Promise<void> }> =
  {
    'was never there': { start: freePort },
    'is frozen': {
      start: async () => server.port,
      begin: () => server.pause(),
      end: () => server.resume(),
    },
    'was frozen before anybody connected': {
      start: async () => {
        server.pause();
        return server.port;
      },
      end: () => server.resume(),
    },
    'is behind a network that swallows everything': {
      start: async () => proxy.port,
      begin: () => proxy.blackHole(),
      end: () => proxy.pass(),
    },
    'is behind a network that swallowed everything from the start': {
      start: async () => {
        proxy.blackHole();
        return proxy.port;
      },
      end: () => proxy.pass(),
    },
    'refuses connections': {
      start: async () => proxy.port,
      begin: () => void proxy.refuse(),
      end: () => proxy.pass(),
    },
  };

describe.each(Object.entries(outages))('where Redis %s', (_, { start, begin, end }) => {
  let strict: CachexService;
  let lenient: CachexService;
  const logger = new QuietLogger('Cachex');
  beforeAll(async () => {
    const port = await start();
    strict = await open(port);
    lenient = await open(port, { ignoreExceptions: true, logIgnoredExceptions: true }, logger);
    if (begin) {
      await Promise.all([strict.hasKey('k'), lenient.hasKey('k')]);
      begin();
    }
  });
  afterAll(() => end?.());

  it('every method fails as it should, and in time', async () => {
    const outcomes = await performAll(strict, [...forgivenCalls, ...vital]);
    expect(outcomes.filter(({ error }) => !isAway(error))).toEqual([]);
    expect(lateOnes(outcomes)).toEqual([]);
  });

  it('every method gives what a missing key gives, or says that nothing was written, under ignoreExceptions', async () => {
    const outcomes = await performAll(lenient, forgivenCalls);
    expect(answersOf(outcomes)).toEqual(forgivenCalls.map(({ method, away }) => [method, away]));
    expect(lateOnes(outcomes)).toEqual([]);
  });

  it('locks and semaphores fail even so', async () => {
    const outcomes = await performAll(lenient, vital);
    expect(outcomes.filter(({ error }) => !isAway(error))).toEqual([]);
    expect(lateOnes(outcomes)).toEqual([]);
  });

  it.each([false, true])('pipelines (transaction: %j) fail with the error of the connection itself', async (multi) => {
    await expect(pipelineOf(strict, multi).execute()).rejects.toSatisfy(isAway);
    const errors = await pipelineOf(strict, multi).execute({ throwOnError: false });
    expect(errors).toHaveLength(commandCalls.length);
    expect(errors.filter((error) => !isAway(error))).toEqual([]);
  });

  it.each([false, true])(
    'pipelines (transaction: %j) give an answer per place under ignoreExceptions',
    async (multi) => {
      expect(await pipelineOf(lenient, multi).execute()).toEqual(commandCalls.map(({ away }) => away));
    },
  );

  it('says once that it goes on without the cache', () => {
    expect(logger.lines.filter((line) => line.startsWith('Going on without the cache'))).toHaveLength(1);
  });

  it.runIf(end)('comes back by itself', async () => {
    await end!();
    await expect.poll(() => strict.set('back', 1).catch(() => false), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => lenient.get('back'), { timeout: 10_000 }).toBe(1);
  });
});
