import { describe, expect, it } from 'vitest';
import { sealEnvelope } from '../../lib/codec/envelope.js';
import { createService } from '../../lib/cachex.providers.js';
import { Key, run } from '../../lib/command-model/command.js';
import { boolean } from '../../lib/command-model/replies.js';
import { replaceStaleScript } from '../../lib/entries/scripts/replace-stale.script.js';
import { CommandTimeoutError, resolveOptions } from '../../lib/index.js';
import { onEveryTopology } from '../contract/contract.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { keepFor } from '../raw.js';
import { okReply, RecordingPool } from '../recording-pool.js';

describe('add', () => {
  it('asks for nothing more if the existing entry has no envelope', async () => {
    const pool = new RecordingPool();
    const cache = createService(resolveOptions({ connection: 'memory://' }), pool, new QuietLogger('Cachex'));
    pool.reply = (name) => (name === 'GETRANGE' ? Buffer.from('5') : null);
    expect(await cache.add('key', 1)).toBe(false);
    pool.reply = (name) => (name === 'GETRANGE' ? Buffer.alloc(0) : okReply);
    expect(await cache.add('key', 1)).toBe(true);
    expect(pool.trips).toHaveLength(2);
  });

  it('does not replace an entry whose tags nobody can check, under ignoreExceptions', async () => {
    const pool = new RecordingPool();
    const options = resolveOptions({ connection: 'memory://', ignoreExceptions: true });
    const cache = createService(options, pool, new QuietLogger('Cachex'));
    const entry = sealEnvelope({ tags: [['tag', 'stamp']] }, '5');
    const replies: Record<string, unknown> = { GETRANGE: entry, GET: entry, PTTL: 60_000, SET: null };
    pool.reply = (name) => (name in replies ? replies[name] : new CommandTimeoutError('No answer'));
    expect(await cache.add('key', 1)).toBe(false);
    expect(pool.trips.flat().map((command) => command.split(' ')[0])).toEqual([
      'GETRANGE',
      'SET',
      'PTTL',
      'GET',
      'MGET',
    ]);
  });
});

onEveryTopology((t) => {
  describe('a stale entry is replaced', () => {
    const grace = 60_000;
    const beginning = sealEnvelope({ grace }, '');
    const replace = async (staleMs: number): Promise<boolean> => {
      const key = new Key(t.key(), 1);
      return t.cache['executor'].execute(run(replaceStaleScript, [key], [beginning, staleMs, 'new', 90_000], boolean));
    };

    it('unless it has been recomputed meanwhile', async () => {
      await t.cache.getOrSet(t.key(), 'old', { timeout: '1m', grace: '1m' });
      expect(await replace(grace)).toBe(false);
      expect(await t.cache.get(t.key())).toBe('old');
      await keepFor(t.cache, t.key(), grace);
      expect(await replace(grace)).toBe(true);
      expect(await replace(grace)).toBe(false);
    });

    it('unless another type has taken its place, or it no longer expires', async () => {
      await t.cache.hset(t.key(), 'field', 1);
      expect(await replace(grace)).toBe(false);
      await t.cache.delete(t.key());
      await t.cache.getOrSet(t.key(), 'old', { timeout: '1m', grace: '1m' });
      await t.cache.persist(t.key());
      expect(await replace(grace)).toBe(false);
      expect(await replace(-1)).toBe(true);
    });
  });
});
