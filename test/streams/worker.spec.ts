import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplyError } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CachexService,
  ConnectionError,
  type DeadLetter,
  type StreamConsumerOptions,
  type StreamContext,
  type StreamEntry,
  StreamWorker,
} from '../../lib/index.js';
import { Key } from '../../lib/command-model/command.js';
import { deferred } from '../caching/deferred.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { waitFor } from '../servers/wait-for.js';

interface Job {
  n: number;
}
type Handler = (entry: StreamEntry<Job>, context: StreamContext) => unknown;

/** Bytes that no serializer can read. */
async function addUnreadable(cache: CachexService, stream: string, n: number): Promise<void> {
  const key = cache['executor'].keys.wire(new Key(stream, cache.version));
  const { pool } = cache['executor'];
  const args = [key, `${n}-0`, 'n', Buffer.from([0xc1])];
  await pool.send({ name: 'XADD', args, access: 'write', slot: pool.slotOf?.(key) });
}

onEveryTopology((t) => {
  const workers: StreamWorker<Job>[] = [];
  let logger: QuietLogger;
  beforeEach(() => {
    logger = new QuietLogger();
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));

  const start = (handler: Handler, options: Partial<StreamConsumerOptions> = {}): StreamWorker<Job> => {
    const terms = { stream: t.key(), group: 'g', block: '1s', retryDelay: '40ms', ...options };
    const worker = new StreamWorker<Job>(t.cache, terms, handler, logger);
    workers.push(worker);
    worker.start();
    return worker;
  };
  const add = async (...numbers: number[]) => {
    for (const n of numbers) await t.cache.xadd(t.key(), { n }, { id: `${n}-0` });
  };
  const pending = async () => (await t.cache.xpending(t.key(), 'g')).pending;
  const until = (what: string, condition: () => boolean | Promise<boolean>) => waitFor(condition, { what, every: 2 });
  const letters = () => t.cache.xrange<DeadLetter<Job>>(t.key('key:dead'));

  describe('a consumer', () => {
    it('handles existing and new entries in order, and acknowledges them', async () => {
      await add(1, 2);
      const seen: [StreamEntry<Job>, number][] = [];
      const worker = start((entry, { deliveries }) => seen.push([entry, deliveries]));
      await until('what was there', () => seen.length === 2);
      await add(3);
      await until('what came', () => seen.length === 3);
      expect(seen).toEqual([1, 2, 3].map((n) => [{ id: `${n}-0`, fields: { n } }, 1]));
      await worker.stop();
      expect(await pending()).toBe(0);
      expect(await t.cache.xinfoConsumers(t.key(), 'g')).toEqual([]);
    });

    it('never handles more at a time than allowed', async () => {
      await add(1, 2, 3, 4, 5, 6, 7, 8);
      let [now, most, done] = [0, 0, 0];
      let letGo = (): void => undefined;
      const areThree = new Promise<void>((resolve) => (letGo = resolve));
      const handler = async (): Promise<void> => {
        most = Math.max(most, ++now);
        if (now === 3) letGo();
        await areThree;
        await sleep(5);
        now--;
        done++;
      };
      start(handler, { concurrency: 3, count: 2 });
      await until('all of them', () => done === 8);
      expect(most).toBe(3);
    });

    it('retries failed entries, and finally sets them aside', async () => {
      await add(1, 2);
      const seen: string[] = [];
      start(
        ({ fields: { n } }, { deliveries }) => {
          seen.push(`${n}:${deliveries}`);
          if (n === 1 || deliveries === 1) throw new Error('no good');
        },
        { maxDeliveries: 3 },
      );
      await until('the dead letter', async () => (await letters()).length > 0);
      const fields = { stream: t.key(), group: 'g', id: '1-0', fields: { n: 1 }, deliveries: 3, error: 'no good' };
      expect(await letters()).toEqual([{ id: expect.any(String), fields }]);
      await until('all to be acknowledged', async () => (await pending()) === 0);
      expect(seen.toSorted()).toEqual(['1:1', '1:2', '1:3', '2:1', '2:2']);
    });

    it('takes over entries of dead consumers, and sets aside those that no consumer survives', async () => {
      await add(1, 2);
      await t.cache.xgroupCreate(t.key(), 'g', '0');
      await t.cache.xreadgroup('g', 'dead', { [t.key()]: '>' });
      await t.cache.xclaim(t.key(), 'g', 'dead', 0, ['2-0'], { retrycount: 5 });
      const seen: string[] = [];
      start(({ id }, { deliveries }) => seen.push(`${id}:${deliveries}`));
      await until('all to be acknowledged', async () => (await pending()) === 0);
      expect(seen).toEqual(['1-0:2']);
      expect((await letters()).map(({ fields: { id, deliveries } }) => [id, deliveries])).toEqual([['2-0', 5]]);
    });

    it('keeps entries that take longer than the retry delay', async () => {
      await add(1);
      let calls = 0;
      const slow = async (): Promise<void> => {
        calls++;
        await sleep(1_300);
      };
      start(slow, { retryDelay: '600ms' });
      start(slow, { retryDelay: '600ms' });
      await until('an answer', async () => calls > 0 && (await pending()) === 0);
      expect(calls).toBe(1);
    });

    it('lets a failed entry rest for the whole delay, however long the handler took', async () => {
      await add(1);
      const failed = deferred<void>();
      let began = false;
      const handler: Handler = () => {
        began = true;
        return failed.promise;
      };
      const { consumer } = start(handler, { retryDelay: '1h' });
      await until('the entry', () => began);
      await t.cache.xclaim(t.key(), 'g', consumer, 0, ['1-0'], { idle: '2h', justid: true });
      failed.reject(new Error('no good'));
      const idle = async () => (await t.cache.xpending(t.key(), 'g', { count: 1 }))[0]!.idle;
      await expect.poll(idle).toBeLessThan(60_000);
    });

    it('does not handle an entry twice that it had taken for abandoned', async () => {
      await add(1);
      const slow = deferred<void>();
      let calls = 0;
      const handler: Handler = () => {
        calls++;
        return slow.promise;
      };
      const { consumer } = start(handler, { concurrency: 2, retryDelay: '200ms' });
      await until('the entry', () => calls === 1);
      await until('another delivery', async () => {
        // The second time, it is kept.
        await t.cache.xclaim(t.key(), 'g', consumer, 0, ['1-0'], { idle: '1h', justid: true });
        return (await t.cache.xpending(t.key(), 'g', { count: 1 }))[0]!.deliveries > 1;
      });
      slow.resolve();
      await until('its end', async () => (await pending()) === 0);
      expect(calls).toBe(1);
    });

    it('finds abandoned entries behind any number of others', async () => {
      const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
      await add(...numbers);
      await t.cache.xgroupCreate(t.key(), 'g', '0');
      await t.cache.xreadgroup('g', 'busy', { [t.key()]: '>' });
      await t.cache.xclaim(t.key(), 'g', 'dead', 0, ['30-0'], { idle: '2h' });
      const seen: number[] = [];
      start(({ fields: { n } }) => seen.push(n), { retryDelay: '1h' });
      await until('what is left', () => seen.length > 0);
      expect(seen).toEqual([30]);
    });

    it('sets aside unreadable entries, and handles the rest', async () => {
      await add(1);
      await addUnreadable(t.cache, t.key(), 2);
      await add(3);
      const seen: number[] = [];
      start(({ fields: { n } }) => seen.push(n), { concurrency: 5, maxDeliveries: 2 });
      await until('the dead letter', async () => (await letters()).length > 0);
      await until('all to be acknowledged', async () => (await pending()) === 0);
      expect(seen).toEqual([1, 3]);
      const [letter] = await letters();
      expect(letter!.fields).toMatchObject({ id: '2-0', fields: {}, deliveries: 2 });
      expect(letter!.fields.error).not.toBe('No consumer survived it');
    });

    it('also with many entries that wait for their retry', async () => {
      const resting = t.cache.pipeline();
      for (let n = 1; n <= 120; n++) resting.xadd(t.key(), { n }, { id: `${n}-0` });
      await resting.execute();
      await t.cache.xgroupCreate(t.key(), 'g', '0');
      await t.cache.xreadgroup('g', 'one', { [t.key()]: '>' });
      await addUnreadable(t.cache, t.key(), 121);
      await add(122, 123);
      const seen = new Set<number>();
      start(({ fields: { n } }) => seen.add(n), {
        consumer: 'one',
        retryDelay: '1h',
        concurrency: 3,
        maxDeliveries: 1,
      });
      await until('the dead letter', async () => (await letters()).length > 0);
      await until('those that came with it', () => seen.has(122) && seen.has(123));
      expect((await letters()).map(({ fields: { id } }) => id)).toEqual(['121-0']);
    });

    it('reports entries that were trimmed before anybody had handled them', async () => {
      await add(1, 2);
      await t.cache.xgroupCreate(t.key(), 'g', '0');
      await t.cache.xreadgroup('g', 'dead', { [t.key()]: '>' });
      await t.cache.xtrim(t.key(), { maxlen: 0 });
      start(() => undefined);
      await until('a word of it', () => logger.lines.some((line) => /lost \d+ entries/.test(line)));
      expect(logger.lines[0]).toMatch(/lost [12] entries: they were trimmed or deleted unacknowledged$/);
    });

    it('continues after a loss of all data', async () => {
      const seen: number[] = [];
      start(({ fields: { n } }) => seen.push(n));
      await until('the group', async () => (await t.cache.xinfoGroups(t.key())).length === 1);
      await t.cache.delete(t.key());
      await add(1);
      await expect.poll(() => seen).toEqual([1]);
    });

    it('stops at once while it waits, and takes nothing afterwards', async () => {
      await add(1);
      const worker = start(() => undefined, { block: '1h', retryDelay: '1h' });
      await until(
        'the first',
        async () => (await t.cache.xinfoGroups(t.key()))[0]?.lag === 0 && (await pending()) === 0,
      );
      await worker.stop();
      await add(2);
      expect(await t.cache.xinfoGroups(t.key())).toMatchObject([{ lag: 1, pending: 0 }]);
    });

    it('takes nothing if it is stopped as it begins', async () => {
      await add(1);
      await t.cache.xgroupCreate(t.key(), 'g', '0');
      await t.cache.xreadgroup('g', 'dead', { [t.key()]: '>' });
      await t.cache.xclaim(t.key(), 'g', 'dead', 0, ['1-0'], { idle: '2h' });
      await start(() => undefined, { retryDelay: '1h' }).stop();
      const left = await t.cache.xpending(t.key(), 'g', { count: 1 });
      expect(left).toMatchObject([{ consumer: 'dead' }]);
    });

    it('stops: waits for running handlers, up to the limit, and leaves the rest to others', async () => {
      await add(1, 2);
      let isAborted = false;
      let began = 0;
      const worker = start(
        ({ fields: { n } }, { signal }) => {
          began++;
          if (n === 1) return sleep(60);
          signal.addEventListener('abort', () => (isAborted = true));
          return new Promise(() => undefined);
        },
        { concurrency: 2, shutdownTimeout: '200ms', retryDelay: '10s' },
      );
      await until('both', () => began === 2);
      await worker.stop();
      expect(isAborted).toBe(true);
      await add(3);
      const left = await t.cache.xpending(t.key(), 'g', { count: 9 });
      expect(left).toMatchObject([{ id: '2-0', consumer: worker.consumer }]);
      expect(began).toBe(2);
    });

    it('stops also while nothing can be set aside', async () => {
      await addUnreadable(t.cache, t.key(), 1);
      const { pool } = t.cache['executor'];
      const send = pool.send.bind(pool);
      const sending = vi.spyOn(pool, 'send').mockImplementation(async (command) => {
        if (command.name === 'XADD') throw new ConnectionError('away');
        return send(command);
      });
      const worker = start(() => undefined, { maxDeliveries: 1, shutdownTimeout: '20ms' });
      await until('an attempt', () => sending.mock.calls.some(([{ name }]) => name === 'XADD'));
      await worker.stop();
      await until('the last attempt', () => logger.lines.some((line) => line.includes('could not acknowledge')));
      sending.mockRestore();
      expect(await pending()).toBe(1);
    });

    it('does not leave with entries that it gets at the last moment', async () => {
      await add(1);
      const worker = start(() => undefined);
      await until(
        'the first',
        async () => (await t.cache.xinfoGroups(t.key()))[0]?.lag === 0 && (await pending()) === 0,
      );
      const { pool } = t.cache['executor'];
      const send = pool.send.bind(pool);
      let given = 0;
      const sending = vi.spyOn(pool, 'send').mockImplementation(async (command) => {
        const words = [command.name, ...command.args.map(String)];
        if (given === 0 && (words.includes('DELCONSUMER') || words[0] === 'EVALSHA')) {
          given = 1;
          await add(2);
          await t.cache.xreadgroup('g', worker.consumer, { [t.key()]: '>' });
        }
        return send(command);
      });
      await worker.stop().finally(() => sending.mockRestore());
      expect(given).toBe(1);
      expect(await pending()).toBe(1);
    });
  });
});

