import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CachexOptions,
  type CachexService,
  CommandTimeoutError,
  ConnectionError,
  type Pipeline,
} from '../../lib/index.js';
import {
  perform,
  prepareFor,
  reads,
  type SampleCall,
  serviceReads,
  serviceWrites,
  stats,
  vital,
  writes,
} from './every-method.js';
import { waitFor } from '../servers/wait-for.js';
import { commandTimeoutMs, type Connection, lateness, openImpatient } from './faults.js';
import { QuietLogger } from './quiet-logger.js';

const commandCalls = [...reads, ...writes];
const forgivenCalls = [...commandCalls, ...serviceReads, ...serviceWrites];

/** A way in which Redis is away. */
export interface Outage {
  /** Returns the address at which to look for Redis. */
  readonly start: () => Connection | Promise<Connection>;
  /** Begins the outage, once the cache works; left out if Redis is away from the start. */
  readonly begin?: () => void | Promise<void>;
  /** Left out if Redis never comes. */
  readonly end?: () => void | Promise<void>;
}

interface Outcome {
  readonly call: SampleCall;
  readonly answer?: unknown;
  readonly error?: unknown;
  readonly ms: number;
}

/** Makes all calls at once, like a busy application. */
export function performAll(cache: CachexService, calls: readonly SampleCall[]): Promise<Outcome[]> {
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

export const answersOf = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ call: { method }, answer, error }) => [method, error ?? answer]);

/** Methods whose call took too long. */
const lateOnes = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ ms }) => ms > commandTimeoutMs + lateness).map(({ call }) => call.method);

const isAway = (error: unknown) => error instanceof ConnectionError || error instanceof CommandTimeoutError;

/** Specifies the behaviour of every method while Redis is away, and after it has come back. */
export function specifyOutage(how: string, { start, begin, end }: Outage): void {
  describe(`where Redis ${how}`, () => {
    let strict: CachexService;
    let lenient: CachexService;
    const logger = new QuietLogger('Cachex');
    const ignoring: Partial<CachexOptions> = { ignoreExceptions: true, logIgnoredExceptions: true };
    beforeAll(async () => {
      const connection = await start();
      strict = prepareFor(await openImpatient(connection));
      lenient = prepareFor(await openImpatient(connection, ignoring, logger));
      if (!begin) return;
      await waitFor(() => Promise.all([strict.get('any'), strict.getMany(['a', 'b', 'c', 'd'])]).then(() => true), {
        what: 'the cache to work',
      });
      await waitFor(() => lenient.set('used', 1), { what: 'the other cache to work' });
      await begin();
    });
    let isOver = false;
    const finish = async () => {
      if (!isOver) await end?.();
      isOver = true;
    };
    afterAll(async () => {
      await finish();
      await Promise.all([strict.close(), lenient.close()]);
    });

    it('every method fails as it should, and in time', async () => {
      const outcomes = await performAll(strict, [...forgivenCalls, ...vital]);
      expect(outcomes.filter(({ error }) => !isAway(error))).toEqual([]);
      expect(lateOnes(outcomes)).toEqual([]);
    });

    it('every method returns the result of a missing key, or that nothing was written, under ignoreExceptions', async () => {
      const outcomes = await performAll(lenient, forgivenCalls);
      expect(answersOf(outcomes)).toEqual(forgivenCalls.map(({ method, away }) => [method, away]));
      expect(lateOnes(outcomes)).toEqual([]);
    });

    it('locks and semaphores fail even then', async () => {
      const outcomes = await performAll(lenient, vital);
      expect(outcomes.filter(({ error }) => !isAway(error))).toEqual([]);
      expect(lateOnes(outcomes)).toEqual([]);
    });

    it('stats() answers, in time', async () => {
      const outcomes = await performAll(strict, [stats]);
      expect(answersOf(outcomes)).toEqual([['stats', stats.away]]);
      expect(lateOnes(outcomes)).toEqual([]);
    });

    describe.each([false, true])('a pipeline with transaction: %j', (transaction) => {
      it('fails with the error of the connection itself', async () => {
        await expect(pipelineOf(strict, transaction).execute()).rejects.toSatisfy(isAway);
        const errors = await pipelineOf(strict, transaction).execute({ throwOnError: false });
        expect(errors).toHaveLength(commandCalls.length);
        expect(errors.filter((error) => !isAway(error))).toEqual([]);
      });

      it('returns an answer per place under ignoreExceptions', async () => {
        expect(await pipelineOf(lenient, transaction).execute()).toEqual(commandCalls.map(({ away }) => away));
      });
    });

    it('logs once that it continues without the cache', () => {
      expect(logger.lines.filter((line) => line.startsWith('Continuing without the cache'))).toHaveLength(1);
    });

    it.runIf(end)('comes back by itself', async () => {
      await finish();
      await expect.poll(() => strict.set('back', 1).catch(() => false), { timeout: 20_000 }).toBe(true);
      await expect.poll(() => lenient.get('back'), { timeout: 20_000 }).toBe(1);
    });
  });
}

/** All commands, queued. */
function pipelineOf(cache: CachexService, transaction: boolean): Pipeline {
  const pipeline = cache.pipeline({ transaction });
  const methods = pipeline as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  for (const { method, args } of commandCalls) methods[method]!(...args);
  return pipeline;
}
