import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { isDue } from '../../lib/entries/early-recomputation.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';
import { keepFor, keptMs } from '../raw.js';
import { expectNoUnhandledRejections } from './unhandled-rejections.js';
import { leftOf } from '../left-of.js';

expectNoUnhandledRejections();

const stampede = { buffer: 60, beta: 2, delta: 5 };

afterEach(() => void vi.restoreAllMocks());

/** The value that Exp(1) returns. */
function exponential(value: number): void {
  vi.spyOn(Math, 'random').mockReturnValue(1 - Math.exp(-value));
}

describe('early recomputation', () => {
  it('is due before the timeout as delta × beta × Exp(1) says', () => {
    const options = { bufferMs: 60_000, beta: 2, deltaMs: 5_000 };
    exponential(1);
    expect(isDue(9_999, options)).toBe(true);
    expect(isDue(10_001, options)).toBe(false);
    expect(isDue(Infinity, options)).toBe(false);
    exponential(0);
    expect(isDue(1, options)).toBe(false);
    exponential(20);
    expect(isDue(1, { ...options, beta: 0 })).toBe(false);
  });

  it('begins for about every 148th caller five deltas before the timeout', () => {
    const options = { bufferMs: 0, beta: 1, deltaMs: 1000 };
    const due = Array.from({ length: 100_000 }, () => isDue(5000, options)).filter(Boolean).length;
    expect(due / 100_000).toBeGreaterThan(Math.exp(-5) / 1.5);
    expect(due / 100_000).toBeLessThan(Math.exp(-5) * 1.5);
  });
});

contract((t) => {
  describe('stampede', () => {
    it('keeps a value for the buffer longer, during which it is missing to all', async () => {
      await t.on.set(t.key(), 'value', { timeout: 30, stampede });
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(89_000);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(30));
      exponential(0);
      expect(await t.on.get(t.key(), { stampede })).toBe('value');
      exponential(3.1);
      expect(await t.on.get(t.key(), { stampede, default: 'none' })).toBe('none');
      expect(await t.on.get(t.key())).toBe('value');
      await keepFor(t.cache, t.key(), 60_000);
      exponential(0);
      for (const option of [stampede, false, undefined]) {
        expect(await t.on.get(t.key(), { stampede: option, default: 'none' })).toBe('none');
      }
      expect(await t.on.hasKey(t.key())).toBe(false);
      expect(await t.on.ttl(t.key())).toBe(-2);
      expect(await t.on.expireTime(t.key())).toBe(-2);
      expect(await t.on.add(t.key(), 'added', { timeout: '1m', stampede })).toBe(true);
      expect(await t.on.ttl(t.key())).toEqual(leftOf(60));
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(119_000);
    });

    it('uses an entry written without it until its own timeout', async () => {
      await t.on.incr(t.key('tries'), 1, { timeout: '1m' });
      await t.on.set(t.key('plain'), 'value', { timeout: '30s' });
      await t.on.set(t.key('kept'), 'value', { timeout: '10m', stampede });
      await t.on.expire(t.key('kept'), 30);
      exponential(0);
      expect(await t.on.get(t.key('tries'), { stampede })).toBe(1);
      expect(await t.cache.getOrSet(t.key('tries'), () => 0, { stampede })).toBe(1);
      expect(await t.on.get(t.key('plain'), { stampede })).toBe('value');
      expect(await t.on.get(t.key('kept'), { stampede })).toBe('value');
      exponential(3.1);
      expect(await t.on.get(t.key('plain'), { stampede })).toBeUndefined();
    });

    it('leaves numbers countable, without a buffer', async () => {
      for (const number of [5, 1.5, 2n ** 60n]) {
        await t.on.set(t.key(), number, { timeout: 30, stampede });
        expect(await t.on.ttl(t.key())).toEqual(leftOf(30));
        expect(await keptMs(t.cache, t.key())).toBeLessThanOrEqual(30_000);
      }
      await t.on.set(t.key(), 5, { timeout: 30, stampede });
      expect(await t.on.incr(t.key())).toBe(6);
      await t.cache.getOrSet(t.key('made'), () => 5, { timeout: 30, stampede });
      expect(await t.on.incr(t.key('made'))).toBe(6);
    });

    it('does not affect values that never expire, expire at once or do not exist', async () => {
      exponential(20);
      await t.on.set(t.key(), 'value', { timeout: null, stampede });
      expect(await t.on.get(t.key(), { stampede })).toBe('value');
      expect(await t.on.ttl(t.key())).toBe(-1);
      await t.on.set(t.key(), 'value', { timeout: 0, stampede });
      expect(await t.on.get(t.key(), { stampede })).toBeUndefined();
    });
  });
});