it('entries handled in the middle of a failover are acknowledged after it', async () => {
  const cache = await openCache({ connection: `memory://${randomUUID()}` });
  const { pool } = cache['executor'];
  const send = pool.send.bind(pool);
  const refusals = ["READONLY You can't write against a read only replica."];
  vi.spyOn(pool, 'send').mockImplementation(async (command) => {
    const refusal = command.name === 'XACK' && refusals.pop();
    if (refusal) throw new ReplyError(refusal);
    return send(command);
  });
  await cache.xadd('s', { n: 1 });
  const handler = vi.fn();
  const worker = new StreamWorker(cache, { stream: 's', group: 'g', retryDelay: '1h' }, handler, new QuietLogger());
  worker.start();
  await waitFor(() => refusals.length === 0, { what: 'the refusal' });
  await waitFor(async () => (await cache.xpending('s', 'g')).pending === 0, { what: 'the acknowledgement' });
  await worker.stop();
  expect(handler).toHaveBeenCalledTimes(1);
  await cache.close();
});

it('unreadable entries are not delivered under ignoreExceptions either', async () => {
  const cache = await openCache({ connection: `memory://${randomUUID()}`, ignoreExceptions: true }, new QuietLogger());
  await addUnreadable(cache, 's', 1);
  const handler = vi.fn();
  const worker = new StreamWorker(cache, { stream: 's', group: 'g', maxDeliveries: 1 }, handler, new QuietLogger());
  worker.start();
  await waitFor(async () => (await cache.xlen('s:dead')) === 1, { what: 'the dead letter' });
  await worker.stop();
  expect(handler).not.toHaveBeenCalled();
  await cache.close();
});

describe('invalid options', () => {
  it.each([
    { stream: '' },
    { group: '' },
    { concurrency: 0 },
    { count: 1.5 },
    { maxDeliveries: 0 },
    { retryDelay: null },
    { retryDelay: 0 },
    { block: '5 bananas' },
    { deadLetter: 's' },
    { startId: '>' },
  ])('%j is refused', (options) => {
    const terms = { stream: 's', group: 'g', ...options } as StreamConsumerOptions;
    expect(() => new StreamWorker({} as never, terms, () => undefined)).toThrow(TypeError);
  });

  it('no handler is refused: entries would fail one after the other', () => {
    const terms = { stream: 's', group: 'g' };
    expect(() => new StreamWorker({} as never, terms, undefined as never)).toThrow(/handler .* must be a function/);
  });
});
