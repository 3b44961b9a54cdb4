import { describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { deleteIfEqualScript } from '../../lib/entries/scripts/delete-if-equal.script.js';
import { ConnectionError, resolveOptions } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { RecordingPool } from '../recording-pool.js';
import { deferred } from './deferred.js';

describe('a load of a key that is written and deleted all the time', () => {
  it('is not joined by later callers, and its value is not stored', async () => {
    const pool = new RecordingPool();
    // Another client writes the key before the reservation, and deletes it before the read.
    pool.reply = (name, args) => (args.includes('NX') ? Buffer.from('"there"') : name === 'PEXPIRETIME' ? -2 : null);
    const options = resolveOptions({ connection: 'memory://' });
    const cache = createService(options, pool, new QuietLogger('Cachex'));
    const value = deferred<string>();
    const slow = vi.fn<() => Promise<string>>(() => value.promise);
    const first = cache.getOrSet('key', slow, { setsTags: false });
    await vi.waitFor(() => expect(slow).toHaveBeenCalled());
    expect(await cache.getOrSet('key', () => 'new', { setsTags: false })).toBe('new');
    value.resolve('old');
    expect(await first).toBe('old');
    expect(pool.trips.flat().some((command) => command.startsWith('EVALSHA'))).toBe(false);
  });
});

describe('a reservation', () => {
  it.each([
    ['storing', (command: string) => command.startsWith('EVALSHA')],
    ['reserving', (command: string) => command.startsWith('SET')],
  ])('is taken back, and nobody waits for that, where the server goes away while %s', async (_, isCut) => {
    const pool = new RecordingPool();
    const cut = deferred<void>();
    pool.reply = (name) => {
      if (!isCut(name)) return null;
      pool.reply = () => new Promise(() => undefined);
      cut.resolve();
      throw new ConnectionError('away');
    };
    const cache = createService(resolveOptions({ connection: 'memory://' }), pool, new QuietLogger('Cachex'));
    expect(await cache.getOrSet('key', () => 'made', { setsTags: false })).toBe('made');
    await cut.promise;
    const last = pool.trips.flat().at(-1)!;
    expect(last).toContain(deleteIfEqualScript.sha);
    expect(last).toContain('"load":');
  });

  it('costs no extra round trip in the normal case', async () => {
    const pool = new RecordingPool();
    pool.reply = (name) => (name === 'EVALSHA' ? 1 : null);
    const cache = createService(resolveOptions({ connection: 'memory://' }), pool, new QuietLogger('Cachex'));
    await cache.getOrSet('key', () => 'made', { setsTags: false });
    expect(pool.trips.flat().map((command) => command.split(' ')[0])).toEqual(['GET', 'SET', 'EVALSHA']);
  });
});
