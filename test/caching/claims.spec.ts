import { describe, expect, it, vi } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { resolveOptions } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { RecordingPool } from '../recording-pool.js';
import { deferred } from './deferred.js';

describe('a load of a key that is written and deleted all the time', () => {
  it('is not joined by who comes after, nor is its value stored', async () => {
    const pool = new RecordingPool();
    // Somebody has written it before it could be reserved, and deleted it before it could be read.
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
