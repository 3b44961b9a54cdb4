import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CachexOptions, type CachexService, ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startServer } from '../servers/server.js';
import { deferred } from './deferred.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';

expectNoUnhandledRejections();

describe('getOrSet while Redis is away', () => {
  const logger = new QuietLogger('Cachex');
  let cache: CachexService;

  async function openWithout(options: Partial<CachexOptions> = {}): Promise<CachexService> {
    const server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: { url: server.url, commandTimeout: '1s' }, ...options }, logger);
    await server.stop();
    return cache;
  }
  afterEach(() => cache.close());

  it('fails because the key cannot be read; the factory does not run', async () => {
    await openWithout();
    const factory = vi.fn<() => unknown>();
    await expect(cache.getOrSet('key', factory)).rejects.toThrow(ConnectionError);
    expect(factory).not.toHaveBeenCalled();
  });

  it('runs the factory once for all under ignoreExceptions', async () => {
    await openWithout({ ignoreExceptions: true });
    const factory = vi.fn<() => Promise<{ made: boolean }>>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { made: true };
    });
    const values = await Promise.all(Array.from({ length: 20 }, () => cache.getOrSet('key', factory)));
    expect(values).toEqual(Array.from({ length: 20 }, () => ({ made: true })));
    expect(factory).toHaveBeenCalledTimes(1);
  });

  it('returns a value that could not be stored, and logs', async () => {
    const server = await startServer({ engine: 'redis' });
    cache = await openCache({ connection: { url: server.url, commandTimeout: '1s' } }, logger);
    const factory = async () => {
      await server.stop();
      return 'made';
    };
    expect(await cache.getOrSet('key', factory)).toBe('made');
    expect(logger.lines.join('\n')).toMatch(/Could not store the value of "key": SET "key": no/);
  });

  it('returns a value that no serializer accepts, and logs without quoting it', async () => {
    cache = await openCache({ connection: 'memory://' }, logger);
    const value = { secret: 'hunter2', run: () => 1 };
    expect(await cache.getOrSet('function', () => value)).toBe(value);
    expect(logger.lines.at(-1)).toMatch(/Could not store the value of "function"/);
    expect(logger.lines.join('\n')).not.toContain('hunter2');
    expect(await cache.hasKey('function')).toBe(false);
  });
});

describe('close', () => {
  it('aborts the factories under way', async () => {
    const cache = await openCache({ connection: 'memory://' });
    const aborted = cache.getOrSet('key', ({ signal }) => {
      return new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    const outcome = Promise.allSettled([aborted]);
    await cache.hasKey('key');
    await cache.close();
    expect(await outcome).toEqual([{ status: 'rejected', reason: expect.any(ConnectionError) }]);
  });

  it('returns values that are still made, without storing them', async () => {
    const logger = new QuietLogger('Cachex');
    const cache = await openCache({ connection: 'memory://' }, logger);
    const [begun, made] = [deferred<void>(), deferred<string>()];
    const call = cache.getOrSet('key', () => {
      begun.resolve();
      return made.promise;
    });
    await begun.promise;
    await cache.close();
    made.resolve('made');
    expect(await call).toBe('made');
    expect(logger.lines).toEqual([]);
  });
});
