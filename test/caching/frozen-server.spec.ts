import { describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import {
  type CachexService,
  CommandTimeoutError,
  FactoryTimeoutError,
  type GetOrSetOptions,
  resolveOptions,
} from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { okReply, RecordingPool } from '../recording-pool.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const late = (): Error => new CommandTimeoutError('No answer within 5000 ms');

function open(): { cache: CachexService; pool: RecordingPool; freeze: (callers?: number) => void } {
  const pool = new RecordingPool();
  const options = resolveOptions({ connection: 'memory://', ignoreExceptions: true });
  const cache = createService(options, pool, new QuietLogger('Cachex'));
  /** From now on, one question per caller fails late; a caller that waits for more questions never ends. */
  const freeze = (callers = 1): void => {
    const last = pool.trips.length + callers;
    pool.reply = () => (pool.trips.length <= last ? late() : new Promise(() => undefined));
  };
  return { cache, pool, freeze };
}

describe('getOrSet on a frozen server, under ignoreExceptions, waits for it once', { timeout: 2000 }, () => {
  const plans: [what: string, options: GetOrSetOptions][] = [
    ['nothing else', {}],
    ['stampede', { stampede: true }],
    ['grace', { grace: '1h', softTimeout: '1s' }],
    ['tags', { tags: ['a', 'b'] }],
    ['lock', { lock: true }],
    ['all of them', { lock: true, tags: ['a'], grace: '1h', stampede: true, hardTimeout: '10s' }],
  ];

  it.each(plans)('with %s', async (_, options) => {
    const { cache, freeze } = open();
    freeze();
    const made = await cache.getOrSet('key', ({ setTags }) => (setTags(['own']), { made: true }), options);
    expect(made).toEqual({ made: true });
  });

  it.each(plans)('with %s, for simultaneous callers that get copies of their own', async (_, options) => {
    const { cache, freeze } = open();
    freeze(3);
    const values = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const value = await cache.getOrSet('key', async () => ({ made: true }), options);
        value.made = !value.made;
        return value.made;
      }),
    );
    expect(values).toEqual([false, false, false]);
  });

  it.each(plans)('with %s, if it freezes after the question', async (_, options) => {
    const { cache, pool, freeze } = open();
    pool.reply = (name) => {
      queueMicrotask(freeze);
      return name === 'PTTL' ? -2 : null;
    };
    expect(await cache.getOrSet('key', () => 'made', options)).toBe('made');
  });

  it('if another caller is about to store the value: its waiters get it before', async () => {
    const { cache, pool } = open();
    const [written, value] = [deferred<Buffer>(), deferred<{ made: boolean }>()];
    const begun = deferred<void>();
    const first = cache.getOrSet('key', () => (begun.resolve(), value.promise));
    await begun.promise;
    pool.reply = (name) => {
      if (name === 'EVALSHA') return written.promise;
      return late();
    };
    const second = cache.getOrSet('key', () => ({ made: false }));
    value.resolve({ made: true });
    expect(await second).toEqual({ made: true });
    written.resolve(okReply);
    expect(await first).toEqual({ made: true });
    expect(await first).not.toBe(await second);
  });

  it('stores the next value when the server is back', async () => {
    const { cache, pool, freeze } = open();
    freeze();
    await cache.getOrSet('key', () => 1);
    pool.trips.length = 0;
    pool.reply = () => null;
    expect(await cache.getOrSet('key', () => 2, { setsTags: false })).toBe(2);
    expect(pool.trips.flat().map((command) => command.split(' ')[0])).toEqual(['GET', 'SET', 'EVALSHA']);
  });
});

describe('invalidateTags under ignoreExceptions', { timeout: 2000 }, () => {
  const names = (trip: readonly string[]): string[] => trip.map((command) => command.split(' ')[0]!);

  it('waits once for a frozen server, which still deletes what it can when it is back', async () => {
    const { cache, pool, freeze } = open();
    freeze();
    expect(await cache.invalidateTags(['a', 'b'])).toBe(0);
    expect(pool.trips.map(names)).toEqual([['HSET', 'PEXPIRE'], ['UNLINK']]);
  });

  it('deletes on the servers that answer', async () => {
    const { cache, pool } = open();
    pool.reply = (name) => (name === 'UNLINK' ? 2 : late());
    expect(await cache.invalidateTags(['a', 'b'])).toBe(2);
  });

  it('waits once if a full server freezes', async () => {
    const { cache, pool } = open();
    pool.reply = (name, [key]) => {
      if (name === 'HSET') return new Error('OOM command not allowed');
      if (name === 'PEXPIRE') return 1;
      return String(key).endsWith(':tag:') ? late() : new Promise(() => undefined);
    };
    expect(await cache.invalidateTags(['a'])).toBe(0);
  });
});

describe('getOrSet with hardTimeout on a frozen server', { timeout: 4000 }, () => {
  const frozen = (ignoreExceptions: boolean): CachexService => {
    const pool = new RecordingPool();
    pool.reply = () => new Promise(() => undefined);
    const options = resolveOptions({ connection: 'memory://', ignoreExceptions });
    return createService(options, pool, new QuietLogger('Cachex'));
  };

  it.each([{}, { grace: '1h', softTimeout: 0 }, { lock: true, tags: ['a'] }])(
    'ends in time, and says that it was the read: %o',
    async (options) => {
      const factory = vi.fn<() => string>(() => 'made');
      const error = await frozen(false)
        .getOrSet('key', factory, { ...options, hardTimeout: '50ms' })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FactoryTimeoutError);
      expect(error).toMatchObject({ message: expect.stringContaining('"key" could not be read within 50 ms') });
      expect((error as Error).cause).toBeInstanceOf(CommandTimeoutError);
      expect(factory).not.toHaveBeenCalled();
    },
  );

  it('runs the factory in the remaining time, under ignoreExceptions', async () => {
    const cache = frozen(true);
    const factory = vi.fn<() => Promise<object>>(async () => ({ made: true }));
    const calls = [1, 2, 3].map(() => cache.getOrSet('key', factory, { hardTimeout: '400ms' }));
    expect(await Promise.all(calls)).toEqual([{ made: true }, { made: true }, { made: true }]);
    const slow = cache.getOrSet('key', () => new Promise(() => undefined), { hardTimeout: '50ms' });
    await expect(slow).rejects.toThrow(FactoryTimeoutError);
  });
});