onEveryTopology((t) => {
  describe('stampede', () => {
    it('works for many keys at once, in the round trip that reads them', async () => {
      await t.cache.setMany({ [t.key('a')]: 'a', [t.key('b')]: 'b', [t.key('c')]: 3 }, { timeout: 30, stampede });
      expect(await t.cache.ttl(t.key('a'))).toEqual(leftOf(30));
      expect(await keptMs(t.cache, t.key('a'))).toBeGreaterThan(89_000);
      await keepFor(t.cache, t.key('b'), 60_000);
      exponential(0);
      const trips = vi.spyOn(t.cache['executor'].pool, 'sendAll');
      const keys = ['a', 'b', 'c', 'missing'].map((name) => t.key(name));
      expect([...(await t.cache.getMany(keys, { stampede })).values()]).toEqual(['a', 3]);
      expect(trips).toHaveBeenCalledTimes(1);
      expect([...(await t.cache.getMany(keys)).values()]).toEqual(['a', 3]);
    });

    it('lets getOrSet recompute a value before its timeout', async () => {
      await t.cache.set(t.key(), 'old', { timeout: 30, stampede });
      exponential(2.9);
      expect(await t.cache.getOrSet(t.key(), 'new', { stampede })).toBe('old');
      exponential(3.1);
      expect(await t.cache.getOrSet(t.key(), 'new', { timeout: 30, stampede })).toBe('new');
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(30));
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(89_000);
    });

    it('returns the existing value if it cannot be recomputed early', async () => {
      await t.cache.set(t.key(), 'value', { timeout: 30, stampede });
      exponential(20);
      const factory = vi.fn<() => never>(() => {
        throw new Error('no database');
      });
      const onStale = vi.fn<() => void>();
      expect(await t.cache.getOrSet(t.key(), factory, { stampede, onStale })).toBe('value');
      expect(factory).toHaveBeenCalledTimes(1);
      expect(onStale).not.toHaveBeenCalled();
      await keepFor(t.cache, t.key(), 60_000);
      await expect(t.cache.getOrSet(t.key(), factory, { stampede })).rejects.toThrow('no database');
    });
  });

  describe('the module’s stampede', () => {
    it('asks for no time to live if it is off', async () => {
      const send = vi.spyOn(t.cache['executor'].pool, 'send');
      const sendAll = vi.spyOn(t.cache['executor'].pool, 'sendAll');
      await t.cache.get(t.key());
      await t.cache.getOrSet(t.key(), () => 'value');
      expect(send.mock.calls.map(([{ name }]) => name)).not.toContain('PTTL');
      expect(sendAll).not.toHaveBeenCalled();
    });
  });
});

onEveryTopology(
  (t) => {
    it('applies to every call that says nothing else', async () => {
      await t.cache.set(t.key(), 'old', 30);
      expect(await t.cache.ttl(t.key())).toEqual(leftOf(30));
      expect(await keptMs(t.cache, t.key())).toBeGreaterThan(39_000);
      await keepFor(t.cache, t.key(), 10_000);
      expect(await t.cache.get(t.key())).toBeUndefined();
      expect(await t.cache.get(t.key(), { stampede: false })).toBeUndefined();
      expect(await t.cache.getOrSet(t.key(), 'new', 30)).toBe('new');
      expect(await t.cache.get(t.key())).toBe('new');
      exponential(20);
      expect(await t.cache.get(t.key(), { stampede: { delta: 2 } })).toBeUndefined();
      expect(await t.cache.get(t.key(), { stampede: { beta: 0 } })).toBe('new');
    });
  },
  { stampede: { buffer: 10, delta: 0 } },
);

describe.each(['redis standalone', 'redis cluster'])('local copies of %s', (topology) => {
  it('count until the timeout of the entry, for readers with and without stampede', async () => {
    const options = { keyPrefix: randomUUID(), connection: inject('connections')[topology]! };
    const [cache, tracking] = await Promise.all([openCache(options), openCache({ ...options, tracking: true })]);
    exponential(0);
    await cache.set('key', 'value', { timeout: '3s', stampede });
    const local = async (): Promise<number> => (await tracking.stats()).local!.hits;
    await expect.poll(async () => (await tracking.get('key'), local()), { interval: 5 }).toBeGreaterThan(0);
    expect(await tracking.get('key', { stampede })).toBe('value');
    await expect.poll(() => tracking.get('key'), { interval: 20 }).toBeUndefined();
    expect(await tracking.get('key', { stampede })).toBeUndefined();
    expect(await tracking.getMany(['key'])).toEqual(new Map());
    // A copy ends at its own deadline, the entry a little later.
    await expect.poll(() => tracking.hasKey('key')).toBe(false);
    expect(await keptMs(cache, 'key')).toBeGreaterThan(30_000);
    await Promise.all([cache.close(), tracking.close()]);
  });
});
