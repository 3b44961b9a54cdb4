import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CachexService, type Factory, FactoryTimeoutError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { keepFor } from '../raw.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

const never = new Promise<string>(() => undefined);
let cache: CachexService;

beforeEach(async () => {
  cache = await openCache({ connection: 'memory://' }, new QuietLogger('Cachex'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await cache.close();
});

const now = performance.now.bind(performance);

/** Pretends that this much time has passed since the start. */
function pass(ms: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

describe('a factory that continues after hardTimeout', { timeout: 10_000 }, () => {
  it.each([false, true])('is not run a second time beside it (lock: %s)', async (lock) => {
    const value = deferred<string>();
    const factory = vi.fn<Factory<string>>(() => value.promise);
    for (let call = 0; call < 4; call++) {
      await expect(cache.getOrSet('key', factory, { lock, hardTimeout: '200ms' })).rejects.toThrow(FactoryTimeoutError);
    }
    expect(factory).toHaveBeenCalledTimes(1);
    value.resolve('late');
    await value.promise;
    expect(await cache.getOrSet('key', 'next', { lock, hardTimeout: '10s' })).toBe('next');
  });

  it('is awaited by a caller with more time, which then runs its own', async () => {
    const value = deferred<string>();
    const slow = vi.fn<Factory<string>>(() => value.promise);
    const first = cache.getOrSet('key', slow, { hardTimeout: '20ms' });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled(), { interval: 1, timeout: 20_000 });
    const patient = [undefined, { hardTimeout: '10s' }].map((options) => cache.getOrSet('key', 'own', options));
    await expect(first).rejects.toThrow(FactoryTimeoutError);
    patient.push(cache.getOrSet('key', 'own'));
    value.resolve('late');
    expect(await Promise.all(patient)).toEqual(['own', 'own', 'own']);
  });

  it('is not awaited forever', async () => {
    const factory = vi.fn<Factory<string>>(() => never);
    await expect(cache.getOrSet('key', factory, { hardTimeout: '10ms' })).rejects.toThrow(FactoryTimeoutError);
    expect(await cache.getOrSet('key', 'own')).toBe('own');
    expect(factory).toHaveBeenCalledTimes(1);
  });

  it('lets callers get the stale copy meanwhile', async () => {
    await cache.getOrSet('key', 'old', { timeout: '1m', grace: '1h' });
    await keepFor(cache, 'key', 3_600_000);
    const factory = vi.fn<Factory<string>>(() => never);
    for (let call = 0; call < 3; call++) {
      expect(await cache.getOrSet('key', factory, { grace: '1h', hardTimeout: '10ms' })).toBe('old');
    }
    expect(factory).toHaveBeenCalledTimes(1);
  });
});

describe('a factory with softTimeout alone', { timeout: 10_000 }, () => {
  const options = { timeout: '1m', grace: '1h', softTimeout: '10ms' } as const;
  const makeOld = async () => {
    await cache.getOrSet('key', 'old', options);
    await keepFor(cache, 'key', 3_600_000);
  };

  it('blocks nobody after half a minute if it hangs, with or without a stale copy', async () => {
    await makeOld();
    expect(await cache.getOrSet('key', () => never, options)).toBe('old');
    expect(await cache.getOrSet('key', 'new', options)).toBe('old');
    pass(31_000);
    expect(await cache.getOrSet('key', 'new', options)).toBe('new');

    void cache.getOrSet('none', () => never, options);
    await sleep(1);
    pass(62_000);
    expect(await cache.getOrSet('none', 'new', options)).toBe('new');
  });

  it('does not store its value over one that was begun later', async () => {
    const value = deferred<string>();
    const first = cache.getOrSet('key', () => value.promise, options);
    await sleep(1);
    pass(31_000);
    expect(await cache.getOrSet('key', 'new', options)).toBe('new');
    value.resolve('late');
    expect(await first).toBe('late');
    expect(await cache.get('key')).toBe('new');
  });

  it('stores its value, however late, if nobody has stored another', async () => {
    const [value, next] = [deferred<string>(), deferred<string>()];
    const first = cache.getOrSet('key', () => value.promise, options);
    await sleep(1);
    pass(31_000);
    const second = cache.getOrSet('key', () => next.promise, options);
    await sleep(1);
    value.resolve('late');
    expect(await first).toBe('late');
    expect(await cache.get('key')).toBe('late');
    next.resolve('new');
    expect(await second).toBe('new');
    expect(await cache.get('key')).toBe('late');
  });
});

describe('without either, a factory may take its time', () => {
  it('and runs once', async () => {
    const value = deferred<string>();
    const factory = vi.fn<Factory<string>>(() => value.promise);
    const first = cache.getOrSet('key', factory);
    await sleep(1);
    pass(3_600_000);
    const second = cache.getOrSet('key', factory);
    await sleep(1);
    value.resolve('made');
    expect(await Promise.all([first, second])).toEqual(['made', 'made']);
    expect(factory).toHaveBeenCalledTimes(1);
  });
});

describe('a closed cache', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  it('keeps no process alive by the timers of waiters', async () => {
    await cache.getOrSet('old', 'old', { timeout: '1m', grace: '1h' });
    await keepFor(cache, 'old', 3_600_000);
    const before = timers();
    const hang = () => never;
    for (const key of ['a', 'a', 'b']) void cache.getOrSet(key, hang, { hardTimeout: '20s', lock: true }).catch(String);
    for (let call = 0; call < 2; call++) {
      void cache.getOrSet('old', hang, { grace: '1h', softTimeout: '20s', hardTimeout: '30s' });
    }
    await expect.poll(timers).toBeGreaterThan(before);
    await cache.close();
    void cache.getOrSet('late', hang, { hardTimeout: '20s' }).catch(String);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe('a factory that throws something without a text', () => {
  it('is logged, and the stale copy is returned', async () => {
    const logger = new QuietLogger('Cachex');
    const logging = await openCache({ connection: 'memory://' }, logger);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const unreadable = Object.defineProperty(new Error('hidden'), 'message', {
      get: () => {
        throw new Error('no message');
      },
    });
    const thrown: unknown[] = [
      Object.create(null),
      proxy,
      unreadable,
      { toString: () => ({}) },
      undefined,
      Symbol('s'),
    ];
    for (const [index, what] of thrown.entries()) {
      const key = `key ${index}`;
      await logging.getOrSet(key, 'old', { timeout: '1m', grace: '1h' });
      await keepFor(logging, key, 3_600_000);
      const failing = (): Promise<never> => Promise.reject(what as Error);
      expect(await logging.getOrSet(key, failing, { grace: '1h' })).toBe('old');
    }
    expect(logger.lines).toHaveLength(thrown.length);
    for (const line of logger.lines) expect(line).toMatch(/^Could not refresh .*; serving its stale copy: /);
    await logging.close();
  });
});
