import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CachexService, ConnectionError, StreamWorker } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { type Engine, engines } from '../servers/engine.js';
import { type RedisServer, startServer } from '../servers/server.js';

describe.each(engines)('while a script keeps %s busy', (engine: Engine) => {
  let server: RedisServer;
  let script: Promise<unknown>;
  let cache: CachexService;
  beforeAll(async () => {
    server = await startServer({ engine });
    await server.cli('CONFIG', 'SET', 'busy-reply-threshold', '20');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    cache = await openCache({ connection: server.url, keyPrefix: randomUUID(), ignoreExceptions: true }, quiet);
  });
  afterEach(() => cache.close());

  const quiet = new QuietLogger('Cachex');

  async function keepBusy(): Promise<void> {
    script = server.cli('EVAL', 'while true do end', '0').catch(() => undefined);
    await expect.poll(() => server.cli('GET', 'a').catch((error: Error) => error.message)).toMatch(/BUSY/);
  }
  async function endScript(): Promise<void> {
    await server.cli('SCRIPT', 'KILL');
    await script;
  }

  it('calls fail as in any outage, and are ignored if outages are', async () => {
    const strict = await openCache({ connection: server.url }, quiet);
    await strict.get('a');
    await keepBusy();
    try {
      await expect(strict.get('a')).rejects.toThrow(ConnectionError);
      await expect(strict.get('a')).rejects.toThrow(/^GET "a": BUSY \w+ is busy running a script/);
      await expect(strict.pipeline({ transaction: true }).set('a', 1).execute()).rejects.toThrow(/BUSY/);
      expect(await cache.get('a')).toBeUndefined();
      expect(await cache.getOrSet('a', () => 1)).toBe(1);
      expect(await cache.pipeline().get('a').incr('n').execute()).toEqual([undefined, 0]);
      expect(await cache.pipeline({ transaction: true }).get('a').incr('n').execute()).toEqual([undefined, 0]);
    } finally {
      await endScript();
      await strict.close();
    }
    expect(await cache.incr('n')).toBe(1);
  });

  it('a lock waits for it', async () => {
    const held = cache.lock('L');
    await held.acquire();
    const waiting = cache.lock('L').acquire({ blockingTimeout: '20s' });
    await cache.get('a');
    await keepBusy();
    await sleep(700);
    await endScript();
    await held.release();
    await waiting;
    expect(await cache.lock('L').locked()).toBe(true);
  });

  it('an entry of a stream is acknowledged later', async () => {
    const handled = vi.fn();
    let begun: (() => void) | undefined;
    const began = new Promise<void>((resolve) => (begun = resolve));
    let end: (() => void) | undefined;
    const worker = new StreamWorker(cache, { stream: 's', group: 'g', retryDelay: '1s', block: '100ms' }, async () => {
      handled();
      begun?.();
      await new Promise<void>((resolve) => (end = resolve));
    });
    worker.start();
    await cache.xadd('s', { f: 1 });
    await began;
    await keepBusy();
    end!();
    await sleep(1500);
    await endScript();
    await expect.poll(() => cache.xpending('s', 'g'), { timeout: 20_000 }).toMatchObject({ pending: 0 });
    expect(handled).toHaveBeenCalledTimes(1);
    await worker.stop();
  });
});
